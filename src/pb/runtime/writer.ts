/**
 * Writes the protobuf wire format from back to front: the last field first, and of each field
 * the value, then its length, then its tag. So every length is known when it is written, and
 * one pass gives the shortest encoding.
 */
import { assert } from '../../base/assert.ts';
import { writeU64Be } from '../../base/bytes.ts';
import { utf8Bytes } from '../../base/utf8.ts';

const INITIAL_BYTES = 1024;

/** A buffer larger than this goes to the caller with its message instead of being kept. */
export const RETAINED_BYTES_MAX = 65536;

/** A message goes out in its own buffer if that is larger by at most this part of it. */
const SPARE_PART_MAX = 16;

const halves = new DataView(new ArrayBuffer(8));

/** One message at a time: `reset`, writes, `finish` or `view`. */
export class Writer {
  #buffer: Uint8Array = new Uint8Array(INITIAL_BYTES);
  /** The message so far is buffer[at, buffer.length). */
  #at: number = INITIAL_BYTES;

  /** Bytes written since `reset`; taken before a message or run, it is what `delimit` needs. */
  get length(): number {
    return this.#buffer.length - this.#at;
  }

  reset(): void {
    if (this.#buffer.length > RETAINED_BYTES_MAX) this.#buffer = new Uint8Array(INITIAL_BYTES);
    this.#at = this.#buffer.length;
  }

  /** The message where it was written: good until the next `reset`. */
  view(): Uint8Array {
    return this.#buffer.subarray(this.#at);
  }

  /** The message, in bytes of its own. The writer must be reset before the next one. */
  finish(): Uint8Array {
    if (this.#buffer.length <= RETAINED_BYTES_MAX) return this.#buffer.slice(this.#at);
    const message = this.#buffer.subarray(this.#at);
    const spare = this.#at;
    this.#buffer = new Uint8Array(INITIAL_BYTES);
    this.#at = INITIAL_BYTES;
    // Who keeps the message keeps the whole buffer: rather copy than hold on to much unused.
    return spare > message.length / SPARE_PART_MAX ? message.slice() : message;
  }

  tag(tag: number): void {
    this.uint32(tag);
  }

  /** Makes what was written since `length` was `mark` a length-delimited value. */
  delimit(mark: number): void {
    this.uint32(this.length - mark);
  }

  bool(value: boolean): void {
    this.#reserve(1);
    this.#buffer[--this.#at] = value ? 1 : 0;
  }

  /** An enum value; a negative one takes ten bytes, as the format wants. */
  enum(value: number): void {
    this.#varint(value >>> 0, value < 0 ? 0xffff_ffff : 0);
  }

  uint32(value: number): void {
    if (value < 0x80) {
      this.#reserve(1);
      this.#buffer[--this.#at] = value;
      return;
    }
    this.#varint(value >>> 0, 0);
  }

  /** An int64 held as a number. */
  int64Counter(value: number): void {
    assert(Number.isSafeInteger(value), 'counter fits a number');
    this.#varint(value >>> 0, Math.floor(value / 0x1_0000_0000) >>> 0);
  }

  /** A uint64 held as a number. */
  uint64Counter(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'counter fits a number and is not negative');
    this.#varint(value >>> 0, Math.floor(value / 0x1_0000_0000));
  }

  /** The low 64 bits of `value`. */
  int64(value: bigint): void {
    halves.setBigInt64(0, value);
    this.#varint(halves.getUint32(4), halves.getUint32(0));
  }

  /** The low 64 bits of `value`. */
  uint64(value: bigint): void {
    halves.setBigUint64(0, value);
    this.#varint(halves.getUint32(4), halves.getUint32(0));
  }

  /** Eight bytes, big-endian: no part of a message, but what stands before one on some streams. */
  u64Be(value: number): void {
    this.#reserve(8);
    this.#at -= 8;
    writeU64Be(this.#buffer, this.#at, value);
  }

  /** Copies `value`, with its length before it. */
  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#at -= value.length;
    this.#buffer.set(value, this.#at);
    this.uint32(value.length);
  }

  string(value: string): void {
    const mark = this.length;
    this.#reserve(value.length);
    let at = this.#at;
    for (let i = value.length - 1; i >= 0; i--) {
      const unit = value.charCodeAt(i);
      if (unit >= 0x80) {
        this.bytes(utf8Bytes(value));
        return;
      }
      this.#buffer[--at] = unit;
    }
    this.#at = at;
    this.delimit(mark);
  }

  #varint(low: number, high: number): void {
    const size = varintSize(low, high);
    this.#reserve(size);
    this.#at -= size;
    const buffer = this.#buffer;
    let at = this.#at;
    let rest = low;
    let restHigh = high;
    for (let left = size; left > 1; left--) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest = ((rest >>> 7) | (restHigh << 25)) >>> 0;
      restHigh >>>= 7;
    }
    buffer[at] = rest;
  }

  /** Makes room for `size` more bytes before those written. */
  #reserve(size: number): void {
    if (size <= this.#at) return;
    const used = this.length;
    // With room for the tags and lengths that come before a long value, lest they double it.
    const grown = new Uint8Array(Math.max(this.#buffer.length * 2, used + size + INITIAL_BYTES));
    grown.set(this.#buffer.subarray(this.#at), grown.length - used);
    this.#buffer = grown;
    this.#at = grown.length - used;
  }
}

/** Bytes that the varint of high * 2^32 + low takes, 1 to 10. */
function varintSize(low: number, high: number): number {
  if (high === 0) {
    if (low < 0x80) return 1;
    if (low < 0x4000) return 2;
    if (low < 0x20_0000) return 3;
    return low < 0x1000_0000 ? 4 : 5;
  }
  if (high < 0x8) return 5;
  if (high < 0x400) return 6;
  if (high < 0x2_0000) return 7;
  if (high < 0x100_0000) return 8;
  return high < 0x8000_0000 ? 9 : 10;
}

/** The writer behind every `encode`: encoding is synchronous, so one is enough. */
export const sharedWriter: Writer = new Writer();
