/**
 * Observed values counted by size: what a Prometheus histogram is made of, without the library.
 * An observation costs a short search and two additions.
 */
import { assert } from './assert.ts';

export class Histogram {
  /** Inclusive upper bounds of the buckets, ascending. What is above the last one has a bucket too. */
  readonly bounds: readonly number[];
  /** Observations of each bucket, of that above all bounds, and the sum of the values. */
  readonly #cells: Float64Array;

  /**
   * `cells` is the memory to count in, {@link cellsFor} numbers: one that two threads share lets
   * one of them read what the other observes.
   */
  constructor(
    bounds: readonly number[],
    cells: Float64Array = new Float64Array(Histogram.cellsFor(bounds)),
  ) {
    assert(cells.length === Histogram.cellsFor(bounds), 'histogram: a cell for each number');
    assert(isAscending(bounds), 'histogram: bounds ascend');
    this.bounds = bounds;
    this.#cells = cells;
  }

  static cellsFor(bounds: readonly number[]): number {
    return bounds.length + 2;
  }

  observe(value: number): void {
    const { bounds } = this;
    const cells = this.#cells;
    // From below: nearly everything that is measured is short.
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
    cells[bucket] = (cells[bucket] as number) + 1;
    cells[bounds.length + 1] = (cells[bounds.length + 1] as number) + value;
  }

  /** Observations at or below each bound, and at the end all of them. */
  cumulativeCounts(): number[] {
    let total = 0;
    return Array.from(this.#cells.subarray(0, -1), (count) => (total += count));
  }

  get sum(): number {
    return this.#cells[this.bounds.length + 1] as number;
  }

  get count(): number {
    return this.cumulativeCounts()[this.bounds.length] as number;
  }
}

/** `count` bounds from `start` on, each `factor` times the one before. */
export function exponentialBounds(start: number, factor: number, count: number): number[] {
  const bounds: number[] = [];
  // Multiplied step by step, as Go's client does it: a power would round differently.
  for (let bound = start; bounds.length < count; bound *= factor) bounds.push(bound);
  return bounds;
}

function isAscending(bounds: readonly number[]): boolean {
  return bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] as number));
}
