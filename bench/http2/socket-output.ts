/** Collects what a turn writes to a socket, in buffers that are used again and again. */
import type { Socket } from 'node:net';

/** Larger than any frame we send. */
export const OUTPUT_BUFFER_BYTES = 128 * 1024;

/**
 * Buffers of all connections that no write holds: as many exist as were ever in flight at once,
 * and a connection that has nothing to send has none.
 */
const FREE: Uint8Array[] = [];
const NONE = new Uint8Array(0);

export class SocketOutput {
  readonly #socket: Socket;
  #buffer: Uint8Array = NONE;
  #used = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Where to write next in {@link buffer}. Valid until the next call of a method. */
  get at(): number {
    return this.#used;
  }

  get buffer(): Uint8Array {
    return this.#buffer;
  }

  /** Makes room for `length` bytes; what was collected may be sent by it. */
  reserve(length: number): void {
    if (this.#used + length <= this.#buffer.length) return;
    this.flush();
    this.#buffer = FREE.pop() ?? new Uint8Array(OUTPUT_BUFFER_BYTES);
  }

  /** Says that `length` bytes were written at {@link at}. */
  advance(length: number): void {
    this.#used += length;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** Hands everything to the socket, as one write. */
  flush(): void {
    if (this.#used === 0) return;
    const sent = this.#buffer;
    this.#socket.write(sent.subarray(0, this.#used), () => FREE.push(sent));
    this.#buffer = NONE;
    this.#used = 0;
  }
}
