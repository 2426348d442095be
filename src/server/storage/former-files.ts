/**
 * The database of the real etcd that had this data directory before: where to find it, and its end.
 * Its log and its .snap files are not meant here: they go on as ours.
 */
import type { LogIndex } from '../../base/ids.ts';
import { FileError, type FileSystem } from '../../base/ports/file-system.ts';
import type { Logger } from '../../base/ports/logger.ts';
import { type OpenImage, openImage } from '../snapshot-image/open-image.ts';
import { imageName } from '../snapshot-image/received-images.ts';

const DATABASE = 'db';
/** The database itself, images of other members, and what a defragmentation left unfinished. */
const FORMER_NAME = /^(?:db|[0-9a-f]{16}\.snap\.db|db\.tmp\..*)$/;

export class FormerFiles {
  readonly #directory: string;
  readonly #files: FileSystem;
  readonly #logger: Logger;
  /** Those of the moment when they were found: images that come later are ours. */
  readonly #names: readonly string[];

  /** Finds what there is in the folder `member/snap`; undefined when there is no database in it. */
  static find(directory: string, files: FileSystem, logger: Logger): FormerFiles | undefined {
    if (files.stat(`${directory}/${DATABASE}`) === undefined) return undefined;
    return new FormerFiles(directory, files, logger);
  }

  private constructor(directory: string, files: FileSystem, logger: Logger) {
    this.#directory = directory;
    this.#files = files;
    this.#logger = logger;
    this.#names = files.list(directory).filter((name) => FORMER_NAME.test(name));
  }

  get database(): string {
    return `${this.#directory}/${DATABASE}`;
  }

  /** Entry that the database ends with; 0 when there is nothing in it. BboltError, ImageError. */
  get index(): LogIndex {
    const image = this.open();
    image?.close();
    return image?.facts.index ?? 0;
  }

  /** The database, to be closed; undefined when etcd died before it had written anything into it. */
  open(): OpenImage | undefined {
    const isEmpty = this.#files.stat(this.database)?.sizeBytes === 0;
    return isEmpty ? undefined : openImage(this.#files, this.database);
  }

  /** Path of the image that was received with the snapshot at `index`, if there is one. */
  imageAt(index: LogIndex): string | undefined {
    const name = imageName(index);
    return this.#names.includes(name) ? `${this.#directory}/${name}` : undefined;
  }

  /**
   * Removes them, for good when it returns; to be called when the state on disk has all that they
   * have. A disk that refuses is logged: the next start tries again.
   */
  remove(): void {
    try {
      // The database last: while it is there, a start knows that there may be others.
      const inOrder = [...this.#names.filter((name) => name !== DATABASE), DATABASE];
      for (const name of inOrder) {
        const path = `${this.#directory}/${name}`;
        // An image that a later snapshot has made useless is gone already.
        if (this.#files.stat(path) === undefined) continue;
        this.#files.remove(path);
        this.#files.syncDirectory(this.#directory);
      }
      this.#logger.info('removed the database of etcd, which is taken over', {
        folder: this.#directory,
        files: inOrder,
      });
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.#logger.error('could not remove the database of etcd', { error });
    }
  }
}
