/** Trees of several levels: too large to compare with the model after every step. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EMPTY_BYTES, fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import { KeyIndex, NO_SLOT } from '../../../src/mvcc/key-index.ts';

const SEED = Number(process.env['SEED'] ?? 20_260_101);
const KEYS = 12_000;
const SILENT = { forgot: (): void => undefined, freed: (): void => undefined };

const orders: Record<string, (i: number) => number> = {
  ascending: (i) => i,
  descending: (i) => KEYS - i,
  scattered: (i) => (Math.imul(i, 0x9e37_79b1) >>> 0) % 1_000_003,
  // Two runs that meet in the middle: splits at the end of nodes that are not the last.
  inward: (i) => (i % 2 === 0 ? i : 2 * KEYS - i),
};

function compactAll(index: KeyIndex, floor: number, keysMax: number): void {
  let from: Uint8Array | undefined = EMPTY_BYTES;
  while (from !== undefined) from = index.compact(floor, { from, keysMax }, SILENT);
}

/** Checks that exactly `names`, ascending, are live, by count, by rank and by limit. */
function checkLive(index: KeyIndex, names: readonly string[]): void {
  index.checkInvariants();
  assert.equal(index.liveKeys, names.length);
  for (let first = 0; first < names.length; first += 1 + (names.length >> 5)) {
    const start = fromLatin1(names[first] ?? '');
    const last = Math.min(first + 700, names.length - 1);
    const end = fromLatin1(names[last] ?? '');
    assert.equal(index.countLive({ start, end }), last - first);
    const slots = index.liveSlots({ start, end: undefined }, 100);
    assert.deepEqual(
      slots.map((slot) => latin1(index.key(slot))),
      names.slice(first, first + 100),
    );
  }
}

describe('key index: trees of several levels', () => {
  for (const [order, numberOf] of Object.entries(orders)) {
    it(`IDX-I1, IDX-I2, IDX-I3 ${order} puts, then deletes of shares of the keys`, () => {
      const share = fc.record({
        modulus: fc.integer({ min: 2, max: 9 }),
        runs: fc.boolean(),
        keysMax: fc.integer({ min: 1, max: 2000 }),
      });
      fc.assert(
        fc.property(fc.array(share, { minLength: 1, maxLength: 4 }), (shares) => {
          const index = new KeyIndex({ slabBytes: 4096 });
          const prefix = '/registry/pods/';
          const nameOf = (i: number): string => prefix + String(numberOf(i)).padStart(7, '0');
          let names = [...new Set(Array.from({ length: KEYS }, (_, i) => nameOf(i)))];
          let main = 1;
          for (const name of names) index.put(fromLatin1(name), ++main, 0);
          names.sort();
          checkLive(index, names);
          for (const { modulus, runs, keysMax } of shares) {
            // Every n-th key thins all nodes out; runs of keys empty whole nodes.
            const stays = (at: number): boolean =>
              (runs ? Math.floor(at / 1500) : at) % modulus === 0;
            for (const name of names.filter((_, at) => !stays(at))) {
              index.tombstone(index.find(fromLatin1(name)), ++main, 0);
            }
            names = names.filter((_, at) => stays(at));
            checkLive(index, names);
            compactAll(index, main + 1, keysMax);
            checkLive(index, names);
            assert.equal(index.heldKeys, names.length);
          }
          for (const name of names) {
            index.tombstone(index.find(fromLatin1(name)), ++main, 0);
          }
          compactAll(index, main + 1, 500);
          assert.equal(index.find(fromLatin1(nameOf(0))), NO_SLOT);
          checkLive(index, []);
        }),
        { seed: SEED, numRuns: 3 },
      );
    });
  }

  it('IDX-I4 new keys of new lengths come as old ones go -> memory does not grow', () => {
    const index = new KeyIndex({ slabBytes: 4096 });
    let main = 1;
    const used: number[] = [];
    for (let round = 0; round < 12; round++) {
      const length = 8 + ((round * 29) % 90);
      for (let i = 0; i < 4000; i++) {
        index.put(fromLatin1(`${round}/${i}/`.padEnd(length, 'x')), ++main, 0);
      }
      const live = index.liveSlots({ start: EMPTY_BYTES, end: undefined }, 0);
      // One key in a hundred stays, so that hardly a slab becomes quite empty.
      for (const [at, slot] of live.entries()) if (at % 100 !== 0) index.tombstone(slot, ++main, 0);
      compactAll(index, main + 1, 300);
      index.checkInvariants();
      used.push(index.bytesUsed);
    }
    const [, , first = 0] = used;
    for (const bytes of used.slice(3)) assert.ok(bytes < 1.3 * first, used.join(' '));
  });
});
