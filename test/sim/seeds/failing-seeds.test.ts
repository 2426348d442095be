import { describe, it } from 'node:test';
import { simulate } from '../cluster/simulation.ts';
import { FAILING_SEEDS } from './failing-seeds.ts';

describe('simulated clusters: seeds that failed once', () => {
  for (const { seed, members, found } of FAILING_SEEDS) {
    it(`seed ${seed}, which found ${found} -> passes`, async () => {
      await simulate({ seed, members });
    });
  }
});
