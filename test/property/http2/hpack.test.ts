import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  encodeHeaderBlock,
  HeaderField,
  HpackDecoder,
  HpackError,
} from '../../../src/http2/hpack/index.ts';
import { decodeBlock, roomyDecoder } from '../../support/http2/decode-block.ts';
import { anyBlock, HpackModel, listBytes, type Pair } from '../../support/http2/hpack-model.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);

const anyListBytesMax = fc.constantFrom(0, 100, 1000, 10_000, 1 << 20);

/** The longest beginning of a list that counts for `bytesMax` or less. */
function fitting(pairs: readonly Pair[], bytesMax: number): readonly Pair[] {
  let length = 0;
  while (length < pairs.length && listBytes(pairs.slice(0, length + 1)) <= bytesMax) length++;
  return pairs.slice(0, length);
}

/** Decodes whatever it is; the fields, or undefined when it was refused. */
function outcome(decoder: HpackDecoder, bytes: Uint8Array, start = 0, end = bytes.length) {
  const fields: HeaderField[] = [];
  try {
    decoder.decode(bytes, start, end, fields);
  } catch (error) {
    assert.ok(error instanceof HpackError, String(error));
    return undefined;
  } finally {
    decoder.checkInvariants();
  }
  return fields;
}

describe(`HPACK (SEED=${SEED})`, () => {
  it('blocks in every form, tables resized and full -> as the model has it (HPACK-I1, I4, I6)', () => {
    let evicted = 0;
    fc.assert(
      fc.property(
        fc.array(anyBlock, { maxLength: 12 }),
        anyListBytesMax,
        (orders, listBytesMax) => {
          const model = new HpackModel();
          const decoder = new HpackDecoder({ listBytesMax });
          let sent = 0;
          for (const order of orders) {
            const { block, pairs } = model.encode(order);
            const fields: HeaderField[] = [];
            const isWhole = decoder.decode(block, 0, block.length, fields);
            decoder.checkInvariants();
            const kept = fitting(pairs, listBytesMax);
            const expected = kept.map(([name, value]) => new HeaderField(name, value));
            assert.deepEqual(fields, expected);
            assert.equal(isWhole, kept.length === pairs.length);
            sent += listBytes(pairs);
          }
          if (sent > 4096) evicted++;
        },
      ),
      { seed: SEED, numRuns: 400 },
    );
    assert.ok(evicted > 50, 'tables that overflow are among the cases');
  });

  it('valid blocks cut anywhere, changed anywhere -> fields or HpackError (HPACK-I2, I3)', () => {
    const seen = { refused: 0, decoded: 0 };
    const listBytesMax = 2000;
    const anyChange = fc.record({ at: fc.nat(), byte: fc.nat(255) });
    fc.assert(
      fc.property(anyBlock, anyBlock, anyChange, (first, second, { at, byte }) => {
        const model = new HpackModel();
        const before = model.encode(first).block;
        const { block } = model.encode(second);
        const cuts = Array.from({ length: Math.min(block.length, 300) }, (_, end) => end);
        const changed = block.slice();
        if (changed.length > 0) changed[at % changed.length] = byte;
        for (const hostile of [...cuts.map((end) => block.slice(0, end)), changed]) {
          const decoder = new HpackDecoder({ listBytesMax });
          decoder.decode(before, 0, before.length, []);
          const fields = outcome(decoder, hostile);
          seen[fields === undefined ? 'refused' : 'decoded']++;
          const bytes = fields?.reduce((sum, field) => sum + field.bytes, 0) ?? 0;
          assert.ok(bytes <= listBytesMax);
        }
      }),
      { seed: SEED, numRuns: 150 },
    );
    assert.ok(seen.refused > 100 && seen.decoded > 100, JSON.stringify(seen));
  });

  it('random bytes in the middle of others -> the others are not looked at (HPACK-I2)', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.uint8Array(),
        fc.uint8Array(),
        (...parts) => {
          const [block, before, behind] = parts;
          const around = Uint8Array.from([...before, ...block, ...behind]);
          const end = before.length + block.length;
          const alone = outcome(roomyDecoder(), block);
          assert.deepEqual(outcome(roomyDecoder(), around, before.length, end), alone);
        },
      ),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it('any list encoded -> decodes to itself, whatever the table (HPACK-I5)', () => {
    const unit = fc.nat(255).map((code) => String.fromCharCode(code));
    const anyName = fc.oneof(fc.constantFrom(':status', 'content-type'), fc.string({ unit }));
    const anyValue = fc.oneof(fc.constantFrom('200', '404'), fc.string({ unit, maxLength: 300 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(anyName, anyValue)), anyBlock, (pairs, earlier) => {
        const decoder = roomyDecoder();
        const block = encodeHeaderBlock(pairs);
        assert.deepEqual(decodeBlock(decoder, block), pairs);
        const { block: other } = new HpackModel().encode(earlier);
        decoder.decode(other, 0, other.length, []);
        assert.deepEqual(decodeBlock(decoder, block), pairs);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
