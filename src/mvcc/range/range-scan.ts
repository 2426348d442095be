/**
 * One range on its way through etcd's pipeline: fetch in key order at one revision, filter,
 * sort, cut to the limit, blank values. Works in slices, and knows neither promises nor the
 * backend: the caller brings the values that are not in memory.
 */
import { assert } from '../../base/assert.ts';
import { copyBytes, EMPTY_BYTES, keySuccessor } from '../../base/bytes.ts';
import type { Revision } from '../../base/ids.ts';
import {
  KeyValue,
  type RangeRequest,
  RangeResponse,
  ResponseHeader,
  SortTarget,
} from '../../pb/index.ts';
import {
  type KeyIndex,
  type KeySpan,
  NO_SLOT,
  type RevisionPair,
  type Slot,
} from '../key-index.ts';
import type { RowSource, StoredValues } from '../stored-values.ts';
import { type KeyRange, keyRange } from './key-range.ts';
import { hasRevisionFilter, isKeyOrder, passesRevisionFilter, sortRows } from './range-order.ts';

/** Bytes of values that one slice takes from memory; the row that reaches it is still taken. */
export const SLICE_BYTES_MAX: number = 1024 * 1024;

/** A range request, resolved to the revision it reads. */
export interface RangeQuery {
  readonly request: RangeRequest;
  /** Revision to read at: readable, at most `current`. */
  readonly revision: Revision;
  /** The store's revision as this reader sees it. */
  readonly current: Revision;
}

export interface RangeSources {
  readonly index: KeyIndex;
  readonly values: StoredValues;
  /** Keys that one slice looks at. */
  readonly sliceKeysMax: number;
}

/**
 * Use: `collect`, fetch `misses`, `settle`, and again until `isDone`; then the steps of
 * `respond`. Made in the turn whose state it reads. The index may change between slices, as
 * long as no compaction above the scan's revision touches it.
 */
export class RangeScan {
  readonly #index: KeyIndex;
  readonly #values: StoredValues;
  readonly #query: RangeQuery;
  readonly #sliceKeysMax: number;
  /** Rows to fetch before filters and sort: no more than there are, when that is known. */
  readonly #rowsMax: number;
  readonly #hasFilter: boolean;
  /** Values are blanked as rows are taken, unless the sort looks at them. */
  readonly #blankEarly: boolean;
  /** What is still to be scanned; undefined at the end. */
  #rest: KeyRange | undefined;
  /** Keys of the range at the revision; counted along the way when not known from the start. */
  #count = 0;
  readonly #isCountKnown: boolean;
  #rowsTaken = 0;
  readonly #rows: Uint8Array[] = [];
  #bytesHeld = 0;

  /** Rows of this slice; a place that waits for its value holds the empty string. */
  #slice: Uint8Array[] = [];
  #sliceBytes = 0;
  #misses: RevisionPair[] = [];
  #missPlaces: number[] = [];

  constructor({ index, values, sliceKeysMax }: RangeSources, query: RangeQuery) {
    const { request } = query;
    this.#index = index;
    this.#values = values;
    this.#query = query;
    this.#sliceKeysMax = sliceKeysMax;
    this.#rowsMax = rowsToFetch(request);
    this.#hasFilter = hasRevisionFilter(request);
    this.#blankEarly = request.keysOnly && request.sortTarget !== SortTarget.VALUE;
    this.#rest = keyRange(request.key, request.rangeEnd);
    this.#isCountKnown = this.#rest.kind === 'span' && query.revision === query.current;
    if (this.#rest.kind === 'span' && this.#isCountKnown) {
      this.#count = index.countLive(this.#rest.span);
      this.#rowsMax = Math.min(this.#rowsMax, this.#count);
    }
  }

  /** Whether everything is collected (and, after `settle`, ready for `respond`). */
  get isDone(): boolean {
    return this.#rest === undefined;
  }

  /** Whether a slice is collected and not settled. */
  get isCollecting(): boolean {
    return this.#slice.length > 0;
  }

  /** Puts of the collected slice whose values were not in memory. */
  get misses(): readonly RevisionPair[] {
    return this.#misses;
  }

  /** Bytes of all rows so far. */
  get bytesHeld(): number {
    return this.#bytesHeld;
  }

