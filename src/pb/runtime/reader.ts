/**
 * Reads the protobuf wire format, https://protobuf.dev/programming-guides/encoding/.
 *
 * Strict where a Go peer of the 3.6 line is: what it refuses to decode, this refuses too.
 */
import { latin1 } from '../../base/bytes.ts';
import { utf8Text } from '../../base/utf8.ts';
import { WireError } from './wire-error.ts';

/**
 * Messages (or groups) inside one another; deeper input throws WIRE_DEPTH. Go's bound is 10 000.
 * Each level costs stack, here (measured: 7000 levels fill Node's default stack while nothing is
 * optimised yet) and in everything that walks the result, so this keeps a factor of seven.
 */
export const MESSAGE_DEPTH_MAX = 1000;

const FIELD_NUMBER_MAX = 0x1fff_ffff;
const TWO_TO_32 = 0x1_0000_0000;

const WireType = { varint: 0, fixed64: 1, delimited: 2, groupStart: 3, groupEnd: 4, fixed32: 5 };

/** Splits or joins the two halves of a 64-bit value. */
const halves = new DataView(new ArrayBuffer(8));

/**
 * A cursor over one message. Methods throw {@link WireError}; after that the reader is spent.
 * Byte fields come back as views of the input: who keeps one beyond the input's life copies it.
 */
export class Reader {
  readonly #bytes: Uint8Array;
  #at: number;
  /** End of the innermost message being read, exclusive. Invariant: at <= end <= bytes.length. */
  #end: number;
  #depth = 0;
  /** Halves of the last varint read by #varint, as unsigned 32-bit numbers. */
  #low = 0;
  #high = 0;

  /** Reads `bytes[start, end)`. */
  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** True when the innermost message or packed run has been read to its end. */
  get done(): boolean {
    return this.#at === this.#end;
  }

  /** The next field's tag: number << 3 | wire type, unsigned. */
  tag(): number {
    if (this.#at < this.#end) {
      const byte = this.#bytes[this.#at] as number;
      if (byte < 0x80 && byte >= 8) {
        this.#at++;
        return byte;
      }
    }
    this.#varint();
    const number = this.#low >>> 3;
    if (this.#high !== 0 || number === 0) {
      throw new WireError('WIRE_FIELD_NUMBER', `field number must be in [1, ${FIELD_NUMBER_MAX}]`);
    }
    return this.#low;
  }

  /** Steps into an embedded message or packed run; returns what {@link leave} needs. */
  enter(): number {
    const length = this.#length();
    if (++this.#depth > MESSAGE_DEPTH_MAX) {
      throw new WireError('WIRE_DEPTH', `messages nested deeper than ${MESSAGE_DEPTH_MAX}`);
    }
    const outerEnd = this.#end;
    this.#end = this.#at + length;
    return outerEnd;
  }

  /** Steps out of what {@link enter} stepped into, when it is done. */
  leave(outerEnd: number): void {
    this.#depth--;
    this.#end = outerEnd;
  }

  bool(): boolean {
    this.#varint();
    return (this.#low | this.#high) !== 0;
  }

  /** An enum value: the low 32 bits, signed; values without a name pass. */
  enum(): number {
    this.#varint();
    return this.#low | 0;
  }

  uint32(): number {
    this.#varint();
    return this.#low;
  }

  /** An int64 as a number; beyond 2^53 - 1 either way it saturates. */
  int64Counter(): number {
    this.#varint();
    const value = (this.#high | 0) * TWO_TO_32 + this.#low;
    if (value > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
    return value < Number.MIN_SAFE_INTEGER ? Number.MIN_SAFE_INTEGER : value;
  }

  /** A uint64 as a number; beyond 2^53 - 1 it saturates. */
  uint64Counter(): number {
    this.#varint();
    const value = this.#high * TWO_TO_32 + this.#low;
    return value > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : value;
  }

  int64(): bigint {
    this.#varint();
    halves.setUint32(0, this.#high);
    halves.setUint32(4, this.#low);
    return halves.getBigInt64(0);
  }

  uint64(): bigint {
    this.#varint();
    halves.setUint32(0, this.#high);
    halves.setUint32(4, this.#low);
    return halves.getBigUint64(0);
  }

  /** A view of the input. */
  bytes(): Uint8Array {
    const length = this.#length();
    const start = this.#at;
    this.#at = start + length;
    return this.#bytes.subarray(start, this.#at);
  }

  string(): string {
    const text = utf8Text(this.bytes());
    if (text === undefined) throw new WireError('WIRE_UTF8', 'string is not valid UTF-8');
    return text;
  }

  /** A proto2 string, which may hold any bytes: what is not UTF-8 is read as Latin-1. */
  uncheckedString(): string {
    const bytes = this.bytes();
    return utf8Text(bytes) ?? latin1(bytes);
  }

  /**
   * Skips a field the message does not have. `known` are the numbers it has: one of them here
   * means that the field came with the wrong wire type.
   */
  skipUnknown(tag: number, known: readonly number[]): void {
    if (known.includes(tag >>> 3)) {
      throw new WireError('WIRE_TYPE', `field ${tag >>> 3} has wire type ${tag & 7}`);
    }
    this.#skip(tag);
  }

  #skip(tag: number): void {
    switch (tag & 7) {
      case WireType.varint:
        this.#varint();
        return;
      case WireType.fixed64:
        this.#advance(8);
        return;
      case WireType.delimited:
        this.#advance(this.#length());
        return;
      case WireType.groupStart:
        this.#skipGroup(tag >>> 3);
        return;
      case WireType.groupEnd:
        throw new WireError('WIRE_GROUP', `group ${tag >>> 3} ends without having begun`);
      case WireType.fixed32:
        this.#advance(4);
        return;
      default:
        throw new WireError('WIRE_TYPE', `wire type ${tag & 7} does not exist`);
    }
  }

  #skipGroup(number: number): void {
    if (++this.#depth > MESSAGE_DEPTH_MAX) {
      throw new WireError('WIRE_DEPTH', `groups nested deeper than ${MESSAGE_DEPTH_MAX}`);
    }
    const end = ((number << 3) | WireType.groupEnd) >>> 0;
    for (let tag = this.tag(); tag !== end; tag = this.tag()) this.#skip(tag);
    this.#depth--;
  }

  #advance(length: number): void {
    if (length > this.#end - this.#at) throw truncated();
    this.#at += length;
  }

  /** A length prefix; the bytes it announces are there. */
  #length(): number {
    this.#varint();
    if (this.#high !== 0 || this.#low > this.#end - this.#at) throw truncated();
    return this.#low;
  }

  /** Reads a varint of up to 64 bits into #low and #high. */
  #varint(): void {
    const bytes = this.#bytes;
    let at = this.#at;
    if (at >= this.#end) throw truncated();
    let byte = bytes[at++] as number;
    let low = byte & 0x7f;
    let high = 0;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (at >= this.#end) throw truncated();
      byte = bytes[at++] as number;
      const part = byte & 0x7f;
      if (shift < 28) low |= part << shift;
      else if (shift === 28) {
        low |= part << 28;
        high = part >>> 4;
      } else if (shift < 63) high |= part << (shift - 32);
      else if (byte > 1) throw new WireError('WIRE_VARINT', 'varint is longer than 64 bits');
      else high |= byte << 31;
    }
    this.#at = at;
    this.#low = low >>> 0;
    this.#high = high >>> 0;
  }
}

function truncated(): WireError {
  return new WireError('WIRE_TRUNCATED', 'unexpected end of input');
}
