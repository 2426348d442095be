/**
 * Takes messages out of a body: each has a prefix of five bytes, a flag (1: compressed) and its
 * length. However the bytes are split, the messages are the same.
 */
import { assert } from '../base/assert.ts';
import { EMPTY_BYTES, readU32Be } from '../base/bytes.ts';
import type { Http2Stream } from '../http2/index.ts';
import { PREFIX_BYTES } from './message-prefix.ts';
import type { RpcFailure } from './status.ts';

export class MessageReader {
  readonly #messageBytesMax: number;
  /** What is not read yet is `[start, end)` of it. */
  #buffer: Uint8Array = EMPTY_BYTES;
  #start = 0;
  #end = 0;
  /** The buffer is this reader's own, not a view of what the socket read. */
  #isOwn = true;
  #isMissingTold = false;
  /** First byte of the prefix of the message read last. */
  flag = 0;
  /** The message read last: a view of the pushed bytes, or of bytes nobody else holds. */
  message: Uint8Array = EMPTY_BYTES;
  /** Why no more can be read. */
  failure: RpcFailure | undefined;

  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax;
  }

  /** Adds a piece of the body: a view that is held until `settle`. */
  push(bytes: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#buffer = bytes;
      this.#start = 0;
      this.#end = bytes.length;
      this.#isOwn = false;
      return;
    }
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** True with the next message in `message`; false: it is not complete, or there is a failure. */
  read(): boolean {
    const waiting = this.#end - this.#start;
    if (waiting < PREFIX_BYTES || this.failure !== undefined) return false;
    const length = this.#length();
    if (length > this.#messageBytesMax) {
      const message = `grpc: received message larger than max (${length} vs. ${this.#messageBytesMax})`;
      this.failure = { code: 'ResourceExhausted', message };
      return false;
    }
    const next = this.#start + PREFIX_BYTES + length;
    if (next > this.#end) return false;
    this.flag = this.#buffer[this.#start] as number;
    this.message = this.#buffer.subarray(this.#start + PREFIX_BYTES, next);
    this.#start = next;
    this.#isMissingTold = false;
    return true;
  }

  /**
   * Keeps what is not read in memory of its own, so that a few bytes do not pin all that the socket
   * read with them. To be called when no more is read for now.
   */
  settle(): void {
    this.message = EMPTY_BYTES;
    if (this.#start < this.#end) {
      if (!this.#isOwn) this.#reserve(0);
      return;
    }
    this.#buffer = EMPTY_BYTES;
    this.#start = 0;
    this.#end = 0;
    this.#isOwn = true;
  }

  /** Bytes that the message at hand lacks, told once as soon as its length is known; or 0. */
  takeMissing(): number {
    if (this.#isMissingTold) return 0;
    const missing = this.#missing();
    this.#isMissingTold = missing > 0;
    return missing;
  }

  /** An end here cuts a message. Less than a prefix is nothing, as for grpc-go. */
  get isInMessage(): boolean {
    return this.#end - this.#start >= PREFIX_BYTES;
  }

  checkInvariants(): void {
    assert(0 <= this.#start && this.#start <= this.#end, 'reader: start <= end');
    assert(this.#end <= this.#buffer.length, 'reader: end is within the buffer');
    assert(!this.#isOwn || this.#buffer.length <= 2 * this.#end, 'reader: no claim is trusted');
  }

  #missing(): number {
    const waiting = this.#end - this.#start;
    if (waiting < PREFIX_BYTES || this.failure !== undefined) return 0;
    return Math.max(0, PREFIX_BYTES + this.#length() - waiting);
  }

  #length(): number {
    return readU32Be(this.#buffer, this.#start + 1);
  }

  /** Makes the buffer an own one with room for `bytes` behind its end. */
  #reserve(bytes: number): void {
    if (this.#isOwn && this.#end + bytes <= this.#buffer.length) return;
    const held = this.#end - this.#start;
    const missing = this.#missing();
    // Doubled, and not as large as the peer claims: memory is for bytes that came.
    const wanted = missing > 0 ? Math.min(2 * held, held + missing) : 2 * held;
    const buffer = new Uint8Array(Math.max(held + bytes, wanted));
    buffer.set(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = buffer;
    this.#start = 0;
    this.#end = held;
    this.#isOwn = true;
  }
}

/** Lets the client send the rest of a message that `reader` waits for, if it was not told so. */
export function expectRest(reader: MessageReader, stream: Pick<Http2Stream, 'expect'>): void {
  const missing = reader.takeMissing();
  if (missing > 0) stream.expect(missing);
}
