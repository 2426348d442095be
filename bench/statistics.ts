/** The few numbers that a series is told by. */
import { assert } from '../src/base/assert.ts';

/** Nearest rank: the smallest value that at least `fraction` of all values do not exceed. */
export function percentile(sorted: ArrayLike<number>, fraction: number): number {
  assert(sorted.length > 0, 'a percentile needs values');
  const rank = Math.max(1, Math.ceil(fraction * sorted.length));
  return sorted[rank - 1] as number;
}

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Median (the mean of the two middle values of an even series), least and greatest. */
export function summarize(values: readonly number[]): Summary {
  assert(values.length > 0, 'a summary needs values');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] as number) : upper;
  return {
    median: (lower + upper) / 2,
    min: sorted[0] as number,
    max: sorted[sorted.length - 1] as number,
  };
}
