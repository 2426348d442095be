import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { latin1 } from '../../../src/base/bytes.ts';
import { ValueCache } from '../../../src/mvcc/value-cache.ts';

const SEED = Number(process.env['SEED'] ?? 20_260_101);
const SLAB_BYTES = 1024;
const BYTES_MAX = 10 * SLAB_BYTES;
/** Longer values are never kept: two slabs of the bound are in reserve. */
const KEPT_MAX = BYTES_MAX - 2 * SLAB_BYTES - 8;

const slot = fc.oneof(fc.nat(20), fc.nat(5000));
const length = fc.oneof(
  { weight: 8, arbitrary: fc.nat(60) },
  { weight: 4, arbitrary: fc.nat(400) },
  { weight: 1, arbitrary: fc.nat(BYTES_MAX + 100) },
);
interface Step {
  readonly do: string;
  readonly slot: number;
  readonly length: number;
  readonly runs: number;
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('set'), slot, length, runs: fc.nat(40) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('view'), slot, length, runs: fc.nat(40) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('remove'), slot, length, runs: fc.nat(40) }),
  },
);

/** What a run of steps has let be seen. */
function run(steps: readonly Step[]): string[] {
  const cache = new ValueCache({ bytesMax: BYTES_MAX, slabBytes: SLAB_BYTES });
  const model = new Map<number, Uint8Array>();
  const seen: string[] = [];
  let fill = 0;
  for (const { do: kind, slot: first, length: bytes, runs } of steps) {
    for (let at = first; at <= first + runs; at++) {
      if (kind === 'remove') {
        cache.remove(at);
        model.delete(at);
        assert.equal(cache.view(at), undefined);
      } else if (kind === 'set') {
        const value = new Uint8Array(bytes).fill(fill++);
        cache.set(at, value);
        model.set(at, value);
        assert.equal(cache.view(at) !== undefined, bytes <= KEPT_MAX);
      }
      const view = cache.view(at);
      if (view !== undefined) assert.deepEqual(view, model.get(at));
      seen.push(view === undefined ? 'miss' : latin1(view.subarray(0, 1)));
    }
    cache.checkInvariants();
    assert.ok(cache.bytesUsed <= BYTES_MAX);
  }
  for (const [at, value] of model) {
    const view = cache.view(at);
    if (view !== undefined) assert.deepEqual(view, value);
  }
  return seen;
}

describe('value cache against a map', () => {
  it('VAL-I1, VAL-I2, VAL-I4 any sets, views, removes -> last value or a miss, in bounds', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const seen = run(steps);
        assert.deepEqual(run(steps), seen, 'the same calls are answered the same way');
      }),
      { seed: SEED, numRuns: 60 },
    );
  });
});
