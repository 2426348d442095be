/** A stable merge sort that gives its caller a chance to yield, for results of any length. */
import { defined } from '../../base/assert.ts';

/** Items sorted or merged between two steps: about a millisecond. */
export const SORT_SLICE_ITEMS_MAX = 4096;

interface Keyed<T, K> {
  readonly item: T;
  readonly key: K;
}

/** What to sort by: a key for each item, found once, and the order of keys. */
export interface SortKey<T, K> {
  readonly of: (item: T) => K;
  readonly compare: (a: K, b: K) => number;
}

/** Sorts; each step of the generator is one slice of work. Up to a slice, it takes no step. */
export function* sortInSlices<T, K>(
  items: readonly T[],
  by: SortKey<T, K>,
): Generator<undefined, T[]> {
  const compare = (a: Keyed<T, K>, b: Keyed<T, K>): number => by.compare(a.key, b.key);
  let runs: Keyed<T, K>[][] = [];
  for (let from = 0; from < items.length; from += SORT_SLICE_ITEMS_MAX) {
    if (from > 0) yield;
    const slice = items.slice(from, from + SORT_SLICE_ITEMS_MAX);
    runs.push(slice.map((item) => ({ item, key: by.of(item) })).sort(compare));
  }
  while (runs.length > 1) {
    const merged: Keyed<T, K>[][] = [];
    for (let i = 0; i < runs.length; i += 2) {
      const left = defined(runs[i], 'index is below the length');
      const right = runs[i + 1];
      merged.push(right === undefined ? left : yield* merge(left, right, compare));
    }
    runs = merged;
  }
  return (runs[0] ?? []).map(({ item }) => item);
}

function* merge<T>(
  left: readonly T[],
  right: readonly T[],
  compare: (a: T, b: T) => number,
): Generator<undefined, T[]> {
  const merged: T[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) {
    if (merged.length % SORT_SLICE_ITEMS_MAX === 0) yield;
    const a = left[l] as T;
    const b = right[r] as T;
    // On a tie the left one goes first: that keeps the sort stable.
    if (compare(a, b) <= 0) {
      merged.push(a);
      l++;
    } else {
      merged.push(b);
      r++;
    }
  }
  return merged.concat(left.slice(l), right.slice(r));
}
