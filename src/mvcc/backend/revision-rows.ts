/**
 * A run of rows of bucket `key` in memory, ascending by (main, sub): columns in typed arrays and
 * values in byte slabs, so that a row costs no object until it is read.
 *
 * Rows are only ever added, and neither columns nor slabs are reused for other rows. So who
 * remembers `length` holds an immutable state of the run, and views of a value stay valid.
 */
import { assert, defined } from '../../base/assert.ts';
import type { Revision } from '../../base/ids.ts';
import type { HistoryRow } from '../ports.ts';

const ROWS_INITIAL = 16;
const SLAB_BYTES_INITIAL = 1024;
/** Slabs double up to this size; a value that is longer gets a slab of its own length. */
const SLAB_BYTES_MAX = 1024 * 1024;
/** Bytes of the six columns for one row. */
const ROW_BYTES = 8 + 4 + 1 + 4 + 4 + 4;
/** What the objects of one run cost beside columns and slabs, roughly. */
const RUN_BYTES = 1024;

export class RevisionRows {
  #length = 0;
  #mains = new Float64Array(ROWS_INITIAL);
  #subs = new Uint32Array(ROWS_INITIAL);
  #tombstones = new Uint8Array(ROWS_INITIAL);
  /** Where a row's value is: slab, offset in it, length. */
  #slabOf = new Uint32Array(ROWS_INITIAL);
  #offsets = new Uint32Array(ROWS_INITIAL);
  #sizes = new Uint32Array(ROWS_INITIAL);

  readonly #slabs: Uint8Array[] = [];
  #slabBytes = 0;
  /** Bytes taken in the last slab. */
  #slabUsed = 0;

  get length(): number {
    return this.#length;
  }

  /** Bytes held, capacity included. */
  get bytesUsed(): number {
    return RUN_BYTES + this.#mains.length * ROW_BYTES + this.#slabBytes;
  }

  /** Main revision of the row at `index`, in [0, length). */
  mainAt(index: number): Revision {
    assert(index >= 0 && index < this.#length, 'row index out of range');
    return this.#mains[index] as number;
  }

  /** Adds a row greater than all before it; copies `kv`. */
  append(row: HistoryRow): void {
    const index = this.#length;
    assert(index === 0 || this.#compare(index - 1, row.main, row.sub) < 0, 'rows must ascend');
    if (index === this.#mains.length) this.#growColumns();
    const slab = this.#slabWithRoomFor(row.kv.length);
    slab.set(row.kv, this.#slabUsed);
    this.#mains[index] = row.main;
    this.#subs[index] = row.sub;
    this.#tombstones[index] = row.tombstone ? 1 : 0;
    this.#slabOf[index] = this.#slabs.length - 1;
    this.#offsets[index] = this.#slabUsed;
    this.#sizes[index] = row.kv.length;
    this.#slabUsed += row.kv.length;
    this.#length = index + 1;
  }

  /** Index of the first row at or after (main, sub); `length` when there is none. */
  lowerBound(main: Revision, sub: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(middle, main, sub) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The row (main, sub), if it is here. */
  find(main: Revision, sub: number): HistoryRow | undefined {
    const index = this.lowerBound(main, sub);
    const isHere = index < this.#length && this.#compare(index, main, sub) === 0;
    return isHere ? this.rowAt(index) : undefined;
  }

  /** The row at `index`; `kv` is a view of memory that never changes (but keeps a slab alive). */
  rowAt(index: number): HistoryRow {
    const main = this.mainAt(index);
    const slab = defined(this.#slabs[this.#slabOf[index] as number], 'a row has a slab');
    const start = this.#offsets[index] as number;
    return {
      main,
      sub: this.#subs[index] as number,
      tombstone: this.#tombstones[index] === 1,
      kv: slab.subarray(start, start + (this.#sizes[index] as number)),
    };
  }

  #compare(index: number, main: Revision, sub: number): number {
    return (this.#mains[index] as number) - main || (this.#subs[index] as number) - sub;
  }

  #slabWithRoomFor(bytes: number): Uint8Array {
    const last = this.#slabs.at(-1);
    if (last !== undefined && this.#slabUsed + bytes <= last.length) return last;
    const doubled = last === undefined ? SLAB_BYTES_INITIAL : last.length * 2;
    const slab = new Uint8Array(Math.max(Math.min(doubled, SLAB_BYTES_MAX), bytes));
    this.#slabs.push(slab);
    this.#slabBytes += slab.length;
    this.#slabUsed = 0;
    return slab;
  }

  #growColumns(): void {
    const capacity = this.#mains.length * 2;
    const mains = new Float64Array(capacity);
    mains.set(this.#mains);
    this.#mains = mains;
    const tombstones = new Uint8Array(capacity);
    tombstones.set(this.#tombstones);
    this.#tombstones = tombstones;
    this.#subs = grown(this.#subs, capacity);
    this.#slabOf = grown(this.#slabOf, capacity);
    this.#offsets = grown(this.#offsets, capacity);
    this.#sizes = grown(this.#sizes, capacity);
  }

  checkInvariants(): void {
    let slabBytes = 0;
    for (const slab of this.#slabs) slabBytes += slab.length;
    assert(slabBytes === this.#slabBytes, 'slab bytes are counted');
    for (let index = 0; index < this.#length; index++) {
      const { main, sub } = this.rowAt(index);
      assert(index === 0 || this.#compare(index - 1, main, sub) < 0, 'rows ascend');
    }
  }
}

function grown(column: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(capacity);
  larger.set(column);
  return larger;
}
