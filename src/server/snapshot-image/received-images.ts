/**
 * Images from other members, as files in the snapshot folder with the names that real etcd gives
 * them. A file that has such a name is whole, sound and on disk.
 */
import type { LogIndex } from '../../base/ids.ts';
import type { FileSystem } from '../../base/ports/file-system.ts';
import { ImageError } from './errors.ts';
import { type OpenImage, openImage } from './open-image.ts';

const IMAGE_NAME = /^([0-9a-f]{16})\.snap\.db$/;
/** A start of real etcd removes what begins so, too. */
const TEMPORARY_PREFIX = 'tmp-image-';

/** Methods throw FileError. */
export class ReceivedImages {
  readonly #directory: string;
  readonly #files: FileSystem;
  #temporaries = 0;

  /** `directory` is the existing folder `member/snap`. */
  constructor(directory: string, files: FileSystem) {
    this.#directory = directory;
    this.#files = files;
  }

  has(index: LogIndex): boolean {
    return this.#files.stat(this.#path(index)) !== undefined;
  }

  /** Opens the image of the snapshot at `index`; to be closed. Throws BboltError, ImageError, too. */
  open(index: LogIndex): OpenImage {
    return this.openFile(this.#path(index));
  }

  /** As {@link open}, for a file that is not kept yet. */
  openFile(path: string): OpenImage {
    const image = openImage(this.#files, path);
    if (image.facts.index > 0) return image;
    image.close();
    throw new ImageError('IMAGE_NO_INDEX', 'the image does not say which entry it ends with');
  }

  /** A path for a file on its way here, that no other one has. */
  newTemporary(): string {
    this.#temporaries++;
    return `${this.#directory}/${TEMPORARY_PREFIX}${this.#temporaries}`;
  }

  /** Gives a file that is on disk the name of the snapshot at `index`; durable when it returns. */
  keep(temporary: string, index: LogIndex): void {
    if (this.has(index)) {
      // It may be being read, and is as good.
      this.#files.remove(temporary);
      return;
    }
    this.#files.rename(temporary, this.#path(index));
    this.#files.syncDirectory(this.#directory);
  }

  giveUp(temporary: string): void {
    if (this.#files.stat(temporary) !== undefined) this.#files.remove(temporary);
  }

  /** Removes images of entries up to `index`, which are of no use to a state that has those. */
  removeThrough(index: LogIndex): void {
    this.#remove((name) => indexOf(name) <= index);
  }

  /** For a start: removes every image, and what a crash left unfinished. */
  removeAll(): void {
    this.#remove((name) => IMAGE_NAME.test(name) || name.startsWith(TEMPORARY_PREFIX));
  }

  #remove(isUseless: (name: string) => boolean): void {
    const useless = this.#files.list(this.#directory).filter(isUseless);
    for (const name of useless) this.#files.remove(`${this.#directory}/${name}`);
    if (useless.length > 0) this.#files.syncDirectory(this.#directory);
  }

  #path(index: LogIndex): string {
    return `${this.#directory}/${imageName(index)}`;
  }
}

/** The name of the image that goes with the snapshot at `index`. */
export function imageName(index: LogIndex): string {
  return `${index.toString(16).padStart(16, '0')}.snap.db`;
}

/** NaN for a file that is no image. */
function indexOf(name: string): LogIndex {
  return Number.parseInt(IMAGE_NAME.exec(name)?.[1] ?? '', 16);
}
