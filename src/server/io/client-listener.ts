/**
 * The client ports: gRPC and HTTP/1, with TLS and without. With TLS the handshake says what is
 * spoken (ALPN), and else the first bytes do; then the server of that protocol gets the connection
 * with nothing taken from it.
 */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { assert, defined } from '../../base/assert.ts';
import type { Logger } from '../../base/ports/logger.ts';
import type { ListenPoint, Traffic } from '../config/listen-points.ts';
import type { ConnectionOrigin } from './connection-origin.ts';
import { type HttpVersion, httpVersion, isTlsHandshake, readFirst } from './first-bytes.ts';
import { listenOn } from './listen-on.ts';
import { remoteAddress } from './remote-address.ts';
import type { Hosts } from './tls/client-address.ts';
import { NOT_TLS, TIMED_OUT } from './tls/handshake-failure.ts';
import type { RejectionLog } from './tls/rejection-log.ts';
import type { ServerTls } from './tls/server-tls.ts';
import { TlsAcceptor } from './tls/tls-acceptor.ts';

export interface ClientListenerOptions {
  /** At least one; port 0 takes any free port. */
  readonly points: readonly ListenPoint[];
  /** There if a point is secure. */
  readonly tls: ServerTls | undefined;
  /**
   * A connection that has sent neither the HTTP/2 preface nor a whole HTTP/1 request header by
   * then is closed.
   */
  readonly readHeaderTimeoutMs: number;
  /** The same for a TLS handshake, from its first byte or, on a port with TLS only, from none. */
  readonly handshakeTimeoutMs: number;
  /** Hears of connections that the system could not accept, and of files that fail. */
  readonly logger: Logger;
  readonly rejections: RejectionLog;
  /** Where the addresses of clients are verified; the system's if not given. */
  readonly hosts?: Hosts | undefined;
}

/** Who takes the connections. */
export interface ClientServers {
  /** Those that speak HTTP/2. */
  readonly http2: (connection: Socket, from: ConnectionOrigin, serves: Traffic) => void;
  /** All others; not listening itself. */
  readonly http: HttpServer;
}

/** What comes in at one address. */
interface Port {
  readonly point: ListenPoint;
  readonly tls: TlsAcceptor | undefined;
}

/** A connection that HTTP is spoken on. */
interface Arrival {
  readonly from: ConnectionOrigin;
  readonly serves: Traffic;
}

export class ClientListener {
  readonly #options: ClientListenerOptions;
  readonly #servers: Server[] = [];
  /** Open connections; of those with TLS both what was accepted and what is spoken over it. */
  readonly #sockets = new Set<Socket>();
  /** Connections whose first header is not complete yet, with the timer that ends them. */
  readonly #undecided = new Map<Socket, NodeJS.Timeout>();
  /** Connections that came before {@link serve}: unread, like all the kernel queues behind them. */
  readonly #early = new Map<Socket, Port>();
  #takers: ClientServers | undefined;
  #isAccepting = true;

  private constructor(options: ClientListenerOptions) {
    this.#options = options;
  }

  /**
   * Listens on every address, or on none and throws {@link ListenError}. Connections are taken, but
   * not read from before {@link serve}: a client that comes early waits.
   */
  static async open(options: ClientListenerOptions): Promise<ClientListener> {
    const listener = new ClientListener(options);
    try {
      for (const point of options.points) await listener.#listen(point);
    } catch (error) {
      await listener.close();
      throw error;
    }
    return listener;
  }

  /** The addresses it listens on, in the order of the points; a path for a unix socket. */
  get addresses(): readonly (AddressInfo | string)[] {
    return this.#servers.map((server) => server.address()).filter((address) => address !== null);
  }

