/** Goes through all of a file, as `bbolt check` does, and stops at the first thing that is wrong. */
import { BboltError } from './bbolt-error.ts';
import type { BboltFile } from './bbolt-file.ts';
import { BboltBucket, type BboltCursor } from './bucket.ts';
import { META_PAGES, PageFlag } from './page-format.ts';
import { PageReader, type PageRun } from './page-reader.ts';

/** Deepest nesting of buckets that is followed; etcd nests none. A deeper one is BBOLT_DEPTH. */
export const BUCKET_DEPTH_MAX = 32;

export interface BboltCheckReport {
  /** Buckets of all depths. */
  readonly buckets: number;
  /** Plain rows in all of them. */
  readonly rows: number;
  /** Pages that are neither free nor beyond the high-water mark, meta pages included. */
  readonly pagesInUse: number;
}

export class BboltCheck {
  readonly #pages: PagesOnce;
  /** Buckets being gone through, each inside the one before; the first is the root bucket. */
  readonly #open: BboltCursor[] = [];
  /** The root bucket does not count. */
  #buckets = -1;
  #rows = 0;

  constructor(file: BboltFile) {
    this.#pages = new PagesOnce(file);
    const { freelistPage } = file.meta;
    if (freelistPage !== undefined) checkFreelist(this.#pages.run(freelistPage));
    this.#enter(BboltBucket.atPage(this.#pages, file.meta.rootPage));
  }

  /**
   * Goes on by up to `rowsMax` rows; returns the report when all is gone through, undefined before.
   * Throws BboltError: every page that is in use must be in use once, every node be sound, and
   * the keys of each bucket ascend.
   */
  step(rowsMax: number): BboltCheckReport | undefined {
    for (let rows = 0; rows < rowsMax; rows++) {
      const innermost = this.#open.at(-1);
      if (innermost === undefined) {
        return { buckets: this.#buckets, rows: this.#rows, pagesInUse: this.#pages.inUse };
      }
      this.#row(innermost);
    }
    return undefined;
  }

  #row(rows: BboltCursor): void {
    const row = rows.next(1)[0];
    if (row === undefined) this.#open.pop();
    else if (row.isBucket) this.#enter(BboltBucket.ofValue(this.#pages, row.value));
    else if (this.#open.length > 1) this.#rows++;
    else throw new BboltError('BBOLT_BUCKET', 'a top-level row that is no bucket');
  }

  #enter(bucket: BboltBucket): void {
    if (this.#open.length >= BUCKET_DEPTH_MAX) {
      throw new BboltError('BBOLT_DEPTH', `more than ${BUCKET_DEPTH_MAX} buckets in one another`);
    }
    this.#open.push(bucket.rows());
    this.#buckets++;
  }
}

/** Reads pages that nobody has read before. One bit for each page of the file. */
class PagesOnce extends PageReader {
  inUse: number = META_PAGES;
  readonly #seen: Uint8Array;

  constructor(file: BboltFile) {
    super({ source: file.source, ...file.meta });
    this.#seen = new Uint8Array((file.meta.pages + 7) >>> 3);
  }

  override run(id: number): PageRun {
    const run = super.run(id);
    for (let page = id; page <= id + run.header.overflow; page++) this.#mark(page);
    return run;
  }

  #mark(page: number): void {
    const bit = 1 << (page & 7);
    const byte = this.#seen[page >>> 3] as number;
    if ((byte & bit) !== 0) {
      throw new BboltError('BBOLT_PAGE_SHARED', `page ${page} is in use twice`);
    }
    this.#seen[page >>> 3] = byte | bit;
    this.inUse++;
  }
}

/** What it lists is not needed, nor believed: free is what is not in use. */
function checkFreelist({ header }: PageRun): void {
  if (header.flags !== PageFlag.freelist) {
    throw new BboltError('BBOLT_PAGE_HEADER', `page ${header.id}: not a list of free pages`);
  }
}
