/** Collects what a turn writes to a socket, in buffers that are used again and again. */
import type { Socket } from 'node:net';

/** Larger than any frame we send. */
export const OUTPUT_BUFFER_BYTES = 128 * 1024;

export class SocketOutput {
  readonly #socket: Socket;
  /** Buffers that no write holds. As many exist as were ever in flight at once. */
  readonly #free: Uint8Array[] = [];
  #buffer: Uint8Array = new Uint8Array(OUTPUT_BUFFER_BYTES);
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
    if (this.#used + length > OUTPUT_BUFFER_BYTES) this.flush();
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
    this.#socket.write(sent.subarray(0, this.#used), () => this.#free.push(sent));
    this.#buffer = this.#free.pop() ?? new Uint8Array(OUTPUT_BUFFER_BYTES);
    this.#used = 0;
  }
}
