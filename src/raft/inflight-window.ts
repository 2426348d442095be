/**
 * The appends to one member that are under way: how many may be is bounded by their number and
 * by their bytes, so that neither a slow member nor a lost connection piles them up.
 */
import { assert } from '../base/assert.ts';
import type { LogIndex } from '../base/ids.ts';

export interface InflightLimits {
  /** Appends under way. */
  readonly messagesMax: number;
  /** Bytes of their entries; the append that reaches it still goes. */
  readonly bytesMax: number;
}

/** A ring of the appends in the order they were sent. */
export class InflightWindow {
  readonly #limits: InflightLimits;
  /** Last index of each append. */
  #indexes = new Float64Array(0);
  #sizes = new Float64Array(0);
  #start = 0;
  #count = 0;
  #bytes = 0;

  constructor(limits: InflightLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= this.#limits.messagesMax || this.#bytes >= this.#limits.bytesMax;
  }

  /** Notes an append of `bytes` that ends with `lastIndex`. */
  add(lastIndex: LogIndex, bytes: number): void {
    assert(!this.isFull, 'nothing is sent beyond the window');
    if (this.#indexes.length === 0) {
      this.#indexes = new Float64Array(this.#limits.messagesMax);
      this.#sizes = new Float64Array(this.#limits.messagesMax);
    }
    const at = (this.#start + this.#count) % this.#indexes.length;
    this.#indexes[at] = lastIndex;
    this.#sizes[at] = bytes;
    this.#count++;
    this.#bytes += bytes;
  }

  /** The member has everything up to `index`: the appends up to there are done. */
  freeTo(index: LogIndex): void {
    while (this.#count > 0 && (this.#indexes[this.#start] as number) <= index) {
      this.#bytes -= this.#sizes[this.#start] as number;
      this.#start = (this.#start + 1) % this.#indexes.length;
      this.#count--;
    }
  }

  clear(): void {
    this.#start = 0;
    this.#count = 0;
    this.#bytes = 0;
  }

  checkInvariants(): void {
    assert(this.#count <= this.#limits.messagesMax, 'count <= messagesMax');
    let bytes = 0;
    let last = 0;
    for (let nth = 0; nth < this.#count; nth++) {
      const at = (this.#start + nth) % this.#indexes.length;
      bytes += this.#sizes[at] as number;
      assert((this.#indexes[at] as number) > last, 'appends under way are in the order of the log');
      last = this.#indexes[at] as number;
    }
    assert(this.#bytes === bytes, 'bytes are the sum over the appends');
  }
}
