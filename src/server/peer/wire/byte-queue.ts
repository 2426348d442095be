/**
 * Bytes as they come in, to be taken out in other portions. Memory grows with what has come, never
 * with what a length field claims, and a sender of many tiny chunks costs no more than one of few.
 */
import { assert } from '../../../base/assert.ts';
import { readU64Be } from '../../../base/bytes.ts';

const INITIAL_BYTES = 4096;
/** A buffer that is larger than this is let go when it is empty. */
const KEPT_BYTES_MAX = 1 << 20;

export class ByteQueue {
  #buffer: Uint8Array = new Uint8Array(INITIAL_BYTES);
  /** What waits is buffer[start, end). */
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** Copies `chunk`. */
  push(chunk: Uint8Array): void {
    this.#reserve(chunk.length);
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The byte `at` places behind the next one. */
  byteAt(at: number): number {
    assert(at < this.length, 'a byte that has come');
    return this.#buffer[this.#start + at] as number;
  }

  /** The 8 bytes from `at` on as a big-endian number; from 2^53 on it is not exact. */
  u64At(at: number): number {
    assert(at + 8 <= this.length, 'bytes that have come');
    return readU64Be(this.#buffer, this.#start + at);
  }

  skip(count: number): void {
    assert(count <= this.length, 'skipped is what has come');
    this.#start += count;
    if (this.#start < this.#end) return;
    this.#start = 0;
    this.#end = 0;
    if (this.#buffer.length > KEPT_BYTES_MAX) this.#buffer = new Uint8Array(INITIAL_BYTES);
  }

  /** The next `count` bytes, in memory of their own. */
  take(count: number): Uint8Array {
    const bytes = this.#buffer.slice(this.#start, this.#start + count);
    this.skip(count);
    return bytes;
  }

  checkInvariants(): void {
    assert(this.#start <= this.#end, 'nothing is taken that has not come');
    assert(this.#end <= this.#buffer.length, 'what waits is in the buffer');
    assert(this.#start < this.#end || this.#start === 0, 'an empty queue begins anew');
  }

  #reserve(count: number): void {
    if (this.#end + count <= this.#buffer.length) return;
    const needed = this.length + count;
    const isRoomy = needed * 2 <= this.#buffer.length;
    const grown = isRoomy
      ? this.#buffer
      : new Uint8Array(Math.max(needed, Math.min(this.#buffer.length * 2, 2 * needed)));
    grown.set(this.#buffer.subarray(this.#start, this.#end));
    this.#end = this.length;
    this.#start = 0;
    this.#buffer = grown;
  }
}