  /** Begins to serve, those first who came before. */
  serve(servers: ClientServers): void {
    assert(this.#takers === undefined, 'a listener begins to serve once');
    this.#takers = servers;
    servers.http.on('request', this.#onRequest);
    for (const [socket, port] of this.#early) this.#receive(socket, port);
    this.#early.clear();
  }

  /** Frees the ports and drops connections whose first header is incomplete; the others go on. */
  stopAccepting(): void {
    this.#isAccepting = false;
    for (const server of this.#servers) server.close();
    for (const socket of this.#undecided.keys()) socket.destroy();
  }

  /** Stops accepting and cuts every connection; resolves when all are gone. */
  async close(): Promise<void> {
    this.#isAccepting = false;
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
    for (const socket of this.#early.keys()) {
      assert(this.#takers === undefined, 'nobody waits once the listener serves');
      assert(this.#undecided.has(socket), 'an early connection is undecided');
    }
  }

  async #listen(point: ListenPoint): Promise<void> {
    const tls = point.secure ? this.#acceptor(point.serves) : undefined;
    const server = await listenOn(point.url, (socket) => this.#accept(socket, { point, tls }));
    server.on('error', (error) => {
      this.#options.logger.warn('failed to accept a connection', { error });
    });
    this.#servers.push(server);
  }

  #acceptor(serves: Traffic): TlsAcceptor {
    const { tls, handshakeTimeoutMs, logger, rejections, hosts } = this.#options;
    return new TlsAcceptor(defined(tls, 'TLS is there for a secure point'), {
      protocols: serves === 'grpc' ? ['h2'] : ['h2', 'http/1.1'],
      handshakeTimeoutMs,
      logger,
      rejections,
      hosts,
      onSecure: (connection, clientCommonName) => {
        const from = { peer: remoteAddress(connection), clientCommonName, isTls: true };
        this.#acceptSecure(connection, { from, serves });
      },
    });
  }

  #accept(socket: Socket, port: Port): void {
    this.#track(socket);
    if (this.#takers === undefined) this.#early.set(socket, port);
    else this.#receive(socket, port);
  }

  /** Until the connection is decided, there is a time limit for that. */
  #track(socket: Socket): void {
    this.#sockets.add(socket);
    this.#limit(socket, this.#options.readHeaderTimeoutMs, () => {
      // An upgraded HTTP/1 connection passes no request on, but has been answered.
      if (socket.bytesWritten === 0) socket.destroy();
    });
    // Whoever has the socket hears of its errors; here they only must not be uncaught.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#decide(socket);
      this.#sockets.delete(socket);
      this.#early.delete(socket);
    });
  }

  #receive(socket: Socket, { point, tls }: Port): void {
    if (!point.plain) {
      this.#limit(socket, this.#options.handshakeTimeoutMs, () => this.#reject(socket, TIMED_OUT));
    }
    const from = { peer: remoteAddress(socket), clientCommonName: undefined, isTls: false };
    readFirst(socket, (first) => {
      if (isTlsHandshake(first)) return () => this.#handshake(socket, tls);
      if (!point.plain) return () => this.#reject(socket, NOT_TLS);
      return this.#byVersion(first, socket, { from, serves: point.serves });
    });
  }

  #handshake(socket: Socket, tls: TlsAcceptor | undefined): void {
    this.#decide(socket);
    // A client that takes a plain port for a secure one understands no answer.
    if (tls === undefined) socket.destroy();
    else tls.handshake(socket);
  }

  #acceptSecure(connection: TLSSocket, arrival: Arrival): void {
    if (!this.#isAccepting) {
      connection.destroy();
      return;
    }
    this.#track(connection);
    const { alpnProtocol } = connection;
    if (alpnProtocol === 'h2') this.#handOver(connection, 'http2', arrival);
    else if (alpnProtocol === 'http/1.1') this.#handOver(connection, 'http1', arrival);
    else readFirst(connection, (first) => this.#byVersion(first, connection, arrival));
  }

  #byVersion(first: Buffer, socket: Socket, arrival: Arrival): (() => void) | undefined {
    const version = httpVersion(first);
    if (version === undefined) return undefined;
    return () => this.#handOver(socket, version, arrival);
  }

  #handOver(socket: Socket, version: HttpVersion, { from, serves }: Arrival): void {
    const { http, http2 } = defined(this.#takers, 'nothing is read before somebody serves');
    if (version === 'http1') {
      if (serves === 'grpc') socket.destroy();
      else http.emit('connection', socket);
      return;
    }
    // What serves HTTP only has HTTP/2 with TLS alone, as etcd.
    if (serves === 'http' && !from.isTls) {
      socket.destroy();
      return;
    }
    this.#decide(socket);
    socket.allowHalfOpen = false;
    http2(socket, from, serves);
  }

  #reject(socket: Socket, error: string): void {
    this.#options.rejections.add({ remoteAddress: remoteAddress(socket), error });
    socket.destroy();
  }

  readonly #onRequest = (request: IncomingMessage): void => this.#decide(request.socket);

  #limit(socket: Socket, limitMs: number, onOverdue: () => void): void {
    clearTimeout(this.#undecided.get(socket));
    this.#undecided.set(socket, setTimeout(onOverdue, limitMs));
  }

  #decide(socket: Socket): void {
    clearTimeout(this.#undecided.get(socket));
    this.#undecided.delete(socket);
  }
}
