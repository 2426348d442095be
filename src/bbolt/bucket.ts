/** One bucket of an open file: its rows, and the buckets in it. */
import { equalBytes } from '../base/bytes.ts';
import { BboltError } from './bbolt-error.ts';
import { readU64 } from './little-endian.ts';
import { BUCKET_HEADER_BYTES } from './page-format.ts';
import { inlineNode, type PageReader } from './page-reader.ts';
import { type Tree, TreeCursor } from './tree-cursor.ts';

/** A batch of a cursor ends with the row that brings its keys and values to this many bytes. */
export const BATCH_BYTES_MAX: number = 1 << 20;

/** Key and value are views of buffers that are written no more: they last, and keep a page alive. */
export interface BboltRow {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** Whether the row is a bucket inside this one: read it by `bucket`, its value is of no use. */
  readonly isBucket: boolean;
}

export class BboltBucket {
  /** A counter of the bucket's own, which etcd does not use. */
  readonly sequence: number;
  readonly #tree: Tree;
  readonly #pages: PageReader;

  private constructor(tree: Tree, sequence: number, pages: PageReader) {
    this.#tree = tree;
    this.sequence = sequence;
    this.#pages = pages;
  }

  /** The bucket whose tree begins at page `root`. */
  static atPage(pages: PageReader, root: number, sequence = 0): BboltBucket {
    const tree = { root: () => pages.node(root), node: (id: number) => pages.node(id) };
    return new BboltBucket(tree, sequence, pages);
  }

  /** The bucket that a row's value describes. Throws BBOLT_BUCKET. */
  static ofValue(pages: PageReader, value: Uint8Array): BboltBucket {
    if (value.length < BUCKET_HEADER_BYTES) {
      throw new BboltError('BBOLT_BUCKET', `a bucket header of ${value.length} bytes`);
    }
    const root = readU64(value, 0);
    const sequence = readU64(value, 8);
    if (root !== 0) return BboltBucket.atPage(pages, root, sequence);
    const node = inlineNode(value.subarray(BUCKET_HEADER_BYTES));
    return new BboltBucket({ root: () => node, node: (id) => pages.node(id) }, sequence, pages);
  }

  /** All rows in ascending order of keys, those from `from` (inclusive) on if it is given. */
  rows(from?: Uint8Array): BboltCursor {
    const cursor = new TreeCursor(this.#tree);
    if (from === undefined) cursor.first();
    else cursor.seek(from);
    return new BboltCursor(cursor);
  }

  /** The first row; undefined when the bucket is empty. */
  first(): BboltRow | undefined {
    const cursor = new TreeCursor(this.#tree);
    cursor.first();
    return rowAt(cursor);
  }

  /** The row with the greatest key; undefined when the bucket is empty. */
  last(): BboltRow | undefined {
    const cursor = new TreeCursor(this.#tree);
    cursor.last();
    return rowAt(cursor);
  }

  /** The value of a plain row; undefined when there is no such row. */
  get(key: Uint8Array): Uint8Array | undefined {
    const row = this.#find(key);
    return row === undefined || row.isBucket ? undefined : row.value;
  }

  /** The bucket of that name in this one; undefined when there is none. */
  bucket(name: Uint8Array): BboltBucket | undefined {
    const row = this.#find(name);
    return row?.isBucket === true ? BboltBucket.ofValue(this.#pages, row.value) : undefined;
  }

  /** Number of rows. Reads the whole bucket: for a large one, add up `skip` in slices. */
  count(): number {
    const cursor = this.rows();
    let rows = 0;
    for (let skipped = cursor.skip(Infinity); skipped > 0; skipped = cursor.skip(Infinity)) {
      rows += skipped;
    }
    return rows;
  }

  #find(key: Uint8Array): BboltRow | undefined {
    const cursor = new TreeCursor(this.#tree);
    cursor.seek(key);
    const row = rowAt(cursor);
    return row !== undefined && equalBytes(row.key, key) ? row : undefined;
  }
}

/** Rows of one bucket in order, a batch at a time; holds one page of each level of the tree. */
export class BboltCursor {
  readonly #cursor: TreeCursor;

  constructor(cursor: TreeCursor) {
    this.#cursor = cursor;
  }

  /**
   * Up to `rowsMax` further rows, fewer when they are large ({@link BATCH_BYTES_MAX}); an empty
   * array at the end. Throws BboltError where the file is damaged; there is no going on then.
   */
  next(rowsMax: number): BboltRow[] {
    const rows: BboltRow[] = [];
    for (let bytes = 0; rows.length < rowsMax && bytes < BATCH_BYTES_MAX; ) {
      const row = rowAt(this.#cursor);
      if (row === undefined) break;
      rows.push(row);
      bytes += row.key.length + row.value.length;
      this.#cursor.advance(1);
    }
    return rows;
  }

  /** Passes up to `rowsMax` rows of one page, and returns how many; 0 at the end. */
  skip(rowsMax: number): number {
    const { leaf, index } = this.#cursor;
    if (leaf === undefined) return 0;
    const rows = Math.min(rowsMax, leaf.count - index);
    this.#cursor.advance(rows);
    return rows;
  }
}

function rowAt(cursor: TreeCursor): BboltRow | undefined {
  const { leaf, index } = cursor;
  if (leaf === undefined) return undefined;
  return { key: leaf.key(index), value: leaf.value(index), isBucket: leaf.isBucket(index) };
}
