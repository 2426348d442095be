/**
 * Writes a bbolt file from its rows in order, in bounded memory.
 *
 * A file begins with meta pages, which name its last page and its length; a stream must begin with
 * them too, and etcd's snapshot stream tells in its first message how many bytes follow. The
 * layout depends on sizes only, so a first pass over the same rows computes exactly what the
 * second will write:
 *
 *     measuring -> rows -> end() = plan      streaming(plan) -> rows, take() -> end()
 *
 * For a file that can be written at any place one pass will do: `forFile`, then the meta pages.
 */
import { assert } from '../base/assert.ts';
import { compareBytes, EMPTY_BYTES } from '../base/bytes.ts';
import { BboltError } from './bbolt-error.ts';
import { BUCKETS_MAX } from './bbolt-file.ts';
import { writeU64 } from './little-endian.ts';
import { encodeMetaPages, isPageSize } from './meta-page.ts';
import type { NodeDraft } from './node-draft.ts';
import {
  BUCKET_HEADER_BYTES,
  KEY_BYTES_MAX,
  PAGE_BYTES_DEFAULT,
  VALUE_BYTES_MAX,
} from './page-format.ts';
import { PageOutput } from './page-output.ts';
import { TreeWriter } from './tree-writer.ts';

/** What waits to be taken stays below this, the last row aside; beyond, `put` is a bug of ours. */
export const PENDING_BYTES_MAX: number = 16 << 20;
/** bbolt keeps a bucket that is one leaf of up to this part of a page inside its parent's row. */
const INLINE_PART = 1 / 4;

/** What the meta pages say of a file; its length is pages * pageBytes. */
export interface BboltPlan {
  readonly pageBytes: number;
  readonly rootPage: number;
  readonly pages: number;
}

interface OpenBucket {
  readonly name: Uint8Array;
  readonly rows: TreeWriter;
  newestKey: Uint8Array;
}

export class BboltWriter {
  readonly #pageBytes: number;
  readonly #plan: BboltPlan | undefined;
  readonly #output: PageOutput;
  /** Its rows are the buckets. */
  readonly #root: TreeWriter;
  #buckets = 0;
  #newestName: Uint8Array = EMPTY_BYTES;
  #open: OpenBucket | undefined;
  #hasEnded = false;

  private constructor(options: { pageBytes: number; keepsPages: boolean; plan?: BboltPlan }) {
    const { pageBytes, plan } = options;
    assert(isPageSize(pageBytes), 'a page size is a power of two within bounds');
    this.#pageBytes = pageBytes;
    this.#plan = plan;
    this.#output = new PageOutput(options);
    this.#root = new TreeWriter({ output: this.#output, pageBytes, kind: 'buckets' });
    if (plan !== undefined) this.#output.append(encodeMetaPages(plan));
  }

  /** Writes nothing: `end` tells what the file will be. */
  static measuring(pageBytes: number = PAGE_BYTES_DEFAULT): BboltWriter {
    return new BboltWriter({ pageBytes, keepsPages: false });
  }

  /** `take` gives all of the file, in order. The rows must be those that gave `plan`. */
  static streaming(plan: BboltPlan): BboltWriter {
    return new BboltWriter({ pageBytes: plan.pageBytes, keepsPages: true, plan });
  }

  /**
   * `take` gives the file from page 2 on, in order; the two pages before it are what
   * `encodeMetaPages` makes of the result of `end`.
   */
  static forFile(pageBytes: number = PAGE_BYTES_DEFAULT): BboltWriter {
    return new BboltWriter({ pageBytes, keepsPages: true });
  }

  /** Begins a bucket, and so ends the one before; names ascend. Throws BBOLT_ROW_SIZE. */
  beginBucket(name: Uint8Array): void {
    assert(!this.#hasEnded, 'a file that has ended gets no bucket');
    assert(this.#buckets < BUCKETS_MAX, 'no more buckets than a reader lists');
    checkKeySize(name);
    assert(compareBytes(this.#newestName, name) < 0, 'names of buckets ascend');
    this.#endBucket();
    this.#buckets++;
    this.#newestName = name;
    const rows = new TreeWriter({
      output: this.#output,
      pageBytes: this.#pageBytes,
      kind: 'rows',
    });
    this.#open = { name, rows, newestKey: EMPTY_BYTES };
  }

  /**
   * Adds a row to the bucket; keys ascend. The buffers are not copied at the call: they must not
   * change afterwards. Throws BBOLT_ROW_SIZE.
   */
  put(key: Uint8Array, value: Uint8Array): void {
    const bucket = this.#open;
    assert(bucket !== undefined, 'a row belongs to a bucket');
    assert(this.pendingBytes < PENDING_BYTES_MAX, 'pages are taken as they are made');
    checkKeySize(key);
    if (value.length > VALUE_BYTES_MAX) {
      throw new BboltError('BBOLT_ROW_SIZE', `a value of ${value.length} bytes`);
    }
    assert(compareBytes(bucket.newestKey, key) < 0, 'keys of a bucket ascend');
    bucket.newestKey = key;
    bucket.rows.put(key, value);
  }

  /** Ends the file; what is left to take follows. */
  end(): BboltPlan {
    assert(!this.#hasEnded, 'a file ends once');
    this.#endBucket();
    this.#hasEnded = true;
    const rootPage = this.#root.finish();
    const { pages } = this.#output;
    if (this.#plan !== undefined) {
      assert(this.#plan.rootPage === rootPage, 'the root lies where it was measured');
      assert(this.#plan.pages === pages, 'the file is as long as it was measured');
    }
    return { pageBytes: this.#pageBytes, rootPage, pages };
  }

  /** The next bytes of the file, the caller's own; empty when there are none yet. */
  take(): Uint8Array[] {
    return this.#output.take();
  }

  /** Bytes that `take` would give. */
  get pendingBytes(): number {
    return this.#output.pendingBytes;
  }

  checkInvariants(): void {
    this.#output.checkInvariants();
    const { pages } = this.#output;
    assert(this.#plan === undefined || pages <= this.#plan.pages, 'no more pages than measured');
  }

  #endBucket(): void {
    const bucket = this.#open;
    if (bucket === undefined) return;
    this.#open = undefined;
    const leaf = bucket.rows.onlyLeaf;
    const isInline = leaf !== undefined && leaf.bytes <= this.#pageBytes * INLINE_PART;
    this.#root.put(bucket.name, isInline ? inlineBucket(leaf) : rootedBucket(bucket.rows.finish()));
  }
}

/** A bucket's value: root page and sequence, both zero, then the leaf as page 0. */
function inlineBucket(leaf: NodeDraft): Uint8Array {
  const value = new Uint8Array(BUCKET_HEADER_BYTES + leaf.bytes);
  leaf.writeTo(value.subarray(BUCKET_HEADER_BYTES), 0, 0);
  return value;
}

function rootedBucket(rootPage: number): Uint8Array {
  const value = new Uint8Array(BUCKET_HEADER_BYTES);
  writeU64(value, 0, rootPage);
  return value;
}

function checkKeySize(key: Uint8Array): void {
  if (key.length === 0 || key.length > KEY_BYTES_MAX) {
    throw new BboltError('BBOLT_ROW_SIZE', `a key of ${key.length} bytes`);
  }
}
