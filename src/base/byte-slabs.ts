/**
 * Many small byte strings in few large buffers, without an object each.
 *
 * A stored string (an entry) belongs to an owner, a number its user chose. Entries are appended
 * to the open slab; a slab that is full is closed. Freed space is not reused in place: a closed
 * slab that is less than half live is *sparse*, and `clean` moves what lives in it to the open
 * slab. So strings of all lengths share the same slabs, and space freed by one length serves any
 * other. An entry longer than a quarter slab gets a slab of its own.
 *
 * Entry layout, in units of 8 bytes: owner (u32), length (u32), the bytes, padding.
 */
import { assert, defined } from './assert.ts';

/** Names an entry: 32 bits, slab number above unit number. Changes when the entry is moved. */
export type SlabRef = number;
export const NO_REF: SlabRef = 0xffff_ffff;

/** Default size of a slab: allocating or cleaning one takes well below a millisecond. */
export const SLAB_BYTES = 131_072;

const NO_OWNER = 0xffff_ffff;
const UNIT_SHIFT = 3;
const HEADER_BYTES = 8;
const NOT_SPARSE = -1;

export interface ByteSlabsOptions {
  /** A power of two; the default is {@link SLAB_BYTES}. */
  readonly slabBytes?: number;
  /** Told by `clean` of each entry it moves, after the move. */
  readonly moved: (owner: number, from: SlabRef, to: SlabRef) => void;
}

class Slab {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  /** Units handed out; the rest has never been used since the slab was opened. */
  fill = 0;
  /** Units of entries that are not freed. */
  live = 0;
  /** Place in the list of sparse slabs. */
  sparseAt: number = NOT_SPARSE;

  constructor(byteLength: number) {
    const buffer = new ArrayBuffer(byteLength);
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
  }

  get units(): number {
    return this.bytes.length >>> UNIT_SHIFT;
  }
}

export class ByteSlabs {
  readonly slabBytes: number;
  readonly #moved: (owner: number, from: SlabRef, to: SlabRef) => void;
  /** log2 of the units of a slab: where the slab number starts in a ref. */
  readonly #slabShift: number;
  readonly #unitMask: number;
  readonly #slabs: (Slab | undefined)[] = [];
  readonly #freeNumbers: number[] = [];
  readonly #sparse: number[] = [];
  #open = -1;
  /** One empty slab kept back, so that steady turnover allocates nothing. */
  #spare: Slab | undefined;
  #closedBytes = 0;

