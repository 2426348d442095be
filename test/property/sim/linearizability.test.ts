/**
 * The checkers of the cluster simulator: what an honest store answers is accepted, and whatever a
 * store does wrong is found, by revision and, where clients can see it, by search.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkByRevision } from '../../sim/check/by-revision.ts';
import { checkBySearch, type SearchReport } from '../../sim/check/by-search.ts';
import { checkCompactions } from '../../sim/check/compactions.ts';
import type { Violation } from '../../sim/check/history.ts';
import { checkLeaseKeys } from '../../sim/check/lease-keys.ts';
import { Timeline } from '../../sim/check/timeline.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { FAULTS, type Fault } from '../../support/sim/faulty-store.ts';
import {
  type GeneratedHistory,
  type GeneratorOptions,
  generateHistory,
} from '../../support/sim/history-generator.ts';

const SEED = Number(process.env['SEED'] ?? 1);
const STEPS_MAX = 20_000;

interface Verdict extends GeneratedHistory {
  readonly found: readonly Violation[];
  readonly search: () => SearchReport;
}

function check(seed: number, options: Partial<GeneratorOptions> = {}): Verdict {
  const history = generateHistory(new SeededRandom(seed), {
    operations: 400,
    clients: 6,
    keys: 5,
    unknownOneIn: 15,
    ...options,
  });
  const { operations, revisions } = history;
  const timeline = new Timeline(revisions);
  const { violations, causes } = checkByRevision(operations, timeline);
  const search = (): SearchReport => checkBySearch(operations, { stepsMax: STEPS_MAX, causes });
  const others = [...checkCompactions(operations), ...checkLeaseKeys(operations, timeline)];
  return { ...history, found: [...violations, ...others], search };
}

describe('linearizability: random histories', () => {
  it('of an honest store -> accepted, the search goes straight to its end', () => {
    for (let seed = SEED; seed < SEED + 25; seed++) {
      const { operations, found, search } = check(seed);
      const searched = search();
      assert.deepEqual(found, [], `SEED=${seed}`);
      assert.deepEqual(searched.violations, [], `SEED=${seed}`);
      assert.deepEqual(searched.undecided, [], `SEED=${seed}`);
      assert.ok(searched.steps < 5 * operations.length, `SEED=${seed}: ${searched.steps} steps`);
    }
  });

  it('of an honest store, without the help of causes -> never said to be violated', () => {
    for (let seed = SEED; seed < SEED + 10; seed++) {
      const { operations } = check(seed);
      const { violations } = checkBySearch(operations, { stepsMax: 2000 });
      assert.deepEqual(violations, [], `SEED=${seed}`);
    }
  });

  it('of a long run -> the search needs a few steps for each operation', () => {
    const { operations, found, search } = check(SEED, { operations: 2000, clients: 8, keys: 8 });
    const searched = search();
    assert.deepEqual([...found, ...searched.violations, ...searched.undecided], []);
    assert.ok(searched.steps < 5 * operations.length);
  });

  for (const fault of FAULTS) {
    it(`of a store that may ${fault} -> found by revision in each run`, () => {
      let faults = 0;
      for (let seed = SEED; seed < SEED + 10; seed++) {
        // An unknown delete may be taken for the end of a lease that was cut in two.
        const isAmbiguous = fault === 'delete the keys of a lease one by one';
        const verdict = check(seed, isAmbiguous ? { fault, unknownOneIn: 0 } : { fault });
        faults += verdict.faults;
        assert.equal(verdict.found.length > 0, verdict.faults > 0, `SEED=${seed}`);
      }
      assert.ok(faults > 0);
    });
  }

  /** What clients are likely to see in their answers. */
  const visible: readonly Fault[] = [
    'lose a put that is answered',
    'lose half of a txn',
    'apply a put twice',
    'apply a put and refuse it',
    'read from the past',
  ];
  for (const fault of visible) {
    it(`of a store that may ${fault} -> found by search, too`, () => {
      let found = 0;
      for (let seed = SEED; seed < SEED + 10; seed++) {
        const { search } = check(seed, { fault, unknownOneIn: 0 });
        if (search().violations.length > 0) found += 1;
      }
      assert.ok(found > 5, `in ${found} of 10 runs`);
    });
  }
});