  /**
   * Collects the next slice, looking up unflushed rows in `rows`. `isNow`: the store is still
   * at the revision the scan began at, with no write in between.
   */
  collect(rows: RowSource, isNow: boolean): void {
    assert(this.#slice.length === 0, 'the slice before is settled');
    const rest = this.#rest;
    assert(rest !== undefined, 'there is something left to collect');
    if (rest.kind === 'key') this.#collectKey(rest.key, rows);
    else if (isNow && this.#isCountKnown) this.#collectLive(rest.span, rows);
    else this.#collectHistory(rest.span, rows);
  }

  #collectKey(key: Uint8Array, rows: RowSource): void {
    this.#rest = undefined;
    const slot = this.#index.find(key);
    if (slot !== NO_SLOT) this.#visit(slot, rows);
  }

  /** Newest values: the index finds live keys alone, however many tombstones lie between. */
  #collectLive(span: KeySpan, rows: RowSource): void {
    const index = this.#index;
    const wanted = Math.min(this.#rowsMax - this.#rowsTaken, this.#sliceKeysMax);
    const slots = wanted === 0 ? [] : index.liveSlots(span, wanted);
    this.#rest = undefined;
    for (const slot of slots) {
      if (this.#isSliceFull) return this.#continueFrom(index.key(slot), span);
      this.#take(slot, { main: index.modMain(slot), sub: index.modSub(slot) }, rows);
    }
    const last = slots.at(-1);
    if (last !== undefined && this.#wantsRows) {
      this.#continueFrom(keySuccessor(index.key(last)), span);
    }
  }

  /** Values as of an older revision, or of one that has become old since the scan began. */
  #collectHistory(span: KeySpan, rows: RowSource): void {
    let next: Uint8Array | undefined = span.start;
    let keysLeft = this.#sliceKeysMax;
    while (next !== undefined && keysLeft > 0 && !this.#isSliceFull && this.#wantsKeys) {
      const keysMax = Math.min(keysLeft, this.#keysToVisit);
      keysLeft -= keysMax;
      next = this.#walk({ start: next, end: span.end }, keysMax, rows);
    }
    this.#rest = undefined;
    if (next !== undefined && this.#wantsKeys) this.#continueFrom(next, span);
  }

  /** Visits up to `keysMax` keys or until the slice is full; returns the key to go on from. */
  #walk(span: KeySpan, keysMax: number, rows: RowSource): Uint8Array | undefined {
    let fullAt: Uint8Array | undefined;
    const next = this.#index.walk(span, keysMax, (slot) => {
      if (fullAt !== undefined) return;
      if (this.#isSliceFull) fullAt = this.#index.key(slot);
      else this.#visit(slot, rows);
    });
    return fullAt ?? next;
  }

  #continueFrom(start: Uint8Array, { end }: KeySpan): void {
    this.#rest = { kind: 'span', span: { start, end } };
  }

  get #wantsRows(): boolean {
    return this.#rowsTaken < this.#rowsMax;
  }

  get #wantsKeys(): boolean {
    return this.#wantsRows || !this.#isCountKnown;
  }

  /** As many keys as a limit still needs, but not in steps so small that the walk costs more. */
  get #keysToVisit(): number {
    return this.#isCountKnown ? Math.max(this.#rowsMax - this.#rowsTaken, 16) : this.#sliceKeysMax;
  }

  get #isSliceFull(): boolean {
    return this.#sliceBytes >= SLICE_BYTES_MAX;
  }

  #visit(slot: Slot, rows: RowSource): void {
    const at = this.#index.at(slot, this.#query.revision);
    if (at === undefined) return;
    if (!this.#isCountKnown) this.#count++;
    if (this.#wantsRows) this.#take(slot, at, rows);
  }

  #take(slot: Slot, at: RevisionPair, rows: RowSource): void {
    this.#rowsTaken++;
    const encoded = this.#values.inMemory(slot, at, rows);
    if (encoded === undefined) {
      this.#missPlaces.push(this.#slice.length);
      this.#misses.push({ main: at.main, sub: at.sub });
      this.#slice.push(EMPTY_BYTES);
      return;
    }
    const row = this.#blankEarly ? withoutValue(encoded) : copyBytes(encoded);
    this.#sliceBytes += row.length;
    this.#slice.push(row);
  }

  /** Ends the slice with the values of its misses, in their order; owns them from here on. */
  settle(fetched: readonly Uint8Array[]): void {
    assert(fetched.length === this.#misses.length, 'one value for each miss');
    for (const [i, encoded] of fetched.entries()) {
      const place = this.#missPlaces[i] as number;
      this.#slice[place] = this.#blankEarly ? withoutValue(encoded) : encoded;
    }
    for (const row of this.#slice) {
      if (this.#hasFilter && !passesRevisionFilter(row, this.#query.request)) continue;
      this.#rows.push(row);
      this.#bytesHeld += row.length;
    }
    this.#slice = [];
    this.#sliceBytes = 0;
    this.#misses = [];
    this.#missPlaces = [];
  }

  /** Sorts, cuts and answers; each step of the generator is one slice of work. */
  *respond(): Generator<undefined, RangeResponse> {
    assert(this.isDone && this.#slice.length === 0, 'everything is collected and settled');
    const { request, current } = this.#query;
    const sorted = yield* sortRows(this.#rows, request);
    const isCut = request.limit > 0 && sorted.length > request.limit;
    const kept = isCut ? sorted.slice(0, request.limit) : sorted;
    return RangeResponse.create({
      header: ResponseHeader.create({ revision: current }),
      kvs: request.keysOnly && !this.#blankEarly ? yield* this.#blanked(kept) : kept,
      more: isCut,
      count: this.#count,
    });
  }

  *#blanked(rows: readonly Uint8Array[]): Generator<undefined, Uint8Array[]> {
    const blanked: Uint8Array[] = [];
    for (const row of rows) {
      if (blanked.length > 0 && blanked.length % this.#sliceKeysMax === 0) yield;
      blanked.push(withoutValue(row));
    }
    return blanked;
  }
}

/** A limit is fetched with one row more, to know whether there is more; but not before a sort. */
function rowsToFetch(request: RangeRequest): number {
  if (request.countOnly) return 0;
  if (request.limit <= 0 || !isKeyOrder(request) || hasRevisionFilter(request)) return Infinity;
  return request.limit + 1;
}

/** The encoded KeyValue without its value, in bytes of its own. */
function withoutValue(encoded: Uint8Array): Uint8Array {
  return KeyValue.encode({ ...KeyValue.decode(encoded), value: EMPTY_BYTES });
}
