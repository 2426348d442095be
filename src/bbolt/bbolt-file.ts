/** A bbolt file opened for reading. */
import { BboltError } from './bbolt-error.ts';
import { BboltBucket } from './bucket.ts';
import { chooseMeta, type Meta } from './meta-page.ts';
import { PageReader } from './page-reader.ts';
import type { PageSource } from './page-source.ts';

/** Top-level buckets that `bucketNames` lists; etcd has ten. More are BBOLT_BUCKET. */
export const BUCKETS_MAX = 1024;

export class BboltFile {
  readonly source: PageSource;
  readonly meta: Meta;
  /** The bucket that the top-level buckets lie in. */
  readonly root: BboltBucket;

  private constructor(source: PageSource, meta: Meta) {
    this.source = source;
    this.meta = meta;
    this.root = BboltBucket.atPage(new PageReader({ source, ...meta }), meta.rootPage);
  }

  /**
   * Reads the meta pages, no more: damage elsewhere shows where it is read, or in a check. What
   * follows the last page is ignored (etcd grows its file ahead, and a snapshot ends with a
   * digest). Throws BBOLT_NO_META or BBOLT_TRUNCATED.
   */
  static open(source: PageSource): BboltFile {
    const meta = chooseMeta(source);
    const bytes = meta.pages * meta.pageBytes;
    if (bytes > source.sizeBytes()) {
      const message = `${source.sizeBytes()} bytes where the meta page counts ${bytes}`;
      throw new BboltError('BBOLT_TRUNCATED', message);
    }
    return new BboltFile(source, meta);
  }

  /** Bytes of all pages, free ones included. */
  get sizeBytes(): number {
    return this.meta.pages * this.meta.pageBytes;
  }

  /** A top-level bucket; undefined when there is none of that name. */
  bucket(name: Uint8Array): BboltBucket | undefined {
    return this.root.bucket(name);
  }

  /** Names of all top-level buckets in byte order. Throws BBOLT_BUCKET for a row of another kind. */
  bucketNames(): Uint8Array[] {
    const names: Uint8Array[] = [];
    const cursor = this.root.rows();
    for (let rows = cursor.next(100); rows.length > 0; rows = cursor.next(100)) {
      if (!rows.every((row) => row.isBucket)) {
        throw new BboltError('BBOLT_BUCKET', 'a top-level row that is no bucket');
      }
      names.push(...rows.map((row) => row.key));
      if (names.length > BUCKETS_MAX) {
        throw new BboltError('BBOLT_BUCKET', `more than ${BUCKETS_MAX} buckets`);
      }
    }
    return names;
  }
}
