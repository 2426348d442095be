/** What a member does by itself, again and again. */
import type { Scheduler, Timer } from '../base/ports/scheduler.ts';
import { EXPIRY_LOOP_MS } from './node/lease-expiry.ts';

/** Between two looks at waiting requests and reads for those whose time is over. */
const SWEEP_MS = 250;
/** Between two looks at how much of the disk the state takes. */
const MEASURE_MS = 5000;
/** Between two removals of files that are not needed any more. */
const PURGE_MS = 30_000;

export interface Rounds {
  /** One tick of raft's logical clock. */
  tick(): void;
  /** Ends what has waited for too long. */
  sweep(): void;
  expireLeases(): void;
  purge(): void;
  measure(): void;
}

export function startRounds(tickMs: number, scheduler: Scheduler, rounds: Rounds): Timer[] {
  return [
    scheduler.every(tickMs, () => rounds.tick()),
    scheduler.every(SWEEP_MS, () => rounds.sweep()),
    scheduler.every(EXPIRY_LOOP_MS, () => rounds.expireLeases()),
    scheduler.every(PURGE_MS, () => rounds.purge()),
    scheduler.every(MEASURE_MS, () => rounds.measure()),
  ];
}
