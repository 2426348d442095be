import type { Socket } from 'node:net';
import {
  type ByteSink,
  Http2Connection,
  type Http2Shared,
  type StreamAcceptor,
  type Written,
} from '../../http2/index.ts';

/** A socket and the HTTP/2 connection on it: each hears of the other through this. */
export class Http2Socket implements ByteSink {
  readonly connection: Http2Connection;
  readonly #socket: Socket;

  /** Takes `socket` over, unread, or with what was read of it put back. */
  constructor(socket: Socket, acceptor: StreamAcceptor, shared: Http2Shared) {
    this.#socket = socket;
    this.connection = new Http2Connection(this, acceptor, shared);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', closeFollows);
    // By HTTP/2's rules, a client that sends no more has left.
    socket.once('end', () => this.connection.onSinkClosed());
    socket.once('close', () => this.connection.onSinkClosed());
  }

  write(bytes: Uint8Array): Written {
    const hasRoom = this.#socket.write(bytes);
    // Node judges by what it was given, even when the system has taken all of it at once.
    if (this.#socket.writableLength === 0) return 'sent';
    if (hasRoom) return 'kept';
    this.#socket.once('drain', () => this.connection.onSinkDrained());
    return 'full';
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    // No Buffer goes further: its `slice` is a view where that of Uint8Array is a copy.
    this.connection.receive(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
  }
}

function closeFollows(): void {
  // Node destroys a socket that fails.
}
