/** The {@link FileSystem} port on `node:fs`, with synchronous calls throughout. */
import fs from 'node:fs';
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import {
  FileError,
  type FileErrorCode,
  type FileHandle,
  type FileStat,
  type FileSystem,
  type OpenMode,
} from '../../base/ports/file-system.ts';
import { BlockFreeing } from './block-freeing.ts';

export const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const OPEN_FLAGS: Record<OpenMode, string> = { read: 'r', write: 'r+', create: 'wx+' };

const ERROR_CODES: Readonly<Record<string, FileErrorCode>> = {
  ENOENT: 'FILE_NOT_FOUND',
  ENOTDIR: 'FILE_NOT_FOUND',
  EEXIST: 'FILE_EXISTS',
  ENOTEMPTY: 'FILE_EXISTS',
  ENOSPC: 'FILE_NO_SPACE',
  EDQUOT: 'FILE_NO_SPACE',
  EACCES: 'FILE_NO_PERMISSION',
  EPERM: 'FILE_NO_PERMISSION',
  EROFS: 'FILE_NO_PERMISSION',
};

/** Zeros to preallocate from; one mebibyte keeps the number of system calls small. */
const ZEROS = new Uint8Array(1024 * 1024);

export interface NodeFileSystemOptions {
  /** No sync does anything: what was written survives a crash of the process, not of the machine. */
  readonly unsafeNoFsync?: boolean;
}

export class NodeFileSystem implements FileSystem {
  readonly #syncs: boolean;
  readonly #freeing = new BlockFreeing();

  constructor({ unsafeNoFsync = false }: NodeFileSystemOptions = {}) {
    this.#syncs = !unsafeNoFsync;
  }

  open(filePath: string, mode: OpenMode): FileHandle {
    const descriptor = attempt('open', filePath, () =>
      fs.openSync(filePath, OPEN_FLAGS[mode], FILE_MODE),
    );
    return new NodeFileHandle(filePath, descriptor, this.#syncs);
  }

  readFile(filePath: string): Uint8Array {
    const bytes = attempt('read', filePath, () => fs.readFileSync(filePath));
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  stat(filePath: string): FileStat | undefined {
    try {
      const found = attempt('stat', filePath, () => fs.statSync(filePath));
      return { isDirectory: found.isDirectory(), sizeBytes: found.size };
    } catch (error) {
      if (error instanceof FileError && error.code === 'FILE_NOT_FOUND') return undefined;
      throw error;
    }
  }

  list(directory: string): string[] {
    return attempt('list', directory, () => fs.readdirSync(directory, 'buffer'))
      .sort((a, b) => a.compare(b))
      .map((name) => name.toString());
  }

  makeDirectory(directory: string): void {
    attempt('make directory', directory, () =>
      fs.mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE }),
    );
  }

  rename(from: string, to: string): void {
    attempt('rename', from, () => {
      fs.renameSync(from, to);
    });
  }

  remove(filePath: string): void {
    attempt('remove', filePath, () => {
      this.#freeing.unlink(filePath);
    });
  }

  removeTree(directory: string): void {
    attempt('remove', directory, () => {
      this.#freeing.unlinkFiles(directory);
      fs.rmSync(directory, { recursive: true, force: true });
    });
  }

  syncDirectory(directory: string): void {
    attempt('sync', directory, () => {
      const descriptor = fs.openSync(directory, 'r');
      try {
        if (this.#syncs) fs.fsyncSync(descriptor);
      } finally {
        fs.closeSync(descriptor);
      }
    });
  }
}

class NodeFileHandle implements FileHandle {
  readonly path: string;
  readonly #descriptor: number;
  readonly #syncs: boolean;

  constructor(filePath: string, descriptor: number, syncs: boolean) {
    this.path = filePath;
    this.#descriptor = descriptor;
    this.#syncs = syncs;
  }

  sizeBytes(): number {
    return attempt('stat', this.path, () => fs.fstatSync(this.#descriptor).size);
  }

  read(target: Uint8Array, position: number): number {
    return attempt('read', this.path, () => {
      let read = 0;
      while (read < target.length) {
        const length = target.length - read;
        const got = fs.readSync(this.#descriptor, target, read, length, position + read);
        if (got === 0) break;
        read += got;
      }
      return read;
    });
  }

  write(bytes: Uint8Array, position: number): void {
    attempt('write', this.path, () => {
      this.#writeAll(bytes, position);
    });
  }

  truncate(sizeBytes: number): void {
    attempt('truncate', this.path, () => {
      fs.ftruncateSync(this.#descriptor, sizeBytes);
    });
  }

  /**
   * Node has no fallocate, so the zeros are written. That costs the bandwidth once, ahead of
   * need, and buys two things a sparse file lacks: a full disk shows here and not in the middle
   * of a record, and a later fdatasync finds size and blocks unchanged.
   */
  preallocate(sizeBytes: number): void {
    attempt('preallocate', this.path, () => {
      for (let at = this.sizeBytes(); at < sizeBytes; at += ZEROS.length) {
        this.#writeAll(ZEROS.subarray(0, Math.min(ZEROS.length, sizeBytes - at)), at);
      }
    });
  }

  dataSync(): void {
    if (!this.#syncs) return;
    attempt('sync', this.path, () => {
      fs.fdatasyncSync(this.#descriptor);
    });
  }

  close(): void {
    attempt('close', this.path, () => {
      fs.closeSync(this.#descriptor);
    });
  }

  #writeAll(bytes: Uint8Array, position: number): void {
    let written = 0;
    while (written < bytes.length) {
      const length = bytes.length - written;
      written += fs.writeSync(this.#descriptor, bytes, written, length, position + written);
    }
  }
}

/** Runs one operation and turns what Node throws into a {@link FileError}. */
function attempt<T>(operation: string, filePath: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw asFileError(operation, filePath, cause);
  }
}

/** What Node has thrown, as the port has it. */
export function asFileError(operation: string, path: string, cause: unknown): FileError {
  if (cause instanceof FileError) return cause;
  const { name, text } = systemErrorOf(cause);
  const message = `${operation} ${path}: ${name}${text === '' ? '' : `: ${text}`}`;
  return new FileError(ERROR_CODES[name] ?? 'FILE_IO', { path, message, cause });
}

/** The error's name, as ERROR_CODES has it, and what the system says of it. */
function systemErrorOf(cause: unknown): { name: string; text: string } {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const errno = cause instanceof Error && 'errno' in cause ? Number(cause.errno) : Number.NaN;
  // The one error of a disk that Node has no name for.
  if (errno === -constants.errno.EDQUOT) return { name: 'EDQUOT', text: 'disk quota exceeded' };
  const [name, text] = getSystemErrorMap().get(errno) ?? [code, ''];
  return { name, text };
}
