/**
 * What peers make the server hold for them: bodies that nobody has taken, answers that they do not
 * read, and what each open stream takes.
 */
import { assert } from '../base/assert.ts';

/** Who makes the server hold more than this on one connection gets nothing more held there. */
export const HELD_BYTES_MAX = 268_435_456;
/**
 * The same for all connections of a server together. Beyond it, those that hold little go on:
 * {@link HELD_BYTES_SHARE} each.
 */
export const HELD_BYTES_TOTAL_MAX = 1_073_741_824;
/** What a connection may always make the server hold, whatever others do. */
export const HELD_BYTES_SHARE = 1_048_576;

/** Of all connections of a server. */
export class HeldTotal {
  bytes = 0;
}

/** Of one connection. */
export class HeldBytes {
  readonly #total: HeldTotal;
  #bytes = 0;

  constructor(total: HeldTotal) {
    this.#total = total;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Whether `bytes` more may be held. Until a bound is reached this is true of any number, so that
   * an answer larger than all bounds can be given to who reads it.
   */
  hasRoom(bytes: number): boolean {
    if (this.#bytes >= HELD_BYTES_MAX) return false;
    return this.#total.bytes < HELD_BYTES_TOTAL_MAX || this.#bytes + bytes <= HELD_BYTES_SHARE;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    this.#total.bytes += bytes;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
    this.#total.bytes -= bytes;
  }

  checkInvariants(): void {
    assert(this.#bytes >= 0, 'held bytes: more was released than held');
    assert(this.#total.bytes >= this.#bytes, 'held bytes: the total lacks some');
  }
}
