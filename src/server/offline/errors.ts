/** Errors of commands that work on the files of a stopped member. */
import { CodedError } from '../../base/coded-error.ts';

/**
 * - `OFFLINE_NESTED_BUCKET`: a bucket inside one of etcd's, which has none
 * - `OFFLINE_REFUSED`: what is asked for would overwrite, or mix, data that is there; or the files
 *   are in use, or are not those of a member
 */
export type OfflineErrorCode = 'OFFLINE_NESTED_BUCKET' | 'OFFLINE_REFUSED';

/** Thrown when files are not fit for what is asked for. */
export class OfflineError extends CodedError<OfflineErrorCode> {
  override readonly name = 'OfflineError';

  constructor(code: OfflineErrorCode, message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}
