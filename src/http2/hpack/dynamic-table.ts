import { assert, defined } from '../../base/assert.ts';
import type { HeaderField } from './header-field.ts';

/**
 * Size of a dynamic table unless SETTINGS_HEADER_TABLE_SIZE says otherwise. Ours never does, so a
 * peer that asks for more gets HPACK_TABLE_SIZE.
 */
export const TABLE_BYTES_MAX = 4096;

const FIRST_RING_LENGTH = 16;

/** Fields that one end has told the other to remember, bounded by bytes, RFC 7541 section 4. */
export class DynamicTable {
  /** A power of two slots; grows to what the fields need, at most 128. */
  #ring: (HeaderField | undefined)[] = emptyRing(FIRST_RING_LENGTH);
  /** Where the next field goes; the newest one is in the slot before. */
  #next = 0;
  #length = 0;
  #bytes = 0;
  #bytesMax: number = TABLE_BYTES_MAX;

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get bytesMax(): number {
    return this.#bytesMax;
  }

  /** The field that `newer` fields have been added behind; undefined when there is none. */
  at(newer: number): HeaderField | undefined {
    if (newer >= this.#length) return undefined;
    return this.#ring[(this.#next - 1 - newer) & (this.#ring.length - 1)];
  }

  /** Adds a field, evicting the oldest; one larger than the table leaves it empty. */
  add(field: HeaderField): void {
    this.#evictTo(this.#bytesMax - field.bytes);
    if (field.bytes > this.#bytesMax) return;
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[this.#next] = field;
    this.#next = (this.#next + 1) & (this.#ring.length - 1);
    this.#length++;
    this.#bytes += field.bytes;
  }

  resize(bytesMax: number): void {
    this.#bytesMax = bytesMax;
    this.#evictTo(bytesMax);
  }

  checkInvariants(): void {
    let bytes = 0;
    for (let newer = 0; newer < this.#length; newer++) {
      bytes += defined(this.at(newer), 'header table: no gap between fields').bytes;
    }
    assert(bytes === this.#bytes, 'header table: bytes are those of its fields');
    assert(bytes <= this.#bytesMax, 'header table: within its bound');
    const held = this.#ring.filter((field) => field !== undefined).length;
    assert(held === this.#length, 'header table: evicted fields are let go');
  }

  #evictTo(bytesMax: number): void {
    while (this.#bytes > bytesMax && this.#length > 0) {
      const oldest = (this.#next - this.#length) & (this.#ring.length - 1);
      this.#bytes -= defined(this.#ring[oldest], 'header table: oldest field').bytes;
      this.#ring[oldest] = undefined;
      this.#length--;
    }
  }

  #grow(): void {
    const larger = emptyRing(this.#ring.length * 2);
    for (let newer = 0; newer < this.#length; newer++) {
      larger[this.#length - 1 - newer] = this.at(newer);
    }
    this.#ring = larger;
    this.#next = this.#length;
  }
}

function emptyRing(length: number): (HeaderField | undefined)[] {
  return Array.from({ length }, () => undefined);
}
