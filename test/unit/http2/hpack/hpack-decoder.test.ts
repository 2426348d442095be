import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http2';
import { describe, it } from 'node:test';
import { HpackError, type HpackErrorCode } from '../../../../src/http2/hpack/index.ts';
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

  it('table sizes too large, behind a field, or three of them -> HPACK_TABLE_SIZE', () => {
    refuses('HPACK_TABLE_SIZE', 0x3f, 0xe2, 0x1f);
    refuses('HPACK_TABLE_SIZE', 0x88, 0x20);
    refuses('HPACK_TABLE_SIZE', 0x20, 0x20, 0x20);
  });
});
