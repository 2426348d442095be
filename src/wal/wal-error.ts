import { CodedError } from '../base/coded-error.ts';
import { FileError } from '../base/ports/file-system.ts';

export type WalErrorCode =
  /** A WAL is to be created where one is. */
  | 'WAL_EXISTS'
  /** The folder holds no segment. */
  | 'WAL_NOT_FOUND'
  /** No segment begins at or below the snapshot the log is to be read from. */
  | 'WAL_NO_SEGMENT'
  /** A segment is missing between two others. */
  | 'WAL_SEQUENCE'
  /** A record's checksum is wrong, and not because its write was interrupted. */
  | 'WAL_CRC_MISMATCH'
  /** Bytes that no writer of this format leaves, whatever interrupted it. */
  | 'WAL_CORRUPT'
  /** The last record was written in part; opening repairs this once. */
  | 'WAL_TORN'
  /** A record of a type this version does not know. */
  | 'WAL_UNKNOWN_RECORD'
  /** Segments of different members or clusters. */
  | 'WAL_METADATA_CONFLICT'
  /** The log has no record of the snapshot it is to be read from. */
  | 'WAL_SNAPSHOT_NOT_FOUND'
  /** The log's record of a snapshot has another term. */
  | 'WAL_SNAPSHOT_MISMATCH'
  /** Entries are missing between those that are there. */
  | 'WAL_GAP'
  /** A .snap file without content. */
  | 'SNAP_EMPTY'
  | 'SNAP_CRC_MISMATCH'
  /** A .snap file that is not a snapshot. */
  | 'SNAP_CORRUPT'
  /** The operating system refused an operation; `cause` is the FileError. */
  | 'WAL_IO'
  /** An earlier operation failed: what is on disk is not known, so nothing more is written. */
  | 'WAL_FAILED'
  /** The writer was closed. */
  | 'WAL_CLOSED';

/** Where in a segment the damage is. */
export interface WalPlace {
  /** File name without its folder. */
  readonly file: string;
  /** Byte offset of the record's frame; everything before it is sound. */
  readonly offset: number;
}

/** Thrown when the log cannot be created, read or written. Texts are etcd's where it has one. */
export class WalError extends CodedError<WalErrorCode> {
  override readonly name = 'WalError';
  /** Set on damage to a segment. */
  readonly place: WalPlace | undefined;

  constructor(
    code: WalErrorCode,
    message: string,
    details: { place?: WalPlace; cause?: unknown } = {},
  ) {
    const { place, cause } = details;
    const at = place === undefined ? '' : `: in file '${place.file}' at position: ${place.offset}`;
    super(code, message + at, { cause });
    this.place = place;
  }
}

/** A refused file operation as WAL_IO; any other error as it is. */
export function asWalError(error: unknown): unknown {
  if (!(error instanceof FileError)) return error;
  return new WalError('WAL_IO', `wal: ${error.message}`, { cause: error });
}