  constructor(options: ByteSlabsOptions) {
    this.slabBytes = options.slabBytes ?? SLAB_BYTES;
    this.#moved = options.moved;
    this.#slabShift = Math.log2(this.slabBytes) - UNIT_SHIFT;
    assert(Number.isInteger(this.#slabShift) && this.#slabShift > 3, 'slab size: a power of two');
    this.#unitMask = 2 ** this.#slabShift - 1;
  }

  /** Bytes of closed slabs and of entries that have a slab of their own. */
  get closedBytes(): number {
    return this.#closedBytes;
  }

  /** All bytes held: `closedBytes` and up to two slabs more. */
  get bytesUsed(): number {
    const extra = (this.#open >= 0 ? 1 : 0) + (this.#spare === undefined ? 0 : 1);
    return this.#closedBytes + extra * this.slabBytes;
  }

  /** Slab numbers are below this; not each of them is in use. */
  get slabNumbers(): number {
    return this.#slabs.length;
  }

  /** By how much storing `length` bytes would make `closedBytes` grow. */
  growth(length: number): number {
    const units = unitsFor(length);
    if (this.#isLarge(units)) return units << UNIT_SHIFT;
    const open = this.#slabs[this.#open];
    return open === undefined || open.fill + units <= open.units ? 0 : this.slabBytes;
  }

  /** Copies `bytes` into a new entry of `owner`. */
  store(owner: number, bytes: Uint8Array): SlabRef {
    const ref = this.#reserve(unitsFor(bytes.length));
    const slab = this.#slabOf(ref);
    const at = this.#offset(ref);
    slab.words[at >>> 2] = owner;
    slab.words[(at >>> 2) + 1] = bytes.length;
    slab.bytes.set(bytes, at + HEADER_BYTES);
    return ref;
  }

  /** Overwrites the entry; returns false, with nothing changed, when it has another size. */
  replace(ref: SlabRef, bytes: Uint8Array): boolean {
    const slab = this.#slabOf(ref);
    const at = this.#offset(ref);
    if (unitsFor(slab.words[(at >>> 2) + 1] as number) !== unitsFor(bytes.length)) return false;
    slab.words[(at >>> 2) + 1] = bytes.length;
    slab.bytes.set(bytes, at + HEADER_BYTES);
    return true;
  }

  /** Gives up the entry. Moves nothing: other refs stay as they are. */
  free(ref: SlabRef): void {
    const number = ref >>> this.#slabShift;
    const slab = this.#slabOf(ref);
    const word = this.#offset(ref) >>> 2;
    assert(slab.words[word] !== NO_OWNER, 'slab: entry freed twice');
    slab.words[word] = NO_OWNER;
    slab.live -= unitsFor(slab.words[word + 1] as number);
    if (number !== this.#open) this.#closedShrank(number, slab);
    else if (slab.live === 0) slab.fill = 0;
  }

  /** Moves the live entries of one sparse slab, if there is one, and releases it. */
  clean(): boolean {
    const number = this.#sparse.at(-1);
    if (number === undefined) return false;
    this.forEachIn(number, (owner, from) => {
      const to = this.store(owner, this.view(from));
      this.free(from);
      this.#moved(owner, from, to);
    });
    return true;
  }

  /** Visits the live entries of a slab, which may be freed in the visit. */
  forEachIn(number: number, visit: (owner: number, ref: SlabRef) => void): void {
    const slab = this.#slabs[number];
    if (slab === undefined) return;
    // Freeing the last entry releases the slab, but its headers stay readable until reuse.
    const end = slab.fill;
    for (let unit = 0, units = 0; unit < end && this.#slabs[number] === slab; unit += units) {
      const owner = slab.words[unit << 1] as number;
      units = unitsFor(slab.words[(unit << 1) + 1] as number);
      if (owner !== NO_OWNER) visit(owner, this.#ref(number, unit));
    }
  }

  /** True for a slab that is closed or belongs to one long entry. */
  isClosed(number: number): boolean {
    return this.#slabs[number] !== undefined && number !== this.#open;
  }

  /** The entry's bytes in place: valid until it is moved, replaced or freed. */
  view(ref: SlabRef): Uint8Array {
    const slab = this.#slabOf(ref);
    const at = this.#offset(ref) + HEADER_BYTES;
    return slab.bytes.subarray(at, at + (slab.words[(at >>> 2) - 1] as number));
  }

  /** An owned copy of the entry's first `length` bytes; all of them by default. */
  copy(ref: SlabRef, length: number = this.length(ref)): Uint8Array {
    const at = this.#offset(ref) + HEADER_BYTES;
    return this.#slabOf(ref).bytes.slice(at, at + length);
  }

  length(ref: SlabRef): number {
    return this.#slabOf(ref).words[(this.#offset(ref) >>> 2) + 1] as number;
  }

  owner(ref: SlabRef): number {
    return this.#slabOf(ref).words[this.#offset(ref) >>> 2] as number;
  }

  setOwner(ref: SlabRef, owner: number): void {
    this.#slabOf(ref).words[this.#offset(ref) >>> 2] = owner;
  }

  /** Order of the entry to `key`, both of which are known to be equal before `from`. */
  compare(ref: SlabRef, key: Uint8Array, from: number): number {
    const slab = this.#slabOf(ref);
    const at = this.#offset(ref) + HEADER_BYTES;
    const length = slab.words[(at >>> 2) - 1] as number;
    const bytes = slab.bytes;
    const end = length < key.length ? length : key.length;
    for (let i = from; i < end; i++) {
      const difference = (bytes[at + i] as number) - (key[i] as number);
      if (difference !== 0) return difference;
    }
    return length - key.length;
  }

  /** Order of the entry's first `prefix` bytes (it has that many) to those of `key`. */
  comparePrefix(ref: SlabRef, key: Uint8Array, prefix: number): number {
    const bytes = this.#slabOf(ref).bytes;
    const at = this.#offset(ref) + HEADER_BYTES;
    const end = prefix < key.length ? prefix : key.length;
    for (let i = 0; i < end; i++) {
      const difference = (bytes[at + i] as number) - (key[i] as number);
      if (difference !== 0) return difference;
    }
    return prefix - end;
  }

  /** Length of the longest common prefix of two entries. */
  commonPrefix(a: SlabRef, b: SlabRef): number {
    const aBytes = this.#slabOf(a).bytes;
    const bBytes = this.#slabOf(b).bytes;
    const aAt = this.#offset(a) + HEADER_BYTES;
    const bAt = this.#offset(b) + HEADER_BYTES;
    const end = Math.min(this.length(a), this.length(b));
    let shared = 0;
    while (shared < end && aBytes[aAt + shared] === bBytes[bAt + shared]) shared++;
    return shared;
  }

  /** The four bytes from `from` on as a big-endian number, zeros behind the end. */
  word(ref: SlabRef, from: number): number {
    const slab = this.#slabOf(ref);
    const at = this.#offset(ref) + HEADER_BYTES;
    return bigEndianWord(slab.bytes, at + from, at + (slab.words[(at >>> 2) - 1] as number));
  }

  checkInvariants(): void {
    let closedBytes = 0;
    for (const [number, slab] of this.#slabs.entries()) {
      if (slab === undefined) continue;
      let live = 0;
      this.forEachIn(number, (_, ref) => {
        live += unitsFor(this.length(ref));
      });
      assert(live === slab.live, 'slab: live units are those of its entries');
      assert(slab.fill <= slab.units, 'slab: filled within its bounds');
      if (number === this.#open) continue;
      closedBytes += slab.bytes.length;
      assert(live > 0, 'slab: an empty closed slab is released');
      assert(isSparse(slab) === slab.sparseAt >= 0, 'slab: sparse slabs are listed');
    }
    assert(closedBytes === this.#closedBytes, 'slabs: closed bytes add up');
    for (const [at, number] of this.#sparse.entries()) {
      assert(this.#slabs[number]?.sparseAt === at, 'slabs: the sparse list holds sparse slabs');
    }
  }

  #reserve(units: number): SlabRef {
    if (this.#isLarge(units)) {
      const slab = new Slab(units << UNIT_SHIFT);
      slab.fill = units;
      slab.live = units;
      this.#closedBytes += slab.bytes.length;
      return this.#ref(this.#adopt(slab), 0);
    }
    const slab = this.#openSlab(units);
    const ref = this.#ref(this.#open, slab.fill);
    slab.fill += units;
    slab.live += units;
    return ref;
  }

  /** The open slab, with room for `units`. */
  #openSlab(units: number): Slab {
    const open = this.#slabs[this.#open];
    if (open !== undefined && open.fill + units <= open.units) return open;
    const closed = this.#open;
    const fresh = this.#spare ?? new Slab(this.slabBytes);
    this.#spare = undefined;
    this.#open = this.#adopt(fresh);
    if (open !== undefined) {
      this.#closedBytes += this.slabBytes;
      this.#closedShrank(closed, open);
    }
    return fresh;
  }

  /** Lists a closed slab as sparse, or releases it, when its live part asks for it. */
  #closedShrank(number: number, slab: Slab): void {
    if (slab.live === 0) {
      this.#release(number, slab);
    } else if (slab.sparseAt === NOT_SPARSE && isSparse(slab)) {
      slab.sparseAt = this.#sparse.length;
      this.#sparse.push(number);
    }
  }

  #release(number: number, slab: Slab): void {
    this.#closedBytes -= slab.bytes.length;
    this.#slabs[number] = undefined;
    this.#freeNumbers.push(number);
    if (slab.sparseAt !== NOT_SPARSE) {
      const last = defined(this.#sparse.pop(), 'slabs: a sparse slab is listed');
      if (last !== number) {
        this.#sparse[slab.sparseAt] = last;
        (this.#slabs[last] as Slab).sparseAt = slab.sparseAt;
      }
      slab.sparseAt = NOT_SPARSE;
    }
    if (slab.bytes.length !== this.slabBytes) return;
    slab.fill = 0;
    this.#spare ??= slab;
  }

  #adopt(slab: Slab): number {
    const number = this.#freeNumbers.pop() ?? this.#slabs.length;
    assert(number < 2 ** (32 - this.#slabShift) - 1, 'slabs: out of slab numbers');
    this.#slabs[number] = slab;
    return number;
  }

  #isLarge(units: number): boolean {
    return units > (this.#unitMask + 1) >>> 2;
  }

  #ref(number: number, unit: number): SlabRef {
    return ((number << this.#slabShift) | unit) >>> 0;
  }

  #slabOf(ref: SlabRef): Slab {
    return this.#slabs[ref >>> this.#slabShift] as Slab;
  }

  #offset(ref: SlabRef): number {
    return (ref & this.#unitMask) << UNIT_SHIFT;
  }
}

/** The four bytes of `bytes[at, end)` as a big-endian number, zeros behind the end. */
export function bigEndianWord(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 <= end) {
    return (
      (((bytes[at] as number) << 24) |
        ((bytes[at + 1] as number) << 16) |
        ((bytes[at + 2] as number) << 8) |
        (bytes[at + 3] as number)) >>>
      0
    );
  }
  let word = 0;
  for (let i = at; i < at + 4; i++) word = (word << 8) | (i < end ? (bytes[i] as number) : 0);
  return word >>> 0;
}

function isSparse(slab: Slab): boolean {
  return slab.live * 2 < slab.units;
}

function unitsFor(length: number): number {
  return (HEADER_BYTES + length + 7) >>> UNIT_SHIFT;
}
