/** Lines that could come thousands of times a second, of which each is written once in one. */
import type { Clock } from '../../base/ports/clock.ts';
import type { LogFields, Logger } from '../../base/ports/logger.ts';

const PERIOD_MS = 1000;

interface Said {
  atMs: number;
  suppressed: number;
}

/** One for each peer: what is said about one does not silence another. */
export class QuietLog {
  readonly #logger: Logger;
  readonly #clock: Clock;
  /** By text; callers use a fixed set of them. */
  readonly #said = new Map<string, Said>();

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  warn(message: string, fields: LogFields): void {
    this.#say('warn', message, fields);
  }

  info(message: string, fields: LogFields): void {
    this.#say('info', message, fields);
  }

  /** A line later tells how many were left out. */
  #say(level: 'warn' | 'info', message: string, fields: LogFields): void {
    const nowMs = this.#clock.monotonicMs();
    const said = this.#said.get(message) ?? { atMs: -Infinity, suppressed: 0 };
    this.#said.set(message, said);
    if (nowMs - said.atMs < PERIOD_MS) {
      said.suppressed++;
      return;
    }
    const { suppressed } = said;
    said.atMs = nowMs;
    said.suppressed = 0;
    const left = suppressed === 0 ? {} : { 'not-logged-before': suppressed };
    this.#logger[level](message, { ...fields, ...left });
  }
}
