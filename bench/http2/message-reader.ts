/** Cuts the DATA of one stream into gRPC messages. */
import { readU32Be } from '../../src/base/bytes.ts';
import { checkProtocol } from '../bench-error.ts';
import { writeU32 } from './frame.ts';

/** A byte for compression and four for the length come before each message. */
export const MESSAGE_PREFIX_BYTES = 5;

/** A longer message is taken for a broken stream: BENCH_PROTOCOL. */
export const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

/** A message with its prefix. */
export function framedMessage(body: Uint8Array): Uint8Array {
  const framed = new Uint8Array(MESSAGE_PREFIX_BYTES + body.length);
  writeU32(framed, 1, body.length);
  framed.set(body, MESSAGE_PREFIX_BYTES);
  return framed;
}

/** Told of the message `bytes[start, end)`, valid for the moment. */
export type OnMessage = (bytes: Uint8Array, start: number, end: number) => void;

export class MessageReader {
  readonly #onMessage: OnMessage;
  /** A message in parts: `[0, #kept)` of it, prefix included. */
  #partial: Uint8Array = new Uint8Array(0);
  #kept = 0;

  constructor(onMessage: OnMessage) {
    this.#onMessage = onMessage;
  }

  /** True when no message has begun without ending. */
  get idle(): boolean {
    return this.#kept === 0;
  }

  /** Takes `bytes[start, end)`. Throws BENCH_PROTOCOL. */
  push(bytes: Uint8Array, start: number, end: number): void {
    if (this.#kept > 0) {
      this.#append(bytes.subarray(start, end));
      if (!this.#partialIsWhole()) return;
      const partial = this.#partial;
      const length = this.#kept;
      this.#kept = 0;
      this.#cut(partial, 0, length);
    } else this.#cut(bytes, start, end);
  }

  #cut(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (end - at >= MESSAGE_PREFIX_BYTES) {
      const messageEnd = endOfMessage(bytes, at);
      if (messageEnd > end) break;
      this.#onMessage(bytes, at + MESSAGE_PREFIX_BYTES, messageEnd);
      at = messageEnd;
    }
    if (at < end) this.#append(bytes.subarray(at, end));
  }

  #partialIsWhole(): boolean {
    return this.#kept >= MESSAGE_PREFIX_BYTES && this.#kept >= endOfMessage(this.#partial, 0);
  }

  #append(part: Uint8Array): void {
    const needed = this.#kept + part.length;
    if (needed > this.#partial.length) {
      const larger = new Uint8Array(needed * 2);
      larger.set(this.#partial.subarray(0, this.#kept));
      this.#partial = larger;
    }
    // The part may lie in the same buffer, further back: `set` moves, it does not smear.
    this.#partial.set(part, this.#kept);
    this.#kept = needed;
  }
}

/** End of the message whose prefix starts at `at`, exclusive. */
function endOfMessage(bytes: Uint8Array, at: number): number {
  checkProtocol(bytes[at] === 0, 'compressed gRPC message');
  const length = readU32Be(bytes, at + 1);
  checkProtocol(length <= MESSAGE_BYTES_MAX, `gRPC message of ${length} bytes`);
  return at + MESSAGE_PREFIX_BYTES + length;
}
