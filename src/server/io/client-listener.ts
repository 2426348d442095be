/**
 * The client ports: gRPC and HTTP/1 on each. The first bytes of a connection decide, then the
 * server of that protocol gets the socket with nothing taken from it.
 */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { assert } from '../../base/assert.ts';
import { type ListenAddress, listenError, parseListenUrl } from './listen-url.ts';

/** What every HTTP/2 client sends first (RFC 9113 section 3.4); no HTTP/1 request begins so. */
const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export interface ClientListenerOptions {
  /** `http://host:port`, at least one; port 0 takes any free port. */
  readonly urls: readonly string[];
  /** Takes connections that speak HTTP/2. */
  readonly grpc: { injectConnection(socket: Socket): void };
  /** Takes all others; not listening itself. */
  readonly http: HttpServer;
  /**
   * A connection that has sent neither the HTTP/2 preface nor a whole HTTP/1 request header by
   * then is closed.
   */
  readonly readHeaderTimeoutMs: number;
  /** Told when the system could not accept a connection; the port stays open. */
  readonly onAcceptError: (error: Error) => void;
}

export class ClientListener {
  readonly #options: ClientListenerOptions;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  /** Connections whose first header is not complete yet, with the timer that ends them. */
  readonly #undecided = new Map<Socket, NodeJS.Timeout>();

  private constructor(options: ClientListenerOptions) {
    this.#options = options;
    options.http.on('request', this.#onRequest);
  }

  /** Listens on every URL, or on none and throws {@link ListenError}. */
  static async open(options: ClientListenerOptions): Promise<ClientListener> {
    const listener = new ClientListener(options);
    try {
      for (const url of options.urls) {
        await listener.#listen(url, parseListenUrl(url));
      }
    } catch (error) {
      await listener.close();
      throw error;
    }
    return listener;
  }

  /** Where it listens, in the order of the URLs. */
  get addresses(): readonly AddressInfo[] {
    return this.#servers.map((server) => server.address() as AddressInfo);
  }

  /** Frees the ports and drops connections whose first header is incomplete; the others go on. */
  stopAccepting(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#undecided.keys()) socket.destroy();
  }

  /** Stops accepting and cuts every connection; resolves when all are gone. */
  async close(): Promise<void> {
    const closed = this.#servers.map(
      async (server) => new Promise<void>((resolve) => void server.close(() => resolve())),
    );
    for (const socket of this.#sockets) socket.destroy();
    this.#options.http.off('request', this.#onRequest);
    await Promise.all(closed);
  }

  checkInvariants(): void {
    for (const socket of this.#undecided.keys()) {
      assert(this.#sockets.has(socket), 'an undecided connection is an open connection');
    }
  }

  async #listen(url: string, address: ListenAddress): Promise<void> {
    // HTTP/1 clients may half-close after their request, as node:http's own listener allows.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#accept(socket),
    );
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(listenError(url, error)));
      server.listen(address, () => resolve());
    });
    server.on('error', this.#options.onAcceptError);
    this.#servers.push(server);
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    const timer = setTimeout(() => this.#headerOverdue(socket), this.#options.readHeaderTimeoutMs);
    this.#undecided.set(socket, timer);
    // Whoever has the socket hears of its errors; here they only must not be uncaught.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#decide(socket);
      this.#sockets.delete(socket);
    });
    this.#readPreface(socket);
  }

  #readPreface(socket: Socket): void {
    let first: Buffer = Buffer.alloc(0);
    const onEnd = (): void => void socket.destroy();
    const onReadable = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
      const compared = Math.min(first.length, HTTP2_PREFACE.length);
      const matches = first.compare(HTTP2_PREFACE, 0, compared, 0, compared) === 0;
      if (matches && compared < HTTP2_PREFACE.length) return;
      socket.off('readable', onReadable).off('end', onEnd);
      socket.unshift(first);
      this.#handOver(socket, matches);
    };
    socket.on('readable', onReadable).once('end', onEnd);
  }

  /** An upgraded HTTP/1 connection passes no request on, but has been answered. */
  #headerOverdue(socket: Socket): void {
    if (socket.bytesWritten === 0) socket.destroy();
  }

  #handOver(socket: Socket, isHttp2: boolean): void {
    if (!isHttp2) {
      this.#options.http.emit('connection', socket);
      return;
    }
    this.#decide(socket);
    socket.allowHalfOpen = false;
    this.#options.grpc.injectConnection(socket);
  }

  readonly #onRequest = (request: IncomingMessage): void => this.#decide(request.socket);

  #decide(socket: Socket): void {
    clearTimeout(this.#undecided.get(socket));
    this.#undecided.delete(socket);
  }
}
