/**
 * The {@link FileSystem} port in memory, with its durability model: what was not synced may be
 * lost at {@link MemoryFileSystem.afterPowerLoss}, by the draws of a seeded generator. Faults are
 * placed by counting writing calls: everything that changes a file or a name, and the syncs. Calls
 * that only read are counted apart.
 */
import { compareBytes } from '../../src/base/bytes.ts';
import {
  FileError,
  type FileErrorCode,
  type FileHandle,
  type FileStat,
  type FileSystem,
  type OpenMode,
} from '../../src/base/ports/file-system.ts';
import type { Random } from '../../src/base/ports/random.ts';
import { utf8Bytes } from '../../src/base/utf8.ts';
import { MemoryDirectory, type MemoryNode } from './memory-directory.ts';
import { MemoryFile, SECTOR_BYTES } from './memory-file.ts';

/** Thrown by every writing call after the power went; never a FileError, as no code may catch it. */
export class PowerLossError extends Error {
  override readonly name = 'PowerLossError';
}

/**
 * What does not pass by itself. A full disk still takes what needs no space: bytes within a file's
 * length, removals, new names. A read-only one takes nothing but syncs.
 */
export type DiskTrouble = 'full' | 'read-only';

const TAKE_SPACE: ReadonlySet<string> = new Set([
  'open',
  'preallocate',
  'make directory',
  'commit',
]);

export class MemoryFileSystem implements FileSystem {
  /** Writing calls so far, the failed ones included: operation and path of each. */
  readonly trace: string[] = [];
  readonly #root: MemoryDirectory;
  #failure: { call: number; code: FileErrorCode } | undefined;
  #trouble: { fromCall: number; kind: DiskTrouble } | undefined;
  /** Writing calls that were refused, as in `trace`. */
  readonly refused: string[] = [];
  #powerLossAtCall = Infinity;
  #reads = 0;
  #readFailure: { read: number; code: FileErrorCode } | undefined;

  constructor(root: MemoryDirectory = new MemoryDirectory()) {
    this.#root = root;
  }

  /** Writing calls so far. */
  get calls(): number {
    return this.trace.length;
  }

  /** Calls so far that only read. */
  get reads(): number {
    return this.#reads;
  }

  /** Makes the `nth` writing call from now (1 = the next) throw; the ones after it work again. */
  failCall(nth: number, code: FileErrorCode): void {
    this.#failure = { call: this.calls + nth, code };
  }

  /** From the `nth` writing call on (1 = the next) the disk is in trouble, until `forgetFaults`. */
  troubleFrom(nth: number, kind: DiskTrouble): void {
    this.#trouble = { fromCall: this.calls + nth, kind };
  }

  /** Makes the `nth` reading call from now (1 = the next) throw; the ones after it work again. */
  failRead(nth: number, code: FileErrorCode): void {
    this.#readFailure = { read: this.#reads + nth, code };
  }

  /** Lets `count` more writing calls through and makes every later one throw PowerLossError. */
  losePowerAfter(count: number): void {
    this.#powerLossAtCall = this.calls + count + 1;
  }

