/**
 * The ordered key-value store under the replicated state: etcd's buckets, kept in LevelDB.
 *
 * Rows of one bucket are ordered bytewise by key. A committed batch is atomic and, because
 * commits are synchronous on disk, durable. Operations after `close` reject with BACKEND_CLOSED.
 */
import { CodedError } from '../coded-error.ts';

/**
 * Buckets, in the byte order of etcd's names, and `own` for what etcd has no place for.
 * The number is the bucket's key prefix in LevelDB: never renumber.
 */
export const Bucket = {
  own: 0x01,
  alarm: 0x10,
  auth: 0x11,
  authRoles: 0x12,
  authUsers: 0x13,
  cluster: 0x14,
  key: 0x15,
  lease: 0x16,
  members: 0x17,
  membersRemoved: 0x18,
  meta: 0x19,
} as const;

export type Bucket = (typeof Bucket)[keyof typeof Bucket];

/** etcd's buckets by their names, in the order of these; all are there, empty or not. */
export const NAMED_BUCKETS: readonly (readonly [name: string, bucket: Bucket])[] = [
  ['alarm', Bucket.alarm],
  ['auth', Bucket.auth],
  ['authRoles', Bucket.authRoles],
  ['authUsers', Bucket.authUsers],
  ['cluster', Bucket.cluster],
  ['key', Bucket.key],
  ['lease', Bucket.lease],
  ['members', Bucket.members],
  ['members_removed', Bucket.membersRemoved],
  ['meta', Bucket.meta],
];

export type BackendErrorCode =
  | 'BACKEND_LOCKED'
  | 'BACKEND_CLOSED'
  | 'BACKEND_CORRUPT'
  | 'BACKEND_IO';

/** Thrown when the store cannot be opened, read or written. */
export class BackendError extends CodedError<BackendErrorCode> {
  override readonly name = 'BackendError';

  constructor(code: BackendErrorCode, message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}

/** One atomic change. Bytes are copied at the call: the caller may reuse its buffers. */
export interface BackendBatch {
  put(bucket: Bucket, key: Uint8Array, value: Uint8Array): void;
  remove(bucket: Bucket, key: Uint8Array): void;
  /** Number of put and remove calls so far. */
  readonly operations: number;
  /** Writes and syncs; the batch must not be used again. Rejects with BackendError. */
  commit(): Promise<void>;
  /** Gives the batch up without writing it. */
  discard(): Promise<void>;
}

/** A pinned, immutable view of the store; must be closed. */
export interface BackendView {
  close(): Promise<void>;
}

export interface BackendRow {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface ScanOptions {
  readonly bucket: Bucket;
  /** First key, inclusive; absent = start of the bucket. */
  readonly from?: Uint8Array;
  /** Last key, exclusive; absent = end of the bucket. */
  readonly to?: Uint8Array;
  readonly reverse?: boolean;
  readonly view?: BackendView;
  /**
   * All of a bucket with very many rows, and nothing else in these options: worth a thread, where
   * there is one. The store is pinned at some moment before the first rows come.
   */
  readonly isLong?: boolean;
}

/** A place between two rows: before `key` of `bucket`, or before the bucket's first row. */
export interface BackendPlace {
  readonly bucket: Bucket;
  readonly key?: Uint8Array;
}

/** Rows in [from, to); without `from` or `to`, from the first or to the last of all rows. */
export interface BackendSpan {
  readonly from?: BackendPlace | undefined;
  readonly to?: BackendPlace | undefined;
}

/** Rows in order; without a view it pins the store as it was when the scan began. Must be closed. */
export interface BackendCursor {
  /** Up to `rowsMax` further rows; an empty array at the end. One call at a time. */
  next(rowsMax: number): Promise<BackendRow[]>;
  close(): Promise<void>;
}

export interface Backend {
  /** Reads one row and blocks until it is there: for the apply path, on a cache miss. */
  getSync(bucket: Bucket, key: Uint8Array): Uint8Array | undefined;
  /** Reads rows off the main thread; the result is in the order of `keys`. */
  getMany(
    bucket: Bucket,
    keys: readonly Uint8Array[],
    view?: BackendView,
  ): Promise<(Uint8Array | undefined)[]>;
  batch(): BackendBatch;
  view(): BackendView;
  scan(options: ScanOptions): BackendCursor;
  /**
   * Gives the space of removed rows in the span back to the disk. Resolves when it has ended;
   * everything else goes on meanwhile. What an open view or cursor still shows may stay.
   */
  compact(span: BackendSpan): Promise<void>;
  /** Bytes on disk, those of removed rows included until their space is given back. */
  sizeBytes(): Promise<number>;
  close(): Promise<void>;
}
