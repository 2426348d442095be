/** Simulations as tests, by seed. */
import { describe, it } from 'node:test';
import { simulate } from '../cluster/simulation.ts';

/** Defines a test for each seed in [from, to); `SEED=` picks one instead, of whatever range. */
export function seedSuite(from: number, to: number): void {
  const { SEED } = process.env;
  const seeds =
    SEED === undefined ? Array.from({ length: to - from }, (_, at) => from + at) : [Number(SEED)];
  describe(`simulated clusters: seeds ${seeds[0]} to ${seeds.at(-1)}`, () => {
    for (const seed of seeds) {
      it(`seed ${seed} -> no promise is broken, and all recover (npm run sim -- --seed ${seed})`, async () => {
        await simulate({ seed });
      });
    }
  });
}
