import assert from 'node:assert/strict';
import { type OutgoingHttpHeaders, sensitiveHeaders } from 'node:http2';
import { describe, it } from 'node:test';
import {
  HeaderBlockWriter,
  type HeaderField,
  HpackDecoder,
  HpackError,
  type HpackErrorCode,
  TABLE_BYTES_MAX,
} from '../../../../src/http2/hpack/index.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { decodeBlock, roomyDecoder } from '../../../support/http2/decode-block.ts';
import { tapHeaderBlocks } from '../../../support/http2/header-tap.ts';

/** Every byte that Node lets into a header value. */
const VALUE_BYTES = Array.from({ length: 256 }, (_, byte) => byte).filter(
  (byte) => byte === 9 || (byte >= 32 && byte !== 127),
);

async function sameAsNode(answers: OutgoingHttpHeaders[], tableSize: number): Promise<void> {
  const blocks = await tapHeaderBlocks(answers, tableSize);
  const decoder = roomyDecoder();
  for (const [index, answer] of answers.entries()) {
    const block = blocks[index] ?? new Uint8Array(0);
    const decoded = Object.fromEntries(decodeBlock(decoder, block));
    delete decoded['date'];
    const expected = Object.entries(answer).map(([name, value]) => [name, String(value)]);
    assert.deepEqual(decoded, Object.fromEntries(expected), `answer ${index}`);
  }
}

/** Answers that repeat some fields and fill a table several times over. */
function randomAnswers(count: number): OutgoingHttpHeaders[] {
  const random = new SeededRandom(7);
  const text = (): string =>
    Array.from({ length: random.below(60) }, () => 33 + random.below(94))
      .map((unit) => String.fromCharCode(unit))
      .join('');
  const pool = Array.from({ length: 40 }, (_, at) => [`x-field-${at}`, text()] as const);
  return Array.from({ length: count }, () => {
    const answer: OutgoingHttpHeaders = { ':status': 200 + 4 * random.below(2) };
    for (let fields = random.below(12); fields > 0; fields--) {
      const [name, value] = pool[random.below(pool.length)] ?? ['x', ''];
      answer[name] = random.below(4) === 0 ? text() : value;
    }
    return answer;
  });
}

const refuses = (code: HpackErrorCode, ...bytes: number[]): void => {
  const decoder = roomyDecoder();
  assert.throws(
    () => decoder.decode(Uint8Array.from(bytes), 0, bytes.length, []),
    (error) => error instanceof HpackError && error.code === code,
  );
};

describe('HpackDecoder', () => {
  it('Huffman-coded values with every byte -> as Node sent them', async () => {
    // The e's are so short that the whole is shorter coded, whatever the byte.
    const value = (byte: number): string =>
      `${'e'.repeat(20)}${String.fromCharCode(byte)}${'a'.repeat(20)}`;
    await sameAsNode(
      VALUE_BYTES.map((byte) => ({ ':status': 200, 'x-value': value(byte) })),
      4096,
    );
  });

  it('a table that fills and evicts -> as Node sent them', async () => {
    await sameAsNode(randomAnswers(300), 4096);
  });

  it('smaller tables and none -> as Node sent them', async () => {
    await sameAsNode(randomAnswers(60), 200);
    await sameAsNode(randomAnswers(60), 0);
  });

  it('a block in CONTINUATION frames, with long integers -> as Node sent it', async () => {
    const long = 'y'.repeat(20_000);
    await sameAsNode([{ ':status': 200, 'x-long': long }, { ':status': 200 }], 4096);
  });

  it('fields that are never to be indexed -> as Node sent them, and not remembered', async () => {
    const secret = { ':status': 200, 'x-secret': 'one', [sensitiveHeaders]: ['x-secret'] };
    const blocks = await tapHeaderBlocks([secret, secret], 4096);
    const decoder = roomyDecoder();
    for (const block of blocks) {
      assert.ok(decodeBlock(decoder, block).some((field) => field.join() === 'x-secret,one'));
      assert.ok(block.includes(0x10));
    }
  });

  it('index 0, an index of nothing -> HPACK_INDEX', () => {
    refuses('HPACK_INDEX', 0x80);
    refuses('HPACK_INDEX', 0xbe);
    refuses('HPACK_INDEX', 0x7e, 0x00);
    refuses('HPACK_INDEX', 0x0f, 0x2f, 0x00);
  });

  it('a block that ends inside a field -> HPACK_CUT', () => {
    refuses('HPACK_CUT', 0x40);
    refuses('HPACK_CUT', 0x40, 0x01);
    refuses('HPACK_CUT', 0x40, 0x05, 0x61);
    refuses('HPACK_CUT', 0x41);
    refuses('HPACK_CUT', 0xff);
    refuses('HPACK_CUT', 0x3f, 0xff);
  });

  it('an integer of more than four bytes behind its prefix -> HPACK_INTEGER', () => {
    refuses('HPACK_INTEGER', 0xff, 0x80, 0x80, 0x80, 0x80, 0x01);
    refuses('HPACK_INTEGER', 0x0f, 0xff, 0xff, 0xff, 0xff, 0x00);
  });

  it('integers with needless zero bytes -> their values', () => {
    const block = Uint8Array.of(0x3f, 0xe1, 0x9f, 0x80, 0x00, 0x7f, 0x80, 0x00, 0x00);
    const decoder = roomyDecoder();
    assert.throws(() => decodeBlock(decoder, block), { code: 'HPACK_INDEX' });
    assert.deepEqual(decodeBlock(decoder, block.subarray(0, 5)), []);
  });

  it('two table sizes before the fields -> both hold, the second from then on', () => {
    const decoder = roomyDecoder();
    decodeBlock(decoder, Uint8Array.of(0x40, 0x01, 0x61, 0x01, 0x62));
    assert.deepEqual(decodeBlock(decoder, Uint8Array.of(0xbe)), [['a', 'b']]);
    assert.deepEqual(decodeBlock(decoder, Uint8Array.of(0x20, 0x3f, 0xe1, 0x1f)), []);
    assert.throws(() => decodeBlock(decoder, Uint8Array.of(0xbe)), { code: 'HPACK_INDEX' });
    assert.equal(TABLE_BYTES_MAX, 31 + 0x61 + 0x1f * 128);
  });

  it('table sizes too large, behind a field, or three of them -> HPACK_TABLE_SIZE', () => {
    refuses('HPACK_TABLE_SIZE', 0x3f, 0xe2, 0x1f);
    refuses('HPACK_TABLE_SIZE', 0x88, 0x20);
    refuses('HPACK_TABLE_SIZE', 0x20, 0x20, 0x20);
  });
});

