/** How long a connection may handle what it read before others are heard. */
import type { Clock } from '../base/ports/clock.ts';

/** The rest of what was read waits for the next turn, and nothing more is read until then. */
export const READ_TURN_MS_MAX = 5;
/** Steps of the reader, of which a request takes two at least, between looks at the clock. */
const STEPS_PER_LOOK = 4;

export class ReadTurn {
  readonly #clock: Clock;
  #stepsLeft = STEPS_PER_LOOK;
  /** When the turn was first looked at; most are over by then. */
  #startMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(): void {
    this.#stepsLeft = STEPS_PER_LOOK;
    this.#startMs = undefined;
  }

  /** To be asked after each step. */
  isOver(): boolean {
    if (--this.#stepsLeft > 0) return false;
    this.#stepsLeft = STEPS_PER_LOOK;
    const nowMs = this.#clock.monotonicMs();
    this.#startMs ??= nowMs;
    return nowMs - this.#startMs >= READ_TURN_MS_MAX;
  }
}
