/** What the store asks of its neighbours; `server.ts` plugs them in. */
import type { LeaseId, Revision } from '../base/ids.ts';

/** The lessor, as the store sees it. A key has at most one lease. */
export interface LeaseAttacher {
  exists(lease: LeaseId): boolean;
  /** Ties `key` to `lease`, which exists, releasing it from any other. Copies the key. */
  attach(lease: LeaseId, key: Uint8Array): void;
  /** Releases `key` from its lease, if it has one. */
  detach(key: Uint8Array): void;
}

/** One changed key. Bytes are owned by the receiver. */
export interface Change {
  readonly type: 'put' | 'delete';
  readonly key: Uint8Array;
  /** Encoded mvccpb.KeyValue; of a delete: key and mod_revision only. */
  readonly kv: Uint8Array;
  /** Encoded former KeyValue, if there was one and `interest` asked for it. */
  readonly prevKv: Uint8Array | undefined;
}

export type Interest = 'none' | 'event' | 'event-with-prev';

/** The watch hub, as the store sees it. */
export interface ChangeSink {
  /** Asked for each key about to change, so that nothing is built for events nobody reads. */
  interest(key: Uint8Array): Interest;
  /**
   * Called once for each new revision, in order, when all its changes are visible to reads;
   * `changes` holds those that met interest, in sub-revision order, and may be empty.
   */
  committed(revision: Revision, changes: readonly Change[]): void;
  /** The store now refuses revisions below `revision`. */
  compacted(revision: Revision): void;
}

/** One stored change as history keeps it. */
export interface HistoryRow {
  readonly main: Revision;
  readonly sub: number;
  readonly tombstone: boolean;
  /** Encoded KeyValue as stored (a tombstone holds the key alone). */
  readonly kv: Uint8Array;
}

/** The store, as the watch hub sees it when it brings late watchers up to date. */
export interface History {
  readonly currentRevision: Revision;
  readonly compactRevision: Revision;
  /**
   * All changes with revision in [from, to], in order, cut after `revisionsMax` distinct
   * revisions. Answers at once (no promise) when all of them are still in memory.
   */
  changes(from: Revision, to: Revision, revisionsMax: number): HistoryRow[] | Promise<HistoryRow[]>;
  /**
   * Encoded KeyValue of each key as of the revision beside it, undefined where it had none or
   * history was compacted away. Answers at once when all are in memory.
   */
  valuesAt(
    lookups: readonly { key: Uint8Array; revision: Revision }[],
  ): (Uint8Array | undefined)[] | Promise<(Uint8Array | undefined)[]>;
}
