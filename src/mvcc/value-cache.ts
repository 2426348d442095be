/**
 * Cache of newest values: for a slot, its encoded mvccpb.KeyValue, in byte slabs.
 *
 * Bounded by bytes. At the bound a clock hand goes over the slabs: values that were read or
 * written since it last came by stay, the others are evicted, and slabs that have become sparse
 * are cleaned. It knows nothing but its own calls, so it is the same in every run.
 */
import { assert } from '../base/assert.ts';
import { ByteSlabs, NO_REF, SLAB_BYTES, type SlabRef } from '../base/byte-slabs.ts';
import type { Slot } from './key-index.ts';

export interface ValueCacheOptions {
  /** Bytes of slabs held at most; at least {@link SLABS_MIN} slabs, at most 8 GiB. */
  readonly bytesMax: number;
  /** Bytes per slab, a power of two. */
  readonly slabBytes?: number;
}

/** Slabs that may be open or empty besides the closed ones that the bound leaves room for. */
const RESERVED_SLABS = 2;
const SLABS_MIN = 4;
/** Slab references are 32 bits wide. */
const BYTES_MAX = 2 ** 33;
/** Slabs in which referenced values are spared in one eviction; the next one is emptied. */
export const SPARED_SLABS_MAX = 8;

const PAGE_SHIFT = 12;
const PAGE_SLOTS = 2 ** PAGE_SHIFT;
const ROW_MASK = PAGE_SLOTS - 1;

class ValuePage {
  readonly ref: Uint32Array = new Uint32Array(PAGE_SLOTS).fill(NO_REF);
  /** 1 when the value was used since the hand last came by. */
  readonly referenced: Uint8Array = new Uint8Array(PAGE_SLOTS);
}

export class ValueCache {
  readonly #closedBytesMax: number;
  readonly #slabs: ByteSlabs;
  readonly #pages: ValuePage[] = [];
  #values = 0;
  /** Number of the slab the hand comes to next. */
  #hand = 0;

  constructor(options: ValueCacheOptions) {
    const slabBytes = options.slabBytes ?? SLAB_BYTES;
    assert(options.bytesMax >= SLABS_MIN * slabBytes, 'values: a bound of at least four slabs');
    assert(options.bytesMax <= BYTES_MAX, 'values: a bound that references can reach');
    this.#closedBytesMax = options.bytesMax - RESERVED_SLABS * slabBytes;
    this.#slabs = new ByteSlabs({
      slabBytes,
      moved: (slot, _from, to) => {
        this.#page(slot).ref[slot & ROW_MASK] = to;
      },
    });
  }

  /** Values kept. */
  get values(): number {
    return this.#values;
  }

  /** Bytes of slabs held, never above the bound. (Five bytes a slot come on top of it.) */
  get bytesUsed(): number {
    return this.#slabs.bytesUsed;
  }

  /** Copies `encoded` as the slot's value; may evict others (or not keep this one) at the bound. */
  set(slot: Slot, encoded: Uint8Array): void {
    const page = this.#pageFor(slot);
    const row = slot & ROW_MASK;
    const before = page.ref[row] as SlabRef;
    if (before === NO_REF || !this.#slabs.replace(before, encoded)) {
      this.remove(slot);
      if (!this.#makeRoom(encoded.length)) return;
      page.ref[row] = this.#slabs.store(slot, encoded);
      this.#values++;
    }
    page.referenced[row] = 1;
  }

  /** A view of the slot's value, valid until the next set or remove; undefined on a miss. */
  view(slot: Slot): Uint8Array | undefined {
    const page = this.#pages[slot >>> PAGE_SHIFT];
    if (page === undefined) return undefined;
    const ref = page.ref[slot & ROW_MASK] as SlabRef;
    if (ref === NO_REF) return undefined;
    page.referenced[slot & ROW_MASK] = 1;
    return this.#slabs.view(ref);
  }

  /** Bytes of the slot's value, which counts as no use of it; undefined on a miss. */
  lengthOf(slot: Slot): number | undefined {
    const ref = this.#pages[slot >>> PAGE_SHIFT]?.ref[slot & ROW_MASK] ?? NO_REF;
    return ref === NO_REF ? undefined : this.#slabs.length(ref);
  }

  remove(slot: Slot): void {
    const page = this.#pages[slot >>> PAGE_SHIFT];
    if (page === undefined || page.ref[slot & ROW_MASK] === NO_REF) return;
    this.#evict(slot, page.ref[slot & ROW_MASK] as SlabRef);
  }

  checkInvariants(): void {
    this.#slabs.checkInvariants();
    const reserved = RESERVED_SLABS * this.#slabs.slabBytes;
    assert(this.bytesUsed <= this.#closedBytesMax + reserved, 'values: within the bound');
    let values = 0;
    for (const [number, page] of this.#pages.entries()) {
      for (const [row, ref] of page.ref.entries()) {
        if (ref === NO_REF) continue;
        values++;
        const slot = number * PAGE_SLOTS + row;
        assert(this.#slabs.owner(ref) === slot, 'values: a value belongs to its slot');
      }
    }
    assert(values === this.#values, 'values: each is counted');
  }

  /** Evicts until a value of `length` bytes fits; false when it never would. */
  #makeRoom(length: number): boolean {
    if (this.#slabs.growth(length) > this.#closedBytesMax) return false;
    for (let swept = 0; !this.#fits(length); ) {
      if (this.#slabs.clean()) continue;
      // Sparing goes on for a while only, so that one call takes bounded time.
      if (this.#sweep(swept < SPARED_SLABS_MAX)) swept++;
    }
    return true;
  }

  #fits(length: number): boolean {
    return this.#slabs.closedBytes + this.#slabs.growth(length) <= this.#closedBytesMax;
  }

  /** Moves the hand by one; evicts what it meets there, all of it or what is not referenced. */
  #sweep(spare: boolean): boolean {
    const number = this.#hand;
    this.#hand = number + 1 < this.#slabs.slabNumbers ? number + 1 : 0;
    if (!this.#slabs.isClosed(number)) return false;
    this.#slabs.forEachIn(number, (slot, ref) => {
      const page = this.#page(slot);
      const row = slot & ROW_MASK;
      if (spare && page.referenced[row] === 1) page.referenced[row] = 0;
      else this.#evict(slot, ref);
    });
    return true;
  }

  #evict(slot: Slot, ref: SlabRef): void {
    this.#slabs.free(ref);
    this.#page(slot).ref[slot & ROW_MASK] = NO_REF;
    this.#values--;
  }

  #page(slot: Slot): ValuePage {
    return this.#pages[slot >>> PAGE_SHIFT] as ValuePage;
  }

  #pageFor(slot: Slot): ValuePage {
    while (this.#pages.length <= slot >>> PAGE_SHIFT) this.#pages.push(new ValuePage());
    return this.#page(slot);
  }
}
