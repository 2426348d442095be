import { CodedError } from '../base/coded-error.ts';

/**
 * - `BBOLT_NO_META`: neither meta page is valid: not a bbolt file, or its beginning is lost
 * - `BBOLT_TRUNCATED`: the file ends before the pages that its meta page counts
 * - `BBOLT_PAGE_ID`: a reference to a page that the file does not have
 * - `BBOLT_PAGE_HEADER`: a page is not what the reference to it says
 * - `BBOLT_ELEMENT`: a row or a branch entry does not lie where it must in its page
 * - `BBOLT_KEY_ORDER`: keys do not ascend, or lie outside the range of their page
 * - `BBOLT_DEPTH`: a leaf deeper than another, or deeper than bbolt makes any: a cycle; buckets
 *   nested too deep
 * - `BBOLT_PAGE_SHARED`: a page is in use twice (found by a check only)
 * - `BBOLT_BUCKET`: a bucket's value is not the header of a bucket
 * - `BBOLT_ROW_SIZE`: a key or a value that the format, or this reader, has no place for
 */
export type BboltErrorCode =
  | 'BBOLT_NO_META'
  | 'BBOLT_TRUNCATED'
  | 'BBOLT_PAGE_ID'
  | 'BBOLT_PAGE_HEADER'
  | 'BBOLT_ELEMENT'
  | 'BBOLT_KEY_ORDER'
  | 'BBOLT_DEPTH'
  | 'BBOLT_PAGE_SHARED'
  | 'BBOLT_BUCKET'
  | 'BBOLT_ROW_SIZE';

/** Thrown when a file is not a sound bbolt database, or a row cannot be put into one. */
export class BboltError extends CodedError<BboltErrorCode> {
  override readonly name = 'BboltError';

  constructor(code: BboltErrorCode, message: string) {
    super(code, message);
  }
}
