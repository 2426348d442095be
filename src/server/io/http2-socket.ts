/** A socket and the HTTP/2 connection on it: each hears of the other through this. */
import type { Socket } from 'node:net';
import type { Clock } from '../../base/ports/clock.ts';
import {
  type ByteSink,
  Http2Connection,
  type Http2Shared,
  type StreamAcceptor,
} from '../../http2/index.ts';

/** How long a peer may take to read what was written last and to close in its turn. */
export const CLOSING_MS_MAX = 5000;

export class Http2Socket implements ByteSink {
  readonly connection: Http2Connection;
  readonly #socket: Socket;
  readonly #clock: Clock;
  /** When the socket is destroyed if it has not closed before; set when a side has ended it. */
  #closesAtMs = Infinity;

  /** Takes `socket` over, unread, or with what was read of it put back. */
  constructor(socket: Socket, acceptor: StreamAcceptor, shared: Http2Shared) {
    this.#socket = socket;
    this.#clock = shared.clock;
    this.connection = new Http2Connection(this, acceptor, shared);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    // A client that sends no more has left, by HTTP/2's rules.
    socket.once('end', () => this.#lost());
    socket.once('close', () => this.#lost());
  }

  write(bytes: Uint8Array): boolean {
    // Node judges by what it was given, even when the system has taken all of it at once.
    if (this.#socket.write(bytes) || this.#socket.writableLength === 0) return true;
    this.#socket.once('drain', () => this.connection.onSinkDrained());
    return false;
  }

  end(): void {
    this.#closeSoon();
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** To be called about every second. */
  tick(nowMs: number): void {
    if (nowMs >= this.#closesAtMs) this.#socket.destroy();
    else if (this.#closesAtMs === Infinity) this.connection.tick(nowMs);
  }

  #received(chunk: Buffer): void {
    if (this.#closesAtMs < Infinity) return;
    // No Buffer goes further: its `slice` is a view where that of Uint8Array is a copy.
    this.connection.receive(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
  }

  #lost(): void {
    this.#closeSoon();
    if (!this.connection.isClosed) this.connection.onSinkClosed();
  }

  #closeSoon(): void {
    const atMs = this.#clock.monotonicMs() + CLOSING_MS_MAX;
    this.#closesAtMs = Math.min(this.#closesAtMs, atMs);
  }
}
