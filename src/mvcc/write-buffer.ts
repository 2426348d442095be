/**
 * The write buffer: replicated state on its way to the backend.
 *
 * Two generations: the one being filled and at most one that is being committed. Rows of both
 * stay readable until the commit has ended, so that reads see every applied write; after that
 * they are kept for a while, so that watchers a little behind need no disk.
 *
 * Operations go into the backend's batch as they arrive; rows of bucket `key` are also held here,
 * as columns. The invariants, WB-I1 and on, are in `backend/README.md`.
 */
import { assert } from '../base/assert.ts';
import { u64BeBytes } from '../base/bytes.ts';
import type { LogIndex, Revision, Term } from '../base/ids.ts';
import {
  type Backend,
  type BackendBatch,
  BackendError,
  type BackendView,
  Bucket,
} from '../base/ports/backend.ts';
import type { BucketWriter } from '../base/ports/bucket-writer.ts';
import { BatchSeal } from './backend/batch-seal.ts';
import { type BackendMeta, MetaKey } from './backend/meta.ts';
import { RecentRows } from './backend/recent-rows.ts';
import { REVISION_KEY_BYTES, type RevisionKey, writeRevisionKey } from './backend/revision-key.ts';
import type { HistoryRow } from './ports.ts';

/** Operations of one batch at which `isFull` asks for a flush; an entry may go beyond. */
export const BATCH_OPERATIONS_MAX = 10_000;
/** Bytes of one batch (keys and values) at which `isFull` asks for a flush; an entry may go beyond. */
export const BATCH_BYTES_MAX: number = 8 * 1024 * 1024;
/** Bytes of rows kept in memory after they are on disk; beyond, the oldest batches are dropped. */
export const KEPT_BYTES_MAX: number = 8 * 1024 * 1024;

export interface WriteBufferBounds {
  readonly batchOperationsMax: number;
  readonly batchBytesMax: number;
  readonly keptBytesMax: number;
}

const BOUNDS_DEFAULT: WriteBufferBounds = {
  batchOperationsMax: BATCH_OPERATIONS_MAX,
  batchBytesMax: BATCH_BYTES_MAX,
  keptBytesMax: KEPT_BYTES_MAX,
};

/** Where the buffer goes on from: what `loadMeta` found in the backend. */
export type WriteBufferStart = Pick<
  BackendMeta,
  'consistentIndex' | 'term' | 'currentRevision' | 'batch'
>;

/**
 * What was unflushed at one moment, together with the backend as it was then. Must be closed.
 *
 * A commit that was in flight may show in the view or not. So who scans the view takes from it
 * the revisions below `unflushedFrom` only, and the others from `unflushed`: that is each row
 * exactly once.
 */
export interface PinnedState {
  readonly view: BackendView;
  /** Lowest main revision with unflushed rows (current + 1 when there are none). */
  readonly unflushedFrom: Revision;
  /** The unflushed row, undefined when it was not in memory: look in the view. */
  row(main: Revision, sub: number): HistoryRow | undefined;
  /** Unflushed rows with main in [from, to], in order. */
  unflushed(from: Revision, to: Revision): HistoryRow[];
  close(): Promise<void>;
}

/** A batch, and the log position of its end. */
interface Generation {
  readonly batch: BackendBatch;
  readonly index: LogIndex;
  /** `bytesWritten` at its end. */
  readonly bytesEnd: number;
}

export class WriteBuffer implements BucketWriter {
  readonly #backend: Backend;
  readonly #bounds: WriteBufferBounds;
  readonly #seal: BatchSeal;
  readonly #rows: RecentRows;

  /** The batch being filled. */
  #batch: BackendBatch;
  #bytesWritten = 0;
  /** `bytesWritten` where the batch being filled begins. */
  #bytesCut = 0;
  #bytesFlushed = 0;
  #rowBytesWritten = 0;
  #committing: Generation | undefined;
  #appliedIndex: LogIndex;
  #appliedTerm: Term;
  #durableIndex: LogIndex;

