/** How compactions of the store go. */
import { exponentialBounds, Histogram } from '../../base/histogram.ts';
import type { Clock } from '../../base/ports/clock.ts';
import type { CompactionObserver } from '../../mvcc/index.ts';

export class CompactionMeters implements CompactionObserver {
  /** Rows removed by compactions that are done. */
  removedRows = 0;
  /** Unix time of the end of the last one; 0 before the first. */
  lastEndS = 0;
  /** Of whole compactions, pauses included; 0.1 s to 819 s. */
  readonly durationsMs = new Histogram(exponentialBounds(100, 2, 14));
  readonly #clock: Clock;
  #startMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  began(): void {
    this.#startMs = this.#clock.monotonicMs();
  }

  ended(removedRows: number): void {
    this.removedRows += removedRows;
    this.lastEndS = Math.floor(this.#clock.wallMs() / 1000);
    this.durationsMs.observe(this.#clock.monotonicMs() - this.#startMs);
  }
}
