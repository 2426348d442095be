/** The closed set of answers the store gives instead of a result. */
import { CodedError } from '../base/coded-error.ts';

export type MvccErrorCode =
  /** A request, nested request or compare without a key. */
  | 'MVCC_EMPTY_KEY'
  /** ignore_value together with a value. */
  | 'MVCC_VALUE_PROVIDED'
  /** ignore_lease together with a lease. */
  | 'MVCC_LEASE_PROVIDED'
  /** Sort order or target outside its enum. */
  | 'MVCC_INVALID_SORT_OPTION'
  /** A txn, or one nested in it, beyond the limit on operations. */
  | 'MVCC_TOO_MANY_OPS'
  /** Two puts of one key, or a put and a delete of it, that could both run in one txn. */
  | 'MVCC_DUPLICATE_KEY'
  /** ignore_value or ignore_lease on a key that does not exist; an empty txn operation. */
  | 'MVCC_KEY_NOT_FOUND'
  | 'MVCC_LEASE_NOT_FOUND'
  /** The revision asked for lies below the compaction floor. */
  | 'MVCC_COMPACTED'
  /** The revision asked for is not written yet. */
  | 'MVCC_FUTURE_REVISION'
  /** As many reads as the store allows are already waiting for the disk. */
  | 'MVCC_TOO_MANY_READS'
  /** The store is closing, or has closed, and gave the work up. */
  | 'MVCC_CLOSED';

/**
 * Answered (as a value, see {@link Outcome}) when a request cannot be served. A failing request
 * changed nothing, and fails in the same way on every member that applies it.
 */
export class MvccError extends CodedError<MvccErrorCode> {
  override readonly name = 'MvccError';

  constructor(code: MvccErrorCode, message: string) {
    super(code, message);
  }
}

/** What a request ends in. A user's mistake is returned, never thrown: apply goes on after it. */
export type Outcome<T> = T | MvccError;