  /** The commit that is running; stays once one has failed, so that all later ones fail, too. */
  #inFlight: Promise<void> | undefined;
  /** The commit after that, whose batch is not cut yet. */
  #following: Promise<void> | undefined;
  #isAbandoned = false;

  // Reused for each row: a backend copies its arguments.
  readonly #putKey = new Uint8Array(REVISION_KEY_BYTES);
  readonly #tombstoneKey = new Uint8Array(REVISION_KEY_BYTES + 1);

  constructor(
    start: WriteBufferStart,
    backend: Backend,
    bounds: WriteBufferBounds = BOUNDS_DEFAULT,
  ) {
    this.#backend = backend;
    this.#bounds = bounds;
    this.#seal = new BatchSeal(start.batch);
    this.#rows = new RecentRows(start.currentRevision, bounds.keptBytesMax);
    this.#batch = backend.batch();
    this.#appliedIndex = start.consistentIndex;
    this.#appliedTerm = start.term;
    this.#durableIndex = start.consistentIndex;
  }

  put(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    this.#batch.put(bucket, key, value);
    this.#bytesWritten += key.length + value.length;
  }

  remove(bucket: Bucket, key: Uint8Array): void {
    this.#batch.remove(bucket, key);
    this.#bytesWritten += key.length;
  }

  /** Adds a row of bucket `key`; called in ascending (main, sub) order. Copies `kv`. */
  putRevision(row: HistoryRow): void {
    this.#rows.append(row);
    const key = this.#rowKey(row);
    this.put(Bucket.key, key, row.kv);
    this.#rowBytesWritten += key.length + row.kv.length;
  }

