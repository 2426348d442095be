/**
 * A set of keys, as the union of half-open ranges: what one user may read, or write. Ranges come
 * and are asked for as requests write them: an empty end stands for the single key, an end of one
 * zero byte for no end at all.
 */
import { assert } from '../base/assert.ts';
import { compareBytes, copyBytes, keySuccessor } from '../base/bytes.ts';

export interface KeyRange {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}

/** Keys from `start` on and below `end`; without an end, all from `start` on. */
interface Span {
  readonly start: Uint8Array;
  end: Uint8Array | undefined;
}

export class KeyRanges {
  /** In order, with gaps between them. */
  readonly #spans: readonly Span[];

  /** The keys of all the ranges; those that hold no key are left out. Copies what it keeps. */
  constructor(ranges: Iterable<KeyRange>) {
    const spans: Span[] = [];
    for (const range of ranges) {
      const span = spanOf(range);
      if (span !== undefined) spans.push(span);
    }
    spans.sort((a, b) => compareBytes(a.start, b.start));
    this.#spans = united(spans);
  }

  /**
   * Whether every key of the range belongs to the set. A range that ends before it begins holds no
   * key, but asks for its first, as in etcd.
   */
  covers({ key, rangeEnd }: KeyRange): boolean {
    const span = this.#lastFrom(key);
    // The empty key is none that a request can name.
    if (span === undefined || key.length === 0) return false;
    const { end } = span;
    if (end === undefined) return true;
    if (isEndless(rangeEnd) || compareBytes(key, end) >= 0) return false;
    return rangeEnd.length === 0 || compareBytes(rangeEnd, end) <= 0;
  }

  /** The last span that starts at `key` or before it. */
  #lastFrom(key: Uint8Array): Span | undefined {
    let low = 0;
    let high = this.#spans.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const span = this.#spans[middle] as Span;
      if (compareBytes(span.start, key) <= 0) low = middle + 1;
      else high = middle;
    }
    return this.#spans[low - 1];
  }

  checkInvariants(): void {
    this.#spans.forEach(({ start, end }, at) => {
      const next = this.#spans[at + 1];
      assert(end === undefined || compareBytes(start, end) < 0, 'auth: a range without keys');
      assert(
        next === undefined || (end !== undefined && compareBytes(end, next.start) < 0),
        'auth: ranges that should be one',
      );
    });
  }
}

/** Whether the end of a range says that there is none. */
export function isEndless(rangeEnd: Uint8Array): boolean {
  return rangeEnd.length === 1 && rangeEnd[0] === 0;
}

function spanOf({ key, rangeEnd }: KeyRange): Span | undefined {
  if (key.length === 0) return undefined;
  const start = copyBytes(key);
  if (isEndless(rangeEnd)) return { start, end: undefined };
  if (rangeEnd.length === 0) return { start, end: keySuccessor(key) };
  return compareBytes(key, rangeEnd) < 0 ? { start, end: copyBytes(rangeEnd) } : undefined;
}

/** Spans in order of their starts -> the same keys, in spans that neither overlap nor touch. */
function united(sorted: readonly Span[]): Span[] {
  const spans: Span[] = [];
  for (const span of sorted) {
    const last = spans.at(-1);
    if (last === undefined) spans.push(span);
    else if (last.end !== undefined) {
      if (compareBytes(span.start, last.end) > 0) spans.push(span);
      else if (span.end === undefined || compareBytes(span.end, last.end) > 0) last.end = span.end;
    }
  }
  return spans;
}
