/** Warnings that could come thousands of times a second, of which each is written once in one. */
import type { Clock } from '../../base/ports/clock.ts';
import type { LogFields, Logger } from '../../base/ports/logger.ts';

const PERIOD_MS = 1000;

interface Warned {
  atMs: number;
  suppressed: number;
}

/** One for each peer: what is said about one does not silence another. */
export class QuietLog {
  readonly #logger: Logger;
  readonly #clock: Clock;
  /** By text; callers use a fixed set of them. */
  readonly #warned = new Map<string, Warned>();

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  /** A line later tells how many were left out. */
  warn(message: string, fields: LogFields): void {
    const nowMs = this.#clock.monotonicMs();
    const warned = this.#warned.get(message) ?? { atMs: -Infinity, suppressed: 0 };
    this.#warned.set(message, warned);
    if (nowMs - warned.atMs < PERIOD_MS) {
      warned.suppressed++;
      return;
    }
    const { suppressed } = warned;
    warned.atMs = nowMs;
    warned.suppressed = 0;
    const left = suppressed === 0 ? {} : { 'not-logged-before': suppressed };
    this.#logger.warn(message, { ...fields, ...left });
  }
}
