import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkByRevision } from '../../sim/check/by-revision.ts';
import { checkBySearch } from '../../sim/check/by-search.ts';
import { checkCompactions } from '../../sim/check/compactions.ts';
import { Timeline } from '../../sim/check/timeline.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { generateHistory } from '../../support/sim/history-generator.ts';

const SEED = Number(process.env['SEED'] ?? 1);

describe('linearizability', () => {
  it('honest', () => {
    for (let seed = SEED; seed < SEED + 20; seed++) {
      const { operations, revisions } = generateHistory(new SeededRandom(seed), {
        operations: 2000,
        clients: 8,
        keys: 8,
        unknownOneIn: 15,
      });
      const timeline = new Timeline(revisions);
      const t0 = performance.now();
      const { violations, causes } = checkByRevision(operations, timeline);
      const t1 = performance.now();
      assert.deepEqual(violations, [], `SEED=${seed}`);
      assert.deepEqual(checkCompactions(operations), []);
      const t2 = performance.now();
      const report = checkBySearch(operations, { stepsMax: 200_000, causes });
      const t3 = performance.now();
      console.log(seed, revisions.length, (t1 - t0) | 0, (t2 - t1) | 0, (t3 - t2) | 0, report);
      const blind = 0;
      console.log((performance.now() - t3) | 0, blind);
    }
  });
});