describe('HpackDecoder: lists larger than listBytesMax', () => {
  const LIST_BYTES_MAX = 10_000;
  /** A field to be remembered that counts for 4032 bytes. */
  const large = encodeWith((writer) => {
    writer.integer(0x40, 6, 0);
    writer.string('a');
    writer.string('v'.repeat(3999));
  });

  it('indexes of a large field, 60 000 times -> two kept, both the one object (HPACK-I3)', () => {
    const decoder = new HpackDecoder({ listBytesMax: LIST_BYTES_MAX });
    const fields: HeaderField[] = [];
    assert.ok(decoder.decode(large, 0, large.length, fields));
    const bomb = new Uint8Array(60_000).fill(0xbe);
    fields.length = 0;
    assert.equal(decoder.decode(bomb, 0, bomb.length, fields), false);
    assert.equal(fields.length, 2);
    assert.equal(fields[0], fields[1]);
  });

  it('a field that fits behind one that did not -> not kept, as it is no longer the list', () => {
    const decoder = new HpackDecoder({ listBytesMax: 100 });
    const fields: HeaderField[] = [];
    const block = Uint8Array.of(0x82, ...large, 0x82);
    assert.equal(decoder.decode(block, 0, block.length, fields), false);
    assert.equal(fields.length, 1);
  });

  it('fields to be remembered behind the bound -> the next block finds them (HPACK-I3)', () => {
    const decoder = new HpackDecoder({ listBytesMax: 0 });
    const fields: HeaderField[] = [];
    const block = Uint8Array.of(0x40, 0x01, 0x61, 0x01, 0x62);
    assert.equal(decoder.decode(block, 0, block.length, fields), false);
    assert.throws(() => decoder.decode(Uint8Array.of(0xbf), 0, 1, fields), { code: 'HPACK_INDEX' });
    assert.equal(decoder.decode(Uint8Array.of(0xbe), 0, 1, fields), false);
    assert.equal(fields.length, 0);
  });

  it('many literals that take their names from a large one -> its name is looked at once', () => {
    const decoder = new HpackDecoder({ listBytesMax: 1 << 30 });
    const named = encodeWith((writer) => {
      writer.integer(0x40, 6, 0);
      writer.string('n'.repeat(4000));
      writer.string('');
    });
    decoder.decode(named, 0, named.length, []);
    const bomb = encodeWith((writer) => {
      for (let field = 0; field < 60_000; field++) {
        writer.integer(0x00, 4, 62);
        writer.string('');
      }
    });
    const fields: HeaderField[] = [];
    const startedAt = process.cpuUsage().user;
    assert.ok(decoder.decode(bomb, 0, bomb.length, fields));
    assert.equal(fields.length, 60_000);
    // To look at 240 MB of names takes longer than this by far.
    assert.ok(process.cpuUsage().user - startedAt < 100_000);
  });
});

function encodeWith(write: (writer: HeaderBlockWriter) => void): Uint8Array {
  const writer = new HeaderBlockWriter();
  write(writer);
  return writer.take();
}
