/** The simplest honest server on our HTTP/2 connections: a socket each, and one timer. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import {
  type ByteSink,
  Http2Connection,
  type Http2Options,
  Http2Shared,
  type StreamAcceptor,
} from '../../../src/http2/index.ts';

const TICK_MS = 1000;

/** What real members use, but for limits that a test would have to wait for. */
export const HTTP2_OPTIONS: Http2Options = {
  maxConcurrentStreams: 100,
  pingMinIntervalMs: 5000,
  keepaliveIntervalMs: 7_200_000,
  keepaliveTimeoutMs: 20_000,
};

class SocketSink implements ByteSink {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  write(bytes: Uint8Array): boolean {
    return this.#socket.write(bytes);
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
}

export class SocketServer {
  readonly #server: Server;
  readonly #connections = new Set<Http2Connection>();
  readonly #timer: NodeJS.Timeout;

  constructor(acceptor: StreamAcceptor) {
    const clock = { monotonicMs: () => performance.now(), wallMs: () => Date.now() };
    const scheduler = { defer: (task: () => void) => void setImmediate(task) };
    const shared = new Http2Shared(HTTP2_OPTIONS, { clock, scheduler });
    this.#server = createServer((socket) => this.#onSocket(socket, acceptor, shared));
    this.#timer = setInterval(() => {
      for (const connection of this.#connections) connection.tick(performance.now());
    }, TICK_MS);
  }

  /** Resolves to the port. */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const connection of this.#connections) connection.shutdown();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #onSocket(socket: Socket, acceptor: StreamAcceptor, shared: Http2Shared): void {
    socket.setNoDelay(true);
    const connection = new Http2Connection(new SocketSink(socket), acceptor, shared);
    this.#connections.add(connection);
    socket.on('data', (bytes: Buffer) => connection.receive(bytes));
    socket.on('drain', () => connection.onSinkDrained());
    // 'close' follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#connections.delete(connection);
      connection.onSinkClosed();
    });
  }
}
