/**
 * Takes a file's name away at once, and lets another thread free its blocks.
 *
 * That takes the system up to 20 ms for a WAL segment, and a second for all of a state of 2 GB; a put
 * would have to wait for it. A file that is open when its name goes keeps its blocks until it is closed,
 * and closing is what Node can do in its pool. After a crash the file system frees them by itself.
 */
import fs from 'node:fs';
import { join } from 'node:path';

/** Files on their way: each one takes a descriptor. */
const FREEING_MAX = 64;
/** Not worth a descriptor. */
const SMALL_FILE_BYTES = 1 << 20;
/** Neither follows a link nor waits for the other end of a pipe. */
const OPEN_FLAGS = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;

export class BlockFreeing {
  #files = 0;

  /** Throws as `unlinkSync` does. */
  unlink(path: string): void {
    const descriptor = this.#opened(path);
    try {
      fs.unlinkSync(path);
    } finally {
      if (descriptor !== undefined) this.#close(descriptor);
    }
  }

  /** A file, or those in a folder and below, but not the folders; throws as `unlinkSync` does. */
  unlinkFiles(path: string): void {
    const found = fs.lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return;
    if (!found.isDirectory()) this.unlink(path);
    else for (const name of fs.readdirSync(path)) this.unlinkFiles(join(path, name));
  }

  /** Undefined if it is small, or cannot be opened: then it is just removed. */
  #opened(path: string): number | undefined {
    if (this.#files >= FREEING_MAX) return undefined;
    try {
      const { size } = fs.lstatSync(path);
      return size < SMALL_FILE_BYTES ? undefined : fs.openSync(path, OPEN_FLAGS);
    } catch {
      return undefined;
    }
  }

  #close(descriptor: number): void {
    this.#files++;
    fs.close(descriptor, () => {
      this.#files--;
    });
  }
}
