/** Leaders compare the states of members all along, under all faults, and never find a difference. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { simulate } from '../cluster/simulation.ts';

/** 108: all is deleted while one member still removes what was compacted. */
const SEEDS = [1, 2, 3, 5, 6, 108];

describe('simulated clusters that compare their states', () => {
  for (const seed of SEEDS) {
    it(`CORRUPT-I2: seed ${seed} -> no alarm (npm run sim -- --seed ${seed} --compare)`, async (t) => {
      let [compared, compactions] = [0, 0];
      const print = (line: string): void => {
        if (line.includes('finished peer corruption check')) compared++;
        if (line.includes('successfully checked hash on whole cluster')) compactions++;
        assert.doesNotMatch(line, /must match|must be less than|hash mismatch/);
      };
      await simulate({ seed, comparesStates: true, print });
      assert.ok(compared > 0);
      t.diagnostic(`${compared} comparisons of states, ${compactions} of compactions`);
    });
  }
});
