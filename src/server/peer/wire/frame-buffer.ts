/** Frames on their way out, one behind the other, in one growing piece of memory. */
import { writeU64Be } from '../../../base/bytes.ts';

const INITIAL_BYTES = 4096;

export class FrameBuffer {
  #buffer: Uint8Array = new Uint8Array(INITIAL_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  /** Eight bytes, big-endian. */
  u64(value: number): void {
    this.#reserve(8);
    writeU64Be(this.#buffer, this.#length, value);
    this.#length += 8;
  }

  /** The length in eight bytes, and the bytes. */
  delimited(bytes: Uint8Array): void {
    this.u64(bytes.length);
    this.raw(bytes);
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** All that was written, which is the caller's; the buffer is empty then. */
  take(): Uint8Array {
    const written = this.#buffer.subarray(0, this.#length);
    this.#buffer = new Uint8Array(INITIAL_BYTES);
    this.#length = 0;
    return written;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}
