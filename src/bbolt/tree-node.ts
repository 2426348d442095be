/**
 * One leaf or branch of a tree, checked as a whole when it is made: from then on every key, value
 * and child of it lies within its page run, no two overlap, and keys ascend.
 */
import { compareBytes, EMPTY_BYTES } from '../base/bytes.ts';
import { BboltError, type BboltErrorCode } from './bbolt-error.ts';
import { readU32, readU64 } from './little-endian.ts';
import {
  BUCKET_ELEMENT,
  ELEMENT_BYTES,
  KEY_BYTES_MAX,
  PAGE_HEADER_BYTES,
  PageFlag,
  type PageHeader,
  VALUE_BYTES_MAX,
} from './page-format.ts';

/** The bytes of one page run, from its header on. */
export interface NodeImage {
  /** Where it is, for error texts. */
  readonly name: string;
  readonly header: PageHeader;
  /** Bytes of the whole run. */
  readonly length: number;
  /** The beginning of the run: at least header and elements, mostly all of it. */
  readonly head: Uint8Array;
  /** Reads bytes that `head` does not have. */
  read(offset: number, length: number): Uint8Array;
}

export class TreeNode {
  readonly isLeaf: boolean;
  readonly count: number;
  readonly #image: NodeImage;

  /** Throws BBOLT_PAGE_HEADER, BBOLT_ELEMENT, BBOLT_ROW_SIZE or BBOLT_KEY_ORDER. */
  constructor(image: NodeImage) {
    const { flags, count } = image.header;
    this.#image = image;
    this.isLeaf = flags === PageFlag.leaf;
    this.count = count;
    if (!this.isLeaf && flags !== PageFlag.branch) {
      throw this.#error('BBOLT_PAGE_HEADER', `flags ${flags} are those of no tree page`);
    }
    if (!this.isLeaf && count === 0) throw this.#error('BBOLT_PAGE_HEADER', 'branch without child');
    this.#checkElements();
    this.#checkOrder();
  }

  /** A view of a buffer that is written no more; the same holds for values. */
  key(index: number): Uint8Array {
    return this.#bytes(this.#start(index), this.#keyBytes(index));
  }

  /** Value of a leaf's row; of a row that is a bucket, the bucket's header and what follows it. */
  value(index: number): Uint8Array {
    return this.#bytes(this.#start(index) + this.#keyBytes(index), this.#valueBytes(index));
  }

  isBucket(index: number): boolean {
    return readU32(this.#image.head, element(index)) === BUCKET_ELEMENT;
  }

  /** Page of a branch's child. */
  child(index: number): number {
    return readU64(this.#image.head, element(index) + 8);
  }

  /** Index of the first key that is not less than `key`; `count` when there is none. */
  lowerBound(key: Uint8Array): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes(this.key(middle), key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The keys must lie in [lower, upper): what the branch above says of this node. */
  checkRange(lower: Uint8Array | undefined, upper: Uint8Array | undefined): void {
    if (this.count === 0) return;
    if (lower !== undefined && compareBytes(this.key(0), lower) < 0) {
      throw this.#error('BBOLT_KEY_ORDER', 'first key less than the key of the branch');
    }
    if (upper !== undefined && compareBytes(this.key(this.count - 1), upper) >= 0) {
      throw this.#error('BBOLT_KEY_ORDER', 'last key not less than the next key of the branch');
    }
  }

  /**
   * bbolt writes rows one behind the other, from the end of the element array on. That each
   * begins where the one before ends keeps them inside, apart, and few enough for the file.
   */
  #checkElements(): void {
    let end = PAGE_HEADER_BYTES + ELEMENT_BYTES * this.count;
    for (let index = 0; index < this.count; index++) {
      if (this.#start(index) !== end) throw this.#error('BBOLT_ELEMENT', `${index}: misplaced`);
      const keyBytes = this.#keyBytes(index);
      if (keyBytes === 0 || keyBytes > KEY_BYTES_MAX) {
        throw this.#error('BBOLT_ELEMENT', `${index}: key of ${keyBytes} bytes`);
      }
      end += keyBytes;
      if (this.isLeaf) end += this.#leafValueBytes(index);
    }
    if (end > this.#image.length) throw this.#error('BBOLT_ELEMENT', 'rows beyond the page');
    if (this.count === 0) this.#checkEmpty();
  }

  /** With a count that was damaged to zero all else would hold; bbolt leaves unused bytes zero. */
  #checkEmpty(): void {
    const element = this.#image.head.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + ELEMENT_BYTES);
    if (element.some((byte) => byte !== 0))
      throw this.#error('BBOLT_ELEMENT', 'rows, but no count');
  }

  #leafValueBytes(index: number): number {
    const flags = readU32(this.#image.head, element(index));
    if (flags !== 0 && flags !== BUCKET_ELEMENT) {
      throw this.#error('BBOLT_ELEMENT', `${index}: flags ${flags}`);
    }
    return this.#valueBytes(index);
  }

  #checkOrder(): void {
    let before = EMPTY_BYTES;
    for (let index = 0; index < this.count; index++) {
      const key = this.key(index);
      if (compareBytes(before, key) >= 0) {
        throw this.#error('BBOLT_KEY_ORDER', `${index}: key not greater than the one before`);
      }
      before = key;
    }
  }

  #start(index: number): number {
    const at = element(index);
    return at + readU32(this.#image.head, this.isLeaf ? at + 4 : at);
  }

  #keyBytes(index: number): number {
    return readU32(this.#image.head, element(index) + (this.isLeaf ? 8 : 4));
  }

  #valueBytes(index: number): number {
    return readU32(this.#image.head, element(index) + 12);
  }

  #bytes(offset: number, length: number): Uint8Array {
    const { head } = this.#image;
    if (offset + length <= head.length) return head.subarray(offset, offset + length);
    if (length > VALUE_BYTES_MAX) {
      throw this.#error('BBOLT_ROW_SIZE', `value of ${length} bytes`);
    }
    return this.#image.read(offset, length);
  }

  #error(code: BboltErrorCode, message: string): BboltError {
    return new BboltError(code, `${this.#image.name}: ${message}`);
  }
}

function element(index: number): number {
  return PAGE_HEADER_BYTES + ELEMENT_BYTES * index;
}
