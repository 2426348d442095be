/**
 * The client ports: gRPC and HTTP/1 on each. The first bytes of a connection decide, then the
 * server of that protocol gets the socket with nothing taken from it.
 */
import { rmSync, statSync } from 'node:fs';
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { assert } from '../../base/assert.ts';
import type { MemberUrl } from '../config/member-url.ts';
import { listenError } from './listen-error.ts';

/** What every HTTP/2 client sends first (RFC 9113 section 3.4); no HTTP/1 request begins so. */
const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export interface ClientListenerOptions {
  /** Plain-text ones, at least one; port 0 takes any free port. */
  readonly urls: readonly MemberUrl[];
  /**
   * A connection that has sent neither the HTTP/2 preface nor a whole HTTP/1 request header by
   * then is closed.
   */
  readonly readHeaderTimeoutMs: number;
  /** Told when the system could not accept a connection; the port stays open. */
  readonly onAcceptError: (error: Error) => void;
}

/** Who takes the connections. */
export interface ClientServers {
  /** Those that speak HTTP/2. */
  readonly grpc: { injectConnection(socket: Socket): void };
  /** All others; not listening itself. */
  readonly http: HttpServer;
}

export class ClientListener {
  readonly #options: ClientListenerOptions;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  /** Connections whose first header is not complete yet, with the timer that ends them. */
  readonly #undecided = new Map<Socket, NodeJS.Timeout>();
  /** Connections that came before {@link serve}: unread, like all the kernel queues behind them. */
  readonly #early = new Set<Socket>();
  #takers: ClientServers | undefined;

  private constructor(options: ClientListenerOptions) {
    this.#options = options;
  }

  /**
   * Listens on every URL, or on none and throws {@link ListenError}. Connections are taken, but
   * not read from before {@link serve}: a client that comes early waits.
   */
  static async open(options: ClientListenerOptions): Promise<ClientListener> {
    const listener = new ClientListener(options);
    try {
      for (const url of options.urls) {
        await listener.#listen(url);
      }
    } catch (error) {
      await listener.close();
      throw error;
    }
    return listener;
  }

  /** The TCP addresses it listens on, in the order of the URLs. */
  get addresses(): readonly AddressInfo[] {
    return this.#servers
      .map((server) => server.address())
      .filter((address) => address !== null && typeof address === 'object');
  }

  /** Begins to serve, those first who came before. */
  serve(servers: ClientServers): void {
    assert(this.#takers === undefined, 'a listener begins to serve once');
    this.#takers = servers;
    servers.http.on('request', this.#onRequest);
    for (const socket of this.#early) this.#readPreface(socket, servers);
    this.#early.clear();
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
    this.#takers?.http.off('request', this.#onRequest);
    await Promise.all(closed);
  }

  checkInvariants(): void {
    for (const socket of this.#undecided.keys()) {
      assert(this.#sockets.has(socket), 'an undecided connection is an open connection');
    }
    for (const socket of this.#early) {
      assert(this.#takers === undefined, 'nobody waits once the listener serves');
      assert(this.#undecided.has(socket), 'an early connection is undecided');
    }
  }

  async #listen(url: MemberUrl): Promise<void> {
    assert(url.scheme === 'http' || url.scheme === 'unix', 'TLS is refused by the configuration');
    if ('path' in url) removeStaleSocket(url.path);
    // HTTP/1 clients may half-close after their request, as node:http's own listener allows.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#accept(socket),
    );
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(listenError(url.text, error)));
      const address = 'path' in url ? { path: url.path } : { host: url.host, port: url.port };
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
      this.#early.delete(socket);
    });
    if (this.#takers === undefined) this.#early.add(socket);
    else this.#readPreface(socket, this.#takers);
  }

  #readPreface(socket: Socket, servers: ClientServers): void {
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
      this.#handOver(socket, matches ? 'grpc' : 'http', servers);
    };
    socket.on('readable', onReadable).once('end', onEnd);
  }

  /** An upgraded HTTP/1 connection passes no request on, but has been answered. */
  #headerOverdue(socket: Socket): void {
    if (socket.bytesWritten === 0) socket.destroy();
  }

  #handOver(socket: Socket, protocol: keyof ClientServers, servers: ClientServers): void {
    if (protocol === 'http') {
      servers.http.emit('connection', socket);
      return;
    }
    this.#decide(socket);
    socket.allowHalfOpen = false;
    servers.grpc.injectConnection(socket);
  }

  readonly #onRequest = (request: IncomingMessage): void => this.#decide(request.socket);

  #decide(socket: Socket): void {
    clearTimeout(this.#undecided.get(socket));
    this.#undecided.delete(socket);
  }
}

/** A process that was killed leaves its socket file behind, which would keep the next one out. */
function removeStaleSocket(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket() === true) rmSync(path, { force: true });
}