  /**
   * Removes a row of bucket `key`, which compaction has made unreachable: in memory it may be
   * seen until the run it lies in is dropped, on disk until the batch is committed.
   */
  removeRevision(row: RevisionKey): void {
    this.remove(Bucket.key, this.#rowKey(row));
  }

  /** A row of bucket `key` that is in memory: all unflushed rows are, and some that are on disk. */
  row(main: Revision, sub: number): HistoryRow | undefined {
    return this.#rows.find(main, sub);
  }

  /** Lowest main revision from which on every row is in memory (current + 1 when none is). */
  get memoryFrom(): Revision {
    return this.#rows.from;
  }

  /**
   * Rows in memory with main in [from, to], in order; `from` >= memoryFrom. Values are views of
   * memory that never changes; copy what outlives the turn, as a view keeps a whole slab alive.
   */
  rowsInMemory(from: Revision, to: Revision): HistoryRow[] {
    return this.#rows.between(from, to);
  }

  /** Pins the unflushed rows and a view of the backend in one turn. */
  pin(): PinnedState {
    const view = this.#backend.view();
    const unflushed = this.#rows.pinUnflushed();
    return {
      view,
      unflushedFrom: unflushed.from,
      row: (main, sub) => unflushed.find(main, sub),
      unflushed: (from, to) => unflushed.between(from, to),
      close: () => {
        unflushed.release();
        return view.close();
      },
    };
  }

  /** Called after each applied entry: the batch covers the log up to here. */
  setApplied(index: LogIndex, term: Term): void {
    assert(index > this.#appliedIndex, 'the applied index only rises');
    assert(term >= this.#appliedTerm, 'the term of applied entries never falls');
    this.#appliedIndex = index;
    this.#appliedTerm = term;
  }

  /** Encoded JSON of the ConfState, when it changed. */
  setConfState(json: Uint8Array): void {
    this.put(Bucket.meta, MetaKey.confState, json);
  }

  get appliedIndex(): LogIndex {
    return this.#appliedIndex;
  }

  /** consistent_index of the last batch known to be on disk. */
  get durableIndex(): LogIndex {
    return this.#durableIndex;
  }

  /** Operations in the generation being filled. */
  get operations(): number {
    return this.#batch.operations;
  }

  /** Bytes of keys and values in the generation being filled. */
  get bytes(): number {
    return this.#bytesWritten - this.#bytesCut;
  }

  /** Bytes of keys and values written since the start, flushed or not. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** Those of them that are known to be on disk. */
  get bytesFlushed(): number {
    return this.#bytesFlushed;
  }

  /** Bytes of the rows of bucket `key` written since the start, keys included. */
  get rowBytesWritten(): number {
    return this.#rowBytesWritten;
  }

  /** The generation being filled is at its bound: flush now, without waiting for the interval. */
  get isFull(): boolean {
    return (
      this.operations >= this.#bounds.batchOperationsMax || this.bytes >= this.#bounds.batchBytesMax
    );
  }

  /** Both generations are at their bound: apply no entry until the commit in flight has ended. */
  get isBlocked(): boolean {
    return this.#committing !== undefined && this.isFull;
  }

  /**
   * Commits everything written so far; resolves when it is on disk. While a commit is in flight
   * further calls join the one that follows it. Rejects with BackendError: the member must stop.
   *
   * The batch is cut in a microtask. As an entry is applied in one synchronous stretch, a cut
   * never falls inside one.
   */
  flush(): Promise<void> {
    this.#following ??= this.#commitFollowing();
    return this.#following;
  }

  /**
   * Gives up what is not being committed yet; every flush rejects from now on. For when an entry
   * was applied in part: once on disk, a restart would apply it again on top of that part.
   */
  abandon(): void {
    this.#isAbandoned = true;
  }

  async #commitFollowing(): Promise<void> {
    await this.#inFlight;
    this.#inFlight = this.#following;
    this.#following = undefined;
    if (this.#isAbandoned) throw new BackendError('BACKEND_CLOSED', 'the write buffer is given up');
    if (this.operations > 0 || this.#appliedIndex > this.#durableIndex) {
      const generation = this.#cut();
      await generation.batch.commit();
      this.#landed(generation);
    }
    this.#inFlight = undefined;
  }

  /** Ends the generation being filled and begins the next. */
  #cut(): Generation {
    if (this.#appliedIndex > 0) {
      this.put(Bucket.meta, MetaKey.consistentIndex, u64BeBytes(BigInt(this.#appliedIndex)));
    }
    if (this.#appliedTerm > 0) {
      this.put(Bucket.meta, MetaKey.term, u64BeBytes(BigInt(this.#appliedTerm)));
    }
    this.#seal.seal(this);
    const bytesEnd = this.#bytesWritten;
    const generation = { batch: this.#batch, index: this.#appliedIndex, bytesEnd };
    this.#committing = generation;
    this.#batch = this.#backend.batch();
    this.#bytesCut = bytesEnd;
    this.#rows.cut();
    return generation;
  }

  #landed(generation: Generation): void {
    assert(this.#committing === generation, 'one commit is in flight at a time');
    this.#committing = undefined;
    this.#durableIndex = generation.index;
    this.#bytesFlushed = generation.bytesEnd;
    this.#rows.landed();
  }

  #rowKey(row: RevisionKey): Uint8Array {
    const key = row.tombstone ? this.#tombstoneKey : this.#putKey;
    writeRevisionKey(key, row.main, row.sub);
    return key;
  }

  checkInvariants(): void {
    const committed = this.#committing?.index ?? this.#durableIndex;
    assert(this.#durableIndex <= committed, 'durable <= committing');
    assert(committed <= this.#appliedIndex, 'committing <= applied');
    const cut = this.#committing?.bytesEnd ?? this.#bytesFlushed;
    assert(cut === this.#bytesCut, 'what is cut is flushed or committing');
    assert(this.#committing === undefined || this.#inFlight !== undefined, 'a commit is awaited');
    this.#rows.checkInvariants();
  }
}
