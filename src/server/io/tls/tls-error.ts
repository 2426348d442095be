import { CodedError } from '../../../base/coded-error.ts';

export type TlsErrorCode =
  /** A file that does not exist. */
  | 'TLS_FILE_MISSING'
  /** A file that cannot be read, or is too large. */
  | 'TLS_FILE'
  /** A certificate, its key, or certificates of authorities that cannot be used. */
  | 'TLS_CREDENTIALS'
  /** A revocation list that cannot be read as one. */
  | 'TLS_REVOCATION_LIST'
  /** A certificate of our own could not be made. */
  | 'TLS_SELF_SIGNED'
  /** A client that did not show what it must, or showed something that is not trusted. */
  | 'TLS_REFUSED';

/** Thrown for TLS that cannot be set up, or not with this client; the text is etcd's, or Go's. */
export class TlsError extends CodedError<TlsErrorCode> {
  override readonly name = 'TlsError';

  constructor(code: TlsErrorCode, message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}
