import type { Clock } from '../../base/ports/clock.ts';

/** Time of this machine. */
export const realClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
};
