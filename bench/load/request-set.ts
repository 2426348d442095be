/** Requests encoded before the clock starts, in one slab. */

import { writeU32 } from '../http2/frame.ts';
import { MESSAGE_PREFIX_BYTES } from '../http2/message-reader.ts';
import type { OutgoingMessage } from '../http2/request-sender.ts';

/** Checks the answer `bytes[start, end)` to the request at `index`. Throws BENCH_ANSWER. */
export type CheckAnswer = (bytes: Uint8Array, start: number, end: number, index: number) => void;

/** What requests to one method have in common. */
export interface RequestKind {
  readonly path: string;
  /** True: each acknowledged request moves the store's revision by one. */
  readonly writes: boolean;
  /** True: a message on a stream that stays open; false: a call of its own. */
  readonly streaming: boolean;
  readonly check: CheckAnswer;
}

export interface Request {
  readonly kind: RequestKind;
  /** The encoded message, without prefix. */
  readonly body: Uint8Array;
}

export class RequestSet {
  readonly #kinds: readonly RequestKind[];
  #slab = new Uint8Array(1 << 16);
  /** Request i is `slab[starts[i], starts[i + 1])`. */
  readonly #starts: Float64Array;

  /** Builds requests 0 to `length` - 1. */
  constructor(length: number, build: (index: number) => Request) {
    const kinds: RequestKind[] = [];
    this.#starts = new Float64Array(length + 1);
    for (let index = 0; index < length; index++) {
      const { kind, body } = build(index);
      kinds.push(kind);
      this.#append(index, body);
    }
    this.#kinds = kinds;
  }

  get length(): number {
    return this.#kinds.length;
  }

  kind(index: number): RequestKind {
    return this.#kinds[index] as RequestKind;
  }

  /** Points `message` at the request, prefix included. */
  select(index: number, message: OutgoingMessage): void {
    message.bytes = this.#slab;
    message.start = this.#starts[index] as number;
    message.end = this.#starts[index + 1] as number;
  }

  #append(index: number, body: Uint8Array): void {
    const start = this.#starts[index] as number;
    const end = start + MESSAGE_PREFIX_BYTES + body.length;
    if (end > this.#slab.length) {
      const larger = new Uint8Array(Math.max(end, this.#slab.length * 2));
      larger.set(this.#slab);
      this.#slab = larger;
    }
    writeU32(this.#slab, start + 1, body.length);
    this.#slab.set(body, start + MESSAGE_PREFIX_BYTES);
    this.#starts[index + 1] = end;
  }
}
