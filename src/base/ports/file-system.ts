/**
 * Files as the WAL and .snap code sees them. Synchronous on purpose: at start nothing else runs,
 * and afterwards the WAL lives on a thread of its own, where a blocking call is the fastest one.
 *
 * Durability model, which the fake enforces and the contract suite checks:
 * - written bytes survive a crash only after `dataSync` (content and length) of that file;
 * - a created, renamed or removed name survives a crash only after `syncDirectory` of its folder;
 * - a failed sync leaves the un-synced bytes in an unknown state: the caller must stop.
 *
 * Operations throw {@link FileError}.
 */
import { CodedError } from '../coded-error.ts';

export type FileErrorCode =
  | 'FILE_NOT_FOUND'
  | 'FILE_EXISTS'
  | 'FILE_NO_SPACE'
  | 'FILE_NO_PERMISSION'
  | 'FILE_IO';

/** Thrown when the operating system refuses a file operation; the text names operation and path. */
export class FileError extends CodedError<FileErrorCode> {
  override readonly name = 'FileError';
  readonly path: string;

  constructor(code: FileErrorCode, details: { path: string; message: string; cause?: unknown }) {
    super(code, details.message, { cause: details.cause });
    this.path = details.path;
  }
}

export interface FileHandle {
  readonly path: string;
  sizeBytes(): number;
  /** Reads up to `target.length` bytes at `position`; returns how many, 0 at the end. */
  read(target: Uint8Array, position: number): number;
  /** Writes all of `bytes` at `position`, or throws. */
  write(bytes: Uint8Array, position: number): void;
  truncate(sizeBytes: number): void;
  /** Makes the file at least `sizeBytes` long, zero-filled, with the disk blocks taken. */
  preallocate(sizeBytes: number): void;
  /** fdatasync: content and length are on disk when it returns. */
  dataSync(): void;
  close(): void;
}

export interface FileStat {
  readonly isDirectory: boolean;
  readonly sizeBytes: number;
}

/** `create` fails when the file exists; `write` opens an existing file for reading and writing. */
export type OpenMode = 'read' | 'write' | 'create';

export interface FileSystem {
  /** Opens a file; a created one has mode 0600. */
  open(path: string, mode: OpenMode): FileHandle;
  /** Whole content of a file that is known to be small enough to hold. */
  readFile(path: string): Uint8Array;
  stat(path: string): FileStat | undefined;
  /** Names (not paths) in a folder, sorted bytewise. */
  list(path: string): string[];
  /** Creates the folder and missing parents with mode 0700; no error when it exists. */
  makeDirectory(path: string): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  removeTree(path: string): void;
  syncDirectory(path: string): void;
}
