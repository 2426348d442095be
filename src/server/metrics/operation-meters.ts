/** How long an operation takes that runs for a while, and whether one is under way. */
import { Histogram } from '../../base/histogram.ts';
import type { Clock } from '../../base/ports/clock.ts';

export class OperationMeters {
  /** Operations under way. */
  running = 0;
  /** Of those that succeeded. */
  readonly seconds: Histogram;
  readonly #clock: Clock;

  constructor(boundsS: readonly number[], clock: Clock) {
    this.seconds = new Histogram(boundsS);
    this.#clock = clock;
  }

  async measured<T>(operation: () => Promise<T>): Promise<T> {
    const startMs = this.#clock.monotonicMs();
    this.running++;
    try {
      const result = await operation();
      this.seconds.observe((this.#clock.monotonicMs() - startMs) / 1000);
      return result;
    } finally {
      this.running--;
    }
  }
}
