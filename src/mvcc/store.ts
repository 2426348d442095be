/**
 * The multi-version key-value store: what every member keeps the same, one applied entry after
 * the other. Writes happen in apply, within one turn; reads at any time, at one revision.
 *
 * A user's mistake is an {@link MvccError} that is returned. What is thrown or rejected is a
 * failing disk (BackendError) or a bug: either stops the member.
 */
import { assert } from '../base/assert.ts';
import type { Revision } from '../base/ids.ts';
import { Bucket } from '../base/ports/backend.ts';
import {
  type CompactionRequest,
  CompactionResponse,
  type DeleteRangeRequest,
  type DeleteRangeResponse,
  type PutRequest,
  type PutResponse,
  type RangeRequest,
  type RangeResponse,
  ResponseHeader,
  ResponseOp,
  type TxnRequest,
  TxnResponse,
} from '../pb/index.ts';
import { MetaKey } from './backend/meta.ts';
import { revisionKey } from './backend/revision-key.ts';
import { Compactor } from './compactor.ts';
import { Defragmenter } from './defragmenter.ts';
import { MvccError, type Outcome } from './errors.ts';
import { Hashes, type RevisionHash, type StoreHash } from './hash/hashes.ts';
import { HistoryReader, type ValueLookup } from './history-reader.ts';
import { NO_SLOT } from './key-index.ts';
import { type KeySizesOptions, type VisitKey, walkKeySizes } from './key-sizes.ts';
import type { History, HistoryRow } from './ports.ts';
import { RangeReader } from './range/range-reader.ts';
import {
  type CompactionMeta,
  type RestoredState,
  type RestoreProgress,
  restoreState,
} from './restore.ts';
import {
  COMPACT_NONE,
  checkRevisionState,
  type RevisionState,
  unreadable,
} from './revision-state.ts';
import { StoreCounters } from './store-counters.ts';
import type { StoreOptions, StorePorts } from './store-ports.ts';
import { StoredValues } from './stored-values.ts';
import { CompareEvaluator } from './txn/compare-evaluator.ts';
import { TxnExecutor } from './txn/txn-executor.ts';
import { isReadTxn } from './txn/txn-request.ts';
import { WriteTxn } from './txn/write-txn.ts';

/** What a store is restored from, beside the rows of bucket `key`. */
export interface StoreStart {
  readonly meta: CompactionMeta;
  readonly onProgress: (progress: RestoreProgress) => void;
}

export class Store implements History {
  readonly counters: StoreCounters;
  readonly #ports: StorePorts;
  readonly #revisions: RevisionState;
  readonly #values: StoredValues;
  readonly #ranges: RangeReader;
  readonly #executor: TxnExecutor;
  readonly #history: HistoryReader;
  readonly #hashes: Hashes;
  readonly #compactor: Compactor;
  readonly #defragmenter: Defragmenter;
  readonly #walkOptions: KeySizesOptions;
  /** Those under way. */
  readonly #walks = new Set<Promise<boolean>>();
  readonly #restoredBytes: number;
  #isClosed = false;

