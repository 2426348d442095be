/**
 * Contract of the write buffer: replicated state on its way to the backend. Replaced by the
 * real class in this same file.
 *
 * Two generations: the one being filled and at most one that is being committed. Rows of both
 * stay readable until the commit has ended, so that reads see every applied write.
 */
import type { LogIndex, Revision, Term } from '../base/ids.ts';
import type { BackendView } from '../base/ports/backend.ts';
import type { BucketWriter } from '../base/ports/bucket-writer.ts';
import type { HistoryRow } from './ports.ts';

/** Pins what is unflushed now, together with the backend as it is now. Must be closed. */
export interface PinnedState {
  readonly view: BackendView;
  /** The unflushed row, undefined when it is not (or no longer) in memory: look in the view. */
  row(main: Revision, sub: number): HistoryRow | undefined;
  close(): Promise<void>;
}

export interface WriteBuffer extends BucketWriter {
  /** Adds a row of bucket `key`; called in ascending (main, sub) order. Copies `kv`. */
  putRevision(row: HistoryRow): void;
  /** Removes a row of bucket `key` (compaction). */
  removeRevision(row: { main: Revision; sub: number; tombstone: boolean }): void;
  /** An unflushed row of bucket `key`. */
  row(main: Revision, sub: number): HistoryRow | undefined;
  /** Lowest main revision from which on every row is in memory (current + 1 when none is). */
  readonly memoryFrom: Revision;
  /** Rows in memory with main in [from, to], in order; `from` >= memoryFrom. */
  rowsInMemory(from: Revision, to: Revision): HistoryRow[];
  pin(): PinnedState;

  /** Called after each applied entry: the batch covers the log up to here. */
  setApplied(index: LogIndex, term: Term): void;
  /** Encoded JSON of the ConfState, when it changed. */
  setConfState(json: Uint8Array): void;
  readonly appliedIndex: LogIndex;
  /** consistent_index of the last batch known to be on disk. */
  readonly durableIndex: LogIndex;
  /** Operations in the generation being filled. */
  readonly operations: number;
  /**
   * Commits everything written so far; resolves when it is on disk. While a commit is in flight
   * further calls join the one that follows it. Rejects with BackendError: the member must stop.
   */
  flush(): Promise<void>;
}
