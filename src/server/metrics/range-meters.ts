/** How long ranges take, once they may be read. */
import { Histogram } from '../../base/histogram.ts';
import { REQUEST_BOUNDS_S } from './apply-meters.ts';
import type { LabelledHistogram } from './series.ts';

export class RangeMeters {
  /** Ranges that took longer than they should. */
  slow = 0;
  readonly #slowSeconds: number;
  readonly #succeeded = new Histogram(REQUEST_BOUNDS_S);
  readonly #failed = new Histogram(REQUEST_BOUNDS_S);

  constructor(slowMs: number) {
    this.#slowSeconds = slowMs / 1000;
  }

  ended(isSuccess: boolean, durationMs: number): void {
    const seconds = durationMs / 1000;
    (isSuccess ? this.#succeeded : this.#failed).observe(seconds);
    if (seconds > this.#slowSeconds) this.slow++;
  }

  /** Those that have been observed. */
  durations(): LabelledHistogram[] {
    return [
      { labels: { success: 'false' }, histogram: this.#failed },
      { labels: { success: 'true' }, histogram: this.#succeeded },
    ].filter(({ histogram }) => histogram.count > 0);
  }
}
