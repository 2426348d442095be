/** Body bytes of one stream that wait to be sent; gRPC prefixes are made when they leave. */
import { assert, defined } from '../base/assert.ts';

/** A byte for "not compressed" and four for the length. */
export const MESSAGE_PREFIX_BYTES = 5;

class Piece {
  readonly bytes: Uint8Array;
  /** 0, or {@link MESSAGE_PREFIX_BYTES}: what goes before the bytes. */
  readonly prefixBytes: number;
  next: Piece | undefined = undefined;

  constructor(bytes: Uint8Array, prefixBytes: number) {
    this.bytes = bytes;
    this.prefixBytes = prefixBytes;
  }
}

export class SendBuffer {
  /** Bytes that wait, prefixes included. */
  length = 0;
  #first: Piece | undefined = undefined;
  #last: Piece | undefined = undefined;
  /** Bytes of the first piece, its prefix included, that have left. */
  #taken = 0;

  /** Appends `bytes`, which must not change any more. */
  add(bytes: Uint8Array, prefixBytes: number): void {
    if (bytes.length + prefixBytes === 0) return;
    const piece = new Piece(bytes, prefixBytes);
    if (this.#last === undefined) this.#first = piece;
    else this.#last.next = piece;
    this.#last = piece;
    this.length += bytes.length + prefixBytes;
  }

  /** Moves the first `count` bytes to `target`. */
  moveTo(target: Uint8Array, at: number, count: number): void {
    const end = at + count;
    let next = at;
    while (next < end) {
      const piece = defined(this.#first, 'send buffer: fewer bytes than asked for');
      next = this.#movePrefix(piece, target, next, end);
      next = this.#moveBytes(piece, target, next, end);
      if (this.#taken === piece.prefixBytes + piece.bytes.length) this.#dropFirst(piece);
    }
    this.length -= count;
  }

  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
    this.#taken = 0;
    this.length = 0;
  }

  checkInvariants(): void {
    let length = -this.#taken;
    let last: Piece | undefined;
    for (let piece = this.#first; piece !== undefined; piece = piece.next) {
      length += piece.prefixBytes + piece.bytes.length;
      last = piece;
    }
    assert(length === this.length, 'send buffer: its length is not that of its pieces');
    assert(last === this.#last, 'send buffer: its last piece is not the last');
  }

  /** Writes what is left of the prefix to `target[at, end)`; returns where that ends. */
  #movePrefix(piece: Piece, target: Uint8Array, at: number, end: number): number {
    const length = piece.bytes.length;
    let next = at;
    while (this.#taken < piece.prefixBytes && next < end) {
      // The first byte says "not compressed", the others are the length, highest byte first.
      const shift = 8 * (MESSAGE_PREFIX_BYTES - 1 - this.#taken);
      target[next++] = shift === 32 ? 0 : length >>> shift;
      this.#taken++;
    }
    return next;
  }

  #moveBytes(piece: Piece, target: Uint8Array, at: number, end: number): number {
    const from = this.#taken - piece.prefixBytes;
    const count = Math.min(end - at, piece.bytes.length - from);
    if (count <= 0) return at;
    const isWhole = count === piece.bytes.length;
    target.set(isWhole ? piece.bytes : piece.bytes.subarray(from, from + count), at);
    this.#taken += count;
    return at + count;
  }

  #dropFirst(piece: Piece): void {
    this.#first = piece.next;
    if (piece.next === undefined) this.#last = undefined;
    // Or one that V8 has promoted would keep all that came after it from cheap collection.
    piece.next = undefined;
    this.#taken = 0;
  }
}
