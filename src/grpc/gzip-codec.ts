import { CodedError } from '../base/coded-error.ts';

/** Port: the compression that clients may use for messages, RFC 1952. */
export interface GzipCodec {
  compress(bytes: Uint8Array): Uint8Array;
  /** Inflates to at most `bytesMax` bytes, without ever holding much more. Throws GzipError. */
  decompress(bytes: Uint8Array, bytesMax: number): Uint8Array;
}

/** Thrown when bytes cannot be inflated; the text of GZIP_CORRUPT is for the client. */
export class GzipError extends CodedError<'GZIP_TOO_LARGE' | 'GZIP_CORRUPT'> {
  override readonly name = 'GzipError';

  constructor(code: 'GZIP_TOO_LARGE' | 'GZIP_CORRUPT', message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}
