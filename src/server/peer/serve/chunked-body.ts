/**
 * The body of an answer without end. Node writes the length of a piece, the piece and the ends of
 * their lines one by one, in a later turn; here they are one, written at once. The bytes are the same.
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { StreamSink } from '../stream-writer.ts';

/** Longer ones are not worth a copy. */
const COPIED_BYTES_MAX = 64 * 1024;
const LINE_END = '\r\n';

/** Of an answer whose head was sent. */
export function bodyOf(response: ServerResponse): StreamSink {
  const { socket, chunkedEncoding } = response;
  return socket === null || !chunkedEncoding ? response : new ChunkedBody(response, socket);
}

class ChunkedBody implements StreamSink {
  readonly #response: ServerResponse;
  readonly #socket: Socket;

  constructor(response: ServerResponse, socket: Socket) {
    this.#response = response;
    this.#socket = socket;
  }

  get writableLength(): number {
    return this.#response.writableLength;
  }

  write(bytes: Uint8Array): boolean {
    // What has ended or broken has its own ways to say so.
    const isOpen = !this.#response.writableEnded && !this.#response.destroyed;
    if (!isOpen || bytes.length > COPIED_BYTES_MAX) return this.#response.write(bytes);
    const head = bytes.length.toString(16) + LINE_END;
    const chunk = Buffer.allocUnsafe(head.length + bytes.length + LINE_END.length);
    chunk.write(head, 0, 'latin1');
    chunk.set(bytes, head.length);
    chunk.write(LINE_END, head.length + bytes.length, 'latin1');
    return this.#socket.write(chunk);
  }

  end(): void {
    this.#response.end();
  }

  destroy(): void {
    this.#response.destroy();
  }

  on(event: 'drain' | 'close' | 'error', listener: (error: Error) => void): void {
    if (event !== 'drain') {
      this.#response.on(event, listener);
      return;
    }
    const drained = listener as () => void;
    this.#socket.on('drain', drained);
    // The connection may outlive the answer.
    this.#response.once('close', () => this.#socket.off('drain', drained));
  }
}
