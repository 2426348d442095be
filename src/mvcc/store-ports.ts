/** What the store is built from and what it asks of the outside. */
import type { Backend } from '../base/ports/backend.ts';
import type { KeyIndex } from './key-index.ts';
import type { ChangeSink, LeaseAttacher } from './ports.ts';
import { RANGE_BYTES_MAX } from './range/range-budget.ts';
import type { StoreCounters } from './store-counters.ts';
import type { ValueCache } from './value-cache.ts';
import type { WriteBuffer } from './write-buffer.ts';

/** Keys of a slice by default: less than a millisecond of work. */
export const SLICE_KEYS_MAX = 1024;

export interface StorePorts {
  readonly backend: Backend;
  readonly index: KeyIndex;
  readonly values: ValueCache;
  readonly buffer: WriteBuffer;
  readonly leases: LeaseAttacher;
  readonly sink: ChangeSink;
  /** Resolves after the events that are waiting now have been handled: between slices of work. */
  yieldTurn(): Promise<void>;
  /** Resolves after the pause between two batches of a compaction (10 ms by default). */
  compactionPause(): Promise<void>;
  /** A background job failed on the disk: the member must stop. */
  fatal(error: unknown): void;
  /** Measures compactions, which the store has no clock for. */
  readonly compactionObserver?: CompactionObserver;
  /** Those of the store whose place this one takes: it counts on. */
  readonly counters?: StoreCounters | undefined;
}

/** Told of the removal of history: one compaction after the other. */
export interface CompactionObserver {
  began(): void;
  /** The compaction that began last is done; not told of one that a closing store gives up. */
  ended(removedRows: number): void;
}

export interface StoreOptions {
  /** Rows that a compaction removes between two pauses (etcd: --compaction-batch-limit). */
  readonly compactionBatchLimit: number;
  /** Bytes that unfinished ranges may hold together; see RANGE_BYTES_MAX. */
  readonly rangeBytesMax: number;
  /** Keys that one slice of a range or of a compaction looks at before it yields its turn. */
  readonly sliceKeysMax: number;
}

export const STORE_OPTIONS_DEFAULT: StoreOptions = {
  compactionBatchLimit: 1000,
  rangeBytesMax: RANGE_BYTES_MAX,
  sliceKeysMax: SLICE_KEYS_MAX,
};
