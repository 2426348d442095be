/** Key ranges against a dumb model: a list of ranges, asked about one key at a time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type KeyRange, KeyRanges } from '../../../src/auth/key-ranges.ts';
import { latin1 } from '../../../src/base/bytes.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);

/** Few bytes, the least and the greatest among them, so that ranges meet, touch and nest. */
const key = fc
  .uint8Array({ minLength: 0, maxLength: 3 })
  .map((raw) => raw.map((byte) => BYTES[byte % 5] ?? 0));
const BYTES = [0x00, 0x01, 0x61, 0x62, 0xff];
const rangeEnd = fc.oneof(key, fc.constant(new Uint8Array(0)), fc.constant(Uint8Array.of(0)));
const range = fc.record({ key, rangeEnd });

function holds({ key: start, rangeEnd: end }: KeyRange, asked: string): boolean {
  const [from, to] = [latin1(start), latin1(end)];
  if (from === '' || asked === '') return false;
  if (to === '') return asked === from;
  return asked >= from && (to === '\0' || asked < to);
}

/**
 * What is missing of a range begins at its first key or where one of the ranges ends. (Strings of
 * one unit a byte have the order of their bytes.)
 */
function covers(ranges: readonly KeyRange[], { key: start, rangeEnd: end }: KeyRange): boolean {
  const [from, to] = [latin1(start), latin1(end)];
  const ends = ranges.map((one) =>
    one.rangeEnd.length === 0 ? `${latin1(one.key)}\0` : latin1(one.rangeEnd),
  );
  const inside = to === '' ? [] : ends.filter((one) => one >= from && (to === '\0' || one < to));
  return [from, ...inside].every((asked) => ranges.some((one) => holds(one, asked)));
}

describe('key ranges against a list', () => {
  it('AUTH-I1: any ranges, any question -> the same answer', () => {
    let covered = 0;
    fc.assert(
      fc.property(
        fc.array(range, { maxLength: 8 }),
        fc.array(range, { minLength: 1 }),
        (ranges, asked) => {
          const set = new KeyRanges(ranges);
          set.checkInvariants();
          for (const one of asked) {
            const expected = covers(ranges, one);
            if (expected) covered += 1;
            assert.equal(
              set.covers(one),
              expected,
              `${latin1(one.key)} .. ${latin1(one.rangeEnd)}`,
            );
          }
        },
      ),
      { seed: SEED, numRuns: 3000 },
    );
    assert.ok(covered > 1000, `${covered} questions were answered with yes`);
  });
});