  private constructor(options: StoreOptions, ports: StorePorts, restored: RestoredState) {
    const { rowBytes, ...revisions } = restored;
    this.#ports = ports;
    this.counters = ports.counters ?? new StoreCounters();
    this.#revisions = revisions;
    this.#restoredBytes = rowBytes;
    this.#walkOptions = {
      sliceKeysMax: options.sliceKeysMax,
      goesOn: () => !this.#isClosed,
    };
    this.#values = new StoredValues(ports);
    this.#ranges = new RangeReader(ports, this.#values, {
      revisions,
      bytesMax: options.rangeBytesMax,
      sliceKeysMax: options.sliceKeysMax,
    });
    this.#executor = new TxnExecutor({
      index: ports.index,
      leases: ports.leases,
      compares: new CompareEvaluator(ports.index, this.#values, this.counters),
      ranges: this.#ranges,
      revisions,
      counters: this.counters,
    });
    this.#history = new HistoryReader(ports, this.#values, revisions);
    this.#hashes = new Hashes(ports, revisions);
    this.#defragmenter = new Defragmenter(ports, revisions);
    this.#compactor = new Compactor(
      {
        batchLimit: options.compactionBatchLimit,
        sliceKeysMax: options.sliceKeysMax,
        hasReadBelow: (floor) =>
          this.#ranges.hasReadBelow(floor) || this.#hashes.hasReadBelow(floor),
      },
      ports,
      this.#hashes,
    );
  }

  /**
   * Restores the store from an opened backend; index and cache must be empty, the lessor must
   * know its leases. A compaction that a crash cut short goes on in the background.
   * Rejects with BACKEND_CORRUPT when rows are damaged or missing.
   */
  static async restore(
    options: StoreOptions,
    ports: StorePorts,
    start: StoreStart,
  ): Promise<Store> {
    const restored = await restoreState(ports, start.meta, start.onProgress);
    const store = new Store(options, ports, restored);
    const { scheduledCompactRev: scheduled, finishedCompactRev } = start.meta;
    const finished = finishedCompactRev ?? COMPACT_NONE;
    if (scheduled !== undefined && scheduled > finished) {
      store.#compactor.resume({ floor: scheduled, formerFloor: finished });
    }
    return store;
  }

  /** Main revision of the last write; 1 when there was none. */
  get currentRevision(): Revision {
    return this.#revisions.current;
  }

  /** Keys that have a value now. */
  get keyCount(): number {
    return this.#ports.index.liveKeys;
  }

  /** Lowest revision that can be read; -1 before the first compaction. */
  get compactRevision(): Revision {
    return this.#revisions.compact;
  }

  /**
   * Serves a checked range from the state of this turn: at once when memory holds all of it,
   * else in slices. Of the header only the revision is set: the current one, not the one asked.
   */
  range(request: RangeRequest): Outcome<RangeResponse> | Promise<RangeResponse> {
    if (this.#isClosed) return closed();
    this.counters.ranges++;
    const { current } = this.#revisions;
    if (request.revision <= 0) {
      return this.#ranges.read({ request, revision: current, current });
    }
    const mistake = unreadable(request.revision, this.#revisions);
    if (mistake !== undefined) return mistake;
    return this.#ranges.read({ request, revision: request.revision, current });
  }

  /**
   * Serves a checked txn of ranges only (see `isReadTxn`), all of it from the state of this turn.
   * Compares that look at a value or lease not in memory block.
   */
  readTxn(request: TxnRequest): Outcome<TxnResponse> | Promise<Outcome<TxnResponse>> {
    assert(isReadTxn(request), 'a txn that writes goes through apply');
    if (this.#isClosed) return closed();
    this.counters.begin();
    const decided = this.#executor.decide(request);
    const mistake = this.#executor.check(decided);
    if (mistake === undefined) this.counters.ranges += decided.ops.length;
    this.counters.end();
    if (mistake !== undefined) return mistake;
    const { current } = this.#revisions;
    const parts = decided.ops.map(({ requestRange: request }) => {
      assert(request !== undefined, 'a read txn holds ranges only');
      const revision = request.revision > 0 ? request.revision : current;
      return this.#ranges.read({ request, revision, current });
    });
    const respond = (ranges: readonly Outcome<RangeResponse>[]): Outcome<TxnResponse> =>
      readTxnResponse(ranges, { succeeded: decided.succeeded, current });
    return isSettled(parts)
      ? respond(parts)
      : Promise.all(parts.map(async (part) => part)).then(respond);
  }

  /** Applies a checked put. header.revision is the new revision. */
  put(request: PutRequest): Outcome<PutResponse> {
    const mistake = this.#executor.checkPut(request);
    if (mistake !== undefined) return mistake;
    const txn = this.#begin();
    const response = this.#executor.put(request, txn);
    this.#commit(txn);
    return response;
  }

  /** Applies a checked delete; without a match nothing changes, the revision included. */
  deleteRange(request: DeleteRangeRequest): DeleteRangeResponse {
    const txn = this.#begin();
    const response = this.#executor.deleteRange(request, txn);
    this.#commit(txn);
    return response;
  }

  /**
   * Applies a checked txn: compares first, then everything that can fail on the chosen path,
   * then the writes.
   */
  txn(request: TxnRequest): Outcome<TxnResponse> {
    this.counters.begin();
    const decided = this.#executor.decide(request);
    // etcd decides in a transaction of its own, too.
    this.counters.end();
    const mistake = this.#executor.check(decided);
    if (mistake !== undefined) return mistake;
    const txn = this.#begin();
    const response = this.#executor.execute(decided, txn);
    response.header = ResponseHeader.create({ revision: this.#commit(txn) });
    return response;
  }

  /**
   * Deletes those of `keys` that exist, in the order given, as one revision: for the revocation
   * of a lease, which sorts them. Returns how many were deleted.
   */
  deleteKeys(keys: readonly Uint8Array[]): number {
    const txn = this.#begin();
    const { index } = this.#ports;
    let deleted = 0;
    for (const key of keys) {
      this.counters.deletes++;
      const slot = index.find(key);
      if (slot === NO_SLOT || !index.isLive(slot)) continue;
      txn.delete(slot);
      deleted++;
    }
    this.#commit(txn);
    return deleted;
  }

  #begin(): WriteTxn {
    assert(!this.#isClosed, 'nothing is applied to a closed store');
    this.counters.begin();
    return new WriteTxn(this.#ports, this.#values, this.#revisions);
  }

  #commit(txn: WriteTxn): Revision {
    this.counters.end();
    return txn.commit();
  }

  /**
   * Applies a compaction: the floor moves now, history goes in the background. For `physical`
   * the caller then waits for `compactionsSettled`; as etcd does, also when the answer is
   * MVCC_COMPACTED.
   */
  compact({ revision }: CompactionRequest): Outcome<CompactionResponse> {
    assert(!this.#isClosed, 'nothing is applied to a closed store');
    const { current, compact } = this.#revisions;
    if (revision <= compact) {
      return new MvccError('MVCC_COMPACTED', `compacted at ${compact} already`);
    }
    const mistake = unreadable(revision, this.#revisions);
    if (mistake !== undefined) return mistake;
    this.#revisions.compact = revision;
    this.#ports.buffer.put(Bucket.meta, MetaKey.scheduledCompactRev, revisionKey(revision, 0));
    this.#ports.sink.compacted(revision);
    this.#compactor.enqueue({ floor: revision, formerFloor: compact });
    return CompactionResponse.create({ header: ResponseHeader.create({ revision: current }) });
  }

  /**
   * Resolves when the history below all floors so far is removed, on disk too. Rejects with
   * MVCC_CLOSED when the store closes before that, with BackendError when the flush fails.
   */
  compactionsSettled(): Promise<void> {
    return this.#compactor.settled();
  }

  /**
   * etcd's HashKV: the hash of bucket `key` as of `revision` (0: the current one), in the
   * background. Answers MVCC_COMPACTED and MVCC_FUTURE_REVISION as a range does.
   */
  hashKv(revision: Revision): Promise<Outcome<StoreHash>> {
    return this.#hashes.atRevision(revision);
  }

  /** The hashes of the last compactions that were done, by ascending revision. */
  get compactionHashes(): readonly RevisionHash[] {
    return this.#hashes.remembered;
  }

  /** The hash of all replicated state, in the background. Applied writes are flushed before. */
  hashState(): Promise<Outcome<number>> {
    return this.#hashes.ofState();
  }

  /**
   * Gives the space of removed rows back to the disk while everything else goes on; see
   * `Defragmenter.run`.
   */
  defragment(): Promise<void> {
    return this.#defragmenter.run();
  }

  /**
   * Visits all live keys with the bytes of their rows, in slices; see `walkKeySizes`. False when
   * the store closed before the end.
   */
  async walkKeySizes(visit: VisitKey): Promise<boolean> {
    const walk = walkKeySizes(this.#ports, this.#walkOptions, visit);
    this.#walks.add(walk);
    try {
      return await walk;
    } finally {
      this.#walks.delete(walk);
    }
  }

  /** Bytes of the rows of bucket `key`, keys included, without those compactions have removed. */
  get rowBytes(): number {
    return this.#restoredBytes + this.#ports.buffer.rowBytesWritten - this.#compactor.removedBytes;
  }

  changes(
    from: Revision,
    to: Revision,
    revisionsMax: number,
  ): HistoryRow[] | Promise<HistoryRow[]> {
    return this.#history.changes(from, to, revisionsMax);
  }

  valuesAt(
    lookups: readonly ValueLookup[],
  ): (Uint8Array | undefined)[] | Promise<(Uint8Array | undefined)[]> {
    return this.#history.valuesAt(lookups);
  }

  /**
   * Refuses further reads with MVCC_CLOSED, stops the compaction after its slice, and resolves
   * when nothing is going on in the store any more: then the backend can be closed.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([
      this.#compactor.close(),
      this.#ranges.ended(),
      this.#history.ended(),
      this.#hashes.close(),
      this.#defragmenter.close(),
      Promise.allSettled(this.#walks),
    ]);
  }

  checkInvariants(): void {
    checkRevisionState(this.#revisions);
    this.#ranges.checkInvariants();
    this.#compactor.checkInvariants();
    this.#hashes.checkInvariants();
    this.#ports.index.checkInvariants();
    this.#ports.values.checkInvariants();
    this.#ports.buffer.checkInvariants();
  }
}

function closed(): MvccError {
  return new MvccError('MVCC_CLOSED', 'the store is closing');
}

function isSettled<T>(parts: readonly (T | Promise<T>)[]): parts is readonly T[] {
  return !parts.some((part) => part instanceof Promise);
}

function readTxnResponse(
  ranges: readonly Outcome<RangeResponse>[],
  { succeeded, current }: { succeeded: boolean; current: Revision },
): Outcome<TxnResponse> {
  const responses: ResponseOp[] = [];
  for (const range of ranges) {
    if (range instanceof MvccError) return range;
    responses.push(ResponseOp.create({ responseRange: range }));
  }
  const header = ResponseHeader.create({ revision: current });
  return TxnResponse.create({ header, succeeded, responses });
}
