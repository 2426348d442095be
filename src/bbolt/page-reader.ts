/** From a page number to a checked node, with bounds on what is read and held. */
import { BboltError } from './bbolt-error.ts';
import {
  ELEMENT_BYTES,
  META_PAGES,
  PAGE_HEADER_BYTES,
  type PageHeader,
  readPageHeader,
} from './page-format.ts';
import { type PageSource, readExactly } from './page-source.ts';
import { TreeNode } from './tree-node.ts';

/**
 * Page runs up to this size are read at once. Of a longer one, which has values far above a page,
 * only header and elements are held, and each row is read when it is asked for.
 */
export const NODE_HEAD_BYTES_MAX: number = 1 << 20;

export interface PageReaderOptions {
  readonly source: PageSource;
  readonly pageBytes: number;
  /** High-water mark. */
  readonly pages: number;
}

/** One page and the overflow pages behind it. */
export interface PageRun {
  readonly header: PageHeader;
  /** The first page. */
  readonly page: Uint8Array;
}

export class PageReader {
  readonly #options: PageReaderOptions;

  constructor(options: PageReaderOptions) {
    this.#options = options;
  }

  /** The tree node at page `id`. Throws BboltError when there is none. */
  node(id: number): TreeNode {
    const { source, pageBytes } = this.#options;
    const { header, page } = this.run(id);
    const start = id * pageBytes;
    const length = (header.overflow + 1) * pageBytes;
    const elementsEnd = PAGE_HEADER_BYTES + ELEMENT_BYTES * header.count;
    if (elementsEnd > length) {
      throw new BboltError('BBOLT_PAGE_HEADER', `page ${id}: ${header.count} elements`);
    }
    const headBytes = length <= NODE_HEAD_BYTES_MAX ? length : elementsEnd;
    return new TreeNode({
      name: `page ${id}`,
      header,
      length,
      head: headBytes <= pageBytes ? page : readExactly(source, start, headBytes),
      read: (offset, bytes) => readExactly(source, start + offset, bytes),
    });
  }

  /** First page of the run at `id`, its header checked: the run lies within the file. */
  run(id: number): PageRun {
    const { source, pageBytes, pages } = this.#options;
    if (id < META_PAGES || id >= pages) {
      throw new BboltError('BBOLT_PAGE_ID', `page ${id} of ${pages}`);
    }
    const page = readExactly(source, id * pageBytes, pageBytes);
    const header = readPageHeader(page);
    if (header.id !== id) {
      throw new BboltError('BBOLT_PAGE_HEADER', `page ${id} says it is page ${header.id}`);
    }
    if (id + header.overflow >= pages) {
      throw new BboltError('BBOLT_PAGE_HEADER', `page ${id}: ${header.overflow} overflow pages`);
    }
    return { header, page };
  }
}

/** The node that an inline bucket has in its value, instead of pages. */
export function inlineNode(image: Uint8Array): TreeNode {
  const name = 'inline bucket';
  if (image.length < PAGE_HEADER_BYTES) throw new BboltError('BBOLT_BUCKET', `${name}: cut off`);
  const header = readPageHeader(image);
  if (PAGE_HEADER_BYTES + ELEMENT_BYTES * header.count > image.length) {
    throw new BboltError('BBOLT_PAGE_HEADER', `${name}: ${header.count} elements`);
  }
  const node = new TreeNode({
    name,
    header,
    length: image.length,
    head: image,
    read: (offset, bytes) => image.subarray(offset, offset + bytes),
  });
  if (!node.isLeaf) throw new BboltError('BBOLT_BUCKET', `${name}: not a leaf`);
  for (let index = 0; index < node.count; index++) {
    if (node.isBucket(index)) throw new BboltError('BBOLT_BUCKET', `${name}: a bucket inside`);
  }
  return node;
}
