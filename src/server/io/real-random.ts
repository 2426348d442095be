import { randomInt } from 'node:crypto';
import type { Random } from '../../base/ports/random.ts';

/** The operating system's random numbers: each draw is independent, so one stream serves all. */
export const realRandom: Random = {
  below: (bound) => randomInt(bound),
};
