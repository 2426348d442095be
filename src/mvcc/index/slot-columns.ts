/** One row per slot, as columns of typed arrays in pages of fixed size. */
import { assert } from '../../base/assert.ts';
import { NO_REF } from '../../base/byte-slabs.ts';
import { NO_NODE } from './revision-history.ts';
import type { Slot } from './slot.ts';

const PAGE_SHIFT = 12;
const PAGE_SLOTS = 2 ** PAGE_SHIFT;
/** Slots share a 32-bit word with one flag bit in the leaves of the tree. */
const SLOTS_MAX = 2 ** 31;
const SLOT_BYTES = 3 * 8 + 3 * 4;
const NO_NEXT = 0xffff_ffff;

/** Columns of a run of slots; index them with {@link rowOf}. */
export class SlotPage {
  readonly modMain: Float64Array = new Float64Array(PAGE_SLOTS);
  readonly createMain: Float64Array = new Float64Array(PAGE_SLOTS);
  readonly version: Float64Array = new Float64Array(PAGE_SLOTS);
  /** Sub-revision and tombstone flag of the newest revision, see `revision-tag.ts`. */
  readonly modTag: Uint32Array = new Uint32Array(PAGE_SLOTS);
  /** The key's bytes; NO_REF while the slot is free. */
  readonly key: Uint32Array = new Uint32Array(PAGE_SLOTS).fill(NO_REF);
  /** Newest of the older revisions; while the slot is free, the next free slot. */
  readonly older: Uint32Array = new Uint32Array(PAGE_SLOTS);
}

export function rowOf(slot: Slot): number {
  return slot & (PAGE_SLOTS - 1);
}

export class SlotColumns {
  readonly #pages: SlotPage[] = [];
  #firstFree = NO_NEXT;
  #used = 0;

  /** Slots handed out and not freed. */
  get used(): number {
    return this.#used;
  }

  /** Slots are below this. */
  get end(): number {
    return this.#pages.length * PAGE_SLOTS;
  }

  get bytesUsed(): number {
    return this.end * SLOT_BYTES;
  }

  page(slot: Slot): SlotPage {
    return this.#pages[slot >>> PAGE_SHIFT] as SlotPage;
  }

  allocate(): Slot {
    if (this.#firstFree === NO_NEXT) this.#addPage();
    const slot = this.#firstFree;
    const older = this.page(slot).older;
    this.#firstFree = older[rowOf(slot)] as number;
    older[rowOf(slot)] = NO_NODE;
    this.#used++;
    return slot;
  }

  free(slot: Slot): void {
    const page = this.page(slot);
    assert(page.key[rowOf(slot)] !== NO_REF, 'columns: slot freed twice');
    page.key[rowOf(slot)] = NO_REF;
    page.older[rowOf(slot)] = this.#firstFree;
    this.#firstFree = slot;
    this.#used--;
  }

  #addPage(): void {
    const first = this.end;
    assert(first + PAGE_SLOTS <= SLOTS_MAX, 'columns: out of slots');
    const page = new SlotPage();
    for (let row = 0; row < PAGE_SLOTS; row++) page.older[row] = first + row + 1;
    page.older[PAGE_SLOTS - 1] = this.#firstFree;
    this.#firstFree = first;
    this.#pages.push(page);
  }
}