  /** What was planned and has not happened yet will not happen. */
  forgetFaults(): void {
    this.#failure = undefined;
    this.#trouble = undefined;
    this.#readFailure = undefined;
    if (this.calls < this.#powerLossAtCall) this.#powerLossAtCall = Infinity;
  }

  /** The disk as a restart finds it if the power is lost now; this object stays usable. */
  afterPowerLoss(random: Random): MemoryFileSystem {
    return new MemoryFileSystem(this.#root.afterPowerLoss(random));
  }

  /** The files as a restart finds them if only the process dies now; what is un-synced stays so. */
  afterProcessDeath(): MemoryFileSystem {
    return new MemoryFileSystem(this.#root.copy());
  }

  open(path: string, mode: OpenMode): FileHandle {
    if (mode === 'create') {
      this.countCall('open', path);
      const { parent, name } = this.#locate(path);
      if (parent.names.has(name)) throw fileError('FILE_EXISTS', 'open', path);
      const file = new MemoryFile();
      parent.change(new Map([[name, file]]));
      return new MemoryFileHandle(this, path, file);
    }
    this.countRead('open', path);
    return new MemoryFileHandle(this, path, this.#file(path));
  }

  readFile(path: string): Uint8Array {
    this.countRead('read', path);
    const file = this.#file(path);
    const bytes = new Uint8Array(file.sizeBytes);
    file.read(bytes, 0);
    return bytes;
  }

  stat(path: string): FileStat | undefined {
    this.countRead('stat', path);
    const node = this.#find(path);
    if (node === undefined) return undefined;
    const isDirectory = node instanceof MemoryDirectory;
    return { isDirectory, sizeBytes: isDirectory ? 0 : node.sizeBytes };
  }

  list(path: string): string[] {
    this.countRead('list', path);
    const names = [...this.#directory(path).names.keys()];
    return names.sort((a, b) => compareBytes(utf8Bytes(a), utf8Bytes(b)));
  }

  makeDirectory(path: string): void {
    this.countCall('make directory', path);
    let directory = this.#root;
    for (const name of parts(path)) {
      let next = directory.names.get(name);
      if (next === undefined) {
        next = new MemoryDirectory();
        directory.change(new Map([[name, next]]));
      }
      if (next instanceof MemoryFile) throw fileError('FILE_EXISTS', 'make directory', path);
      directory = next;
    }
  }

  rename(from: string, to: string): void {
    this.countCall('rename', from);
    const source = this.#locate(from);
    const target = this.#locate(to);
    const node = source.parent.names.get(source.name);
    if (node === undefined) throw fileError('FILE_NOT_FOUND', 'rename', from);
    const replaced = target.parent.names.get(target.name);
    if (replaced instanceof MemoryDirectory && replaced.names.size > 0) {
      throw fileError('FILE_EXISTS', 'rename', to);
    }
    if (source.parent === target.parent) {
      source.parent.change(
        new Map([
          [source.name, undefined],
          [target.name, node],
        ]),
      );
    } else {
      source.parent.change(new Map([[source.name, undefined]]));
      target.parent.change(new Map([[target.name, node]]));
    }
  }

  remove(path: string): void {
    this.countCall('remove', path);
    this.#file(path);
    const { parent, name } = this.#locate(path);
    parent.change(new Map([[name, undefined]]));
  }

  removeTree(path: string): void {
    this.countCall('remove', path);
    if (this.#find(path) === undefined) return;
    const { parent, name } = this.#locate(path);
    parent.change(new Map([[name, undefined]]));
  }

  syncDirectory(path: string): void {
    const directory = this.#directory(path);
    this.countCall('sync', path);
    directory.sync();
  }

  /**
   * Counts one writing call and throws what was planned for it. For the file handles, and for what
   * else the machine writes. `takesSpace` when it cannot be told by the operation.
   */
  countCall(operation: string, path: string, takesSpace = TAKE_SPACE.has(operation)): void {
    this.trace.push(`${operation} ${path}`);
    if (this.calls >= this.#powerLossAtCall) throw new PowerLossError(`${operation} ${path}`);
    const code =
      this.calls === this.#failure?.call
        ? this.#failure.code
        : this.#troubleOf(operation, takesSpace);
    if (code === undefined) return;
    this.refused.push(`${operation} ${path}`);
    throw fileError(code, operation, path);
  }

  #troubleOf(operation: string, takesSpace: boolean): FileErrorCode | undefined {
    if (this.#trouble === undefined || this.calls < this.#trouble.fromCall) return undefined;
    switch (this.#trouble.kind) {
      case 'full':
        return takesSpace ? 'FILE_NO_SPACE' : undefined;
      case 'read-only':
        return operation === 'sync' ? undefined : 'FILE_NO_PERMISSION';
    }
  }

  /** Counts one reading call and throws what was planned for it. */
  countRead(operation: string, path: string): void {
    this.#reads++;
    const failure = this.#readFailure;
    if (this.#reads === failure?.read) throw fileError(failure.code, operation, path);
  }

  #find(path: string): MemoryNode | undefined {
    let node: MemoryNode | undefined = this.#root;
    for (const name of parts(path)) {
      if (!(node instanceof MemoryDirectory)) return undefined;
      node = node.names.get(name);
    }
    return node;
  }

  #file(path: string): MemoryFile {
    const node = this.#find(path);
    if (node === undefined) throw fileError('FILE_NOT_FOUND', 'open', path);
    if (node instanceof MemoryDirectory) throw fileError('FILE_IO', 'open', path);
    return node;
  }

  #directory(path: string): MemoryDirectory {
    const node = this.#find(path);
    if (node instanceof MemoryDirectory) return node;
    throw fileError('FILE_NOT_FOUND', 'list', path);
  }

  #locate(path: string): { parent: MemoryDirectory; name: string } {
    const names = parts(path);
    const name = names.pop();
    if (name === undefined) throw fileError('FILE_IO', 'change', path);
    return { parent: this.#directory(names.join('/')), name };
  }
}

class MemoryFileHandle implements FileHandle {
  readonly path: string;
  readonly #files: MemoryFileSystem;
  readonly #file: MemoryFile;

  constructor(files: MemoryFileSystem, path: string, file: MemoryFile) {
    this.#files = files;
    this.path = path;
    this.#file = file;
  }

  sizeBytes(): number {
    return this.#file.sizeBytes;
  }

  read(target: Uint8Array, position: number): number {
    this.#files.countRead('read', this.path);
    return this.#file.read(target, position);
  }

  /** A planned failure strikes half-way, as a full disk does: between two sectors. */
  write(bytes: Uint8Array, position: number): void {
    try {
      const grows = position + bytes.length > this.#file.sizeBytes;
      this.#files.countCall('write', this.path, grows);
    } catch (error) {
      const middle = position + (bytes.length >>> 1);
      const written = Math.max(0, middle - (middle % SECTOR_BYTES) - position);
      this.#file.write(bytes.subarray(0, written), position);
      throw error;
    }
    this.#file.write(bytes, position);
  }

  truncate(sizeBytes: number): void {
    this.#files.countCall('truncate', this.path);
    this.#file.resize(sizeBytes);
  }

  preallocate(sizeBytes: number): void {
    this.#files.countCall('preallocate', this.path, sizeBytes > this.#file.sizeBytes);
    if (sizeBytes > this.#file.sizeBytes) this.#file.resize(sizeBytes);
  }

  dataSync(): void {
    try {
      this.#files.countCall('sync', this.path);
    } catch (error) {
      if (error instanceof FileError) this.#file.failSync();
      throw error;
    }
    this.#file.sync();
  }

  close(): void {
    // Nothing is held open.
  }
}

function parts(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}

function fileError(code: FileErrorCode, operation: string, path: string): FileError {
  return new FileError(code, { path, message: `${operation} ${path}: ${code}` });
}
