import type { FileHandle, FileSystem } from '../base/ports/file-system.ts';

/** Preallocated and synced in one step, so that one step never delays an append for long. */
const STEP_BYTES = 256 * 1024;

/**
 * The file that the next segment will be, made ahead of need under a temporary name: `0.tmp` and
 * `1.tmp` by turns, as a renamed file may still be found under its old name after a crash.
 * Methods throw FileError.
 */
export class NextSegment {
  readonly #files: FileSystem;
  readonly #directory: string;
  readonly #segmentBytes: number;
  #count = 0;
  #file: FileHandle | undefined;

  constructor(options: { files: FileSystem; directory: string; segmentBytes: number }) {
    this.#files = options.files;
    this.#directory = options.directory;
    this.#segmentBytes = options.segmentBytes;
    for (const name of ['0.tmp', '1.tmp']) this.#removeIfThere(`${this.#directory}/${name}`);
  }

  get isReady(): boolean {
    return this.#file?.sizeBytes() === this.#segmentBytes;
  }

  /** Does one step of the work, if any is left. */
  prepare(): void {
    if (this.isReady) return;
    this.#file ??= this.#files.open(`${this.#directory}/${this.#count % 2}.tmp`, 'create');
    const target = Math.min(this.#file.sizeBytes() + STEP_BYTES, this.#segmentBytes);
    this.#file.preallocate(target);
    this.#file.dataSync();
  }

  /** Hands over the file, which the caller renames and closes. */
  take(): FileHandle {
    while (!this.isReady) this.prepare();
    const file = this.#file as FileHandle;
    this.#file = undefined;
    this.#count++;
    return file;
  }

  /** Gives up what was prepared. */
  discard(): void {
    if (this.#file === undefined) return;
    this.#file.close();
    this.#removeIfThere(this.#file.path);
    this.#file = undefined;
  }

  #removeIfThere(path: string): void {
    if (this.#files.stat(path) !== undefined) this.#files.remove(path);
  }
}
