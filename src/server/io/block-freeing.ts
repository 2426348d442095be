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

  /** Files in folders below too, but not the folders; throws as `unlinkSync` does. */
  unlinkFilesIn(directory: string): void {
    for (const entry of entriesOf(directory)) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) this.unlinkFilesIn(path);
      else this.unlink(path);
    }
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

function entriesOf(directory: string): fs.Dirent[] {
  return fs.existsSync(directory) ? fs.readdirSync(directory, { withFileTypes: true }) : [];
}
