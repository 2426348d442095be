/** A leaf or branch being filled. */
import { defined } from '../base/assert.ts';
import { writeU32, writeU64 } from './little-endian.ts';
import {
  BUCKET_ELEMENT,
  ELEMENT_BYTES,
  PAGE_HEADER_BYTES,
  PageFlag,
  writePageHeader,
} from './page-format.ts';

/**
 * - `rows`: a leaf whose rows are plain
 * - `buckets`: a leaf whose rows are buckets
 * - `branch`: entries with a child instead of a value
 */
export type DraftKind = 'rows' | 'buckets' | 'branch';

export class NodeDraft {
  readonly kind: DraftKind;
  /** Bytes of the node: header, elements and data. */
  bytes: number = PAGE_HEADER_BYTES;
  readonly #keys: Uint8Array[] = [];
  /** Of a leaf. */
  readonly #values: Uint8Array[] = [];
  /** Of a branch. */
  readonly #children: number[] = [];

  constructor(kind: DraftKind) {
    this.kind = kind;
  }

  get count(): number {
    return this.#keys.length;
  }

  get firstKey(): Uint8Array {
    return defined(this.#keys[0], 'a node that is written has a key');
  }

  /** Bytes of the node with one more element of that key and value. */
  bytesWith(keyBytes: number, valueBytes: number): number {
    return this.bytes + ELEMENT_BYTES + keyBytes + valueBytes;
  }

  /** Adds a leaf's row; keeps the buffers. */
  addRow(key: Uint8Array, value: Uint8Array): void {
    this.bytes = this.bytesWith(key.length, value.length);
    this.#keys.push(key);
    this.#values.push(value);
  }

  /** Adds a branch's entry; keeps the buffer. */
  addChild(key: Uint8Array, child: number): void {
    this.bytes = this.bytesWith(key.length, 0);
    this.#keys.push(key);
    this.#children.push(child);
  }

  /**
   * Writes the node into `target`, which is zero and at least `bytes` long, as the page `id` and
   * `overflow` pages more.
   */
  writeTo(target: Uint8Array, id: number, overflow: number): void {
    const { count } = this;
    const flags = this.kind === 'branch' ? PageFlag.branch : PageFlag.leaf;
    writePageHeader(target, { id, flags, count, overflow });
    let data = PAGE_HEADER_BYTES + ELEMENT_BYTES * count;
    for (let index = 0; index < count; index++) {
      const key = this.#keys[index] as Uint8Array;
      this.#writeElement(target, index, data);
      target.set(key, data);
      data += key.length;
      if (this.kind === 'branch') continue;
      const value = this.#values[index] as Uint8Array;
      target.set(value, data);
      data += value.length;
    }
  }

  #writeElement(target: Uint8Array, index: number, data: number): void {
    const at = PAGE_HEADER_BYTES + ELEMENT_BYTES * index;
    const keyBytes = (this.#keys[index] as Uint8Array).length;
    if (this.kind === 'branch') {
      writeU32(target, at, data - at);
      writeU32(target, at + 4, keyBytes);
      writeU64(target, at + 8, this.#children[index] as number);
      return;
    }
    writeU32(target, at, this.kind === 'buckets' ? BUCKET_ELEMENT : 0);
    writeU32(target, at + 4, data - at);
    writeU32(target, at + 8, keyBytes);
    writeU32(target, at + 12, (this.#values[index] as Uint8Array).length);
  }
}
