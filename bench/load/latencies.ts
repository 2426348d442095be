import { percentile } from '../statistics.ts';

/** Every latency of a window, so that percentiles are exact. Milliseconds. */
export class Latencies {
  #values: Float64Array;
  #count = 0;

  constructor(expected: number) {
    this.#values = new Float64Array(Math.max(1, expected));
  }

  get count(): number {
    return this.#count;
  }

  record(ms: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = ms;
  }

  /** The given percentiles, as fractions. */
  percentiles(...fractions: readonly number[]): number[] {
    const sorted = this.#values.slice(0, this.#count).sort();
    return fractions.map((fraction) => percentile(sorted, fraction));
  }
}
