/** The ports of a member and what is served on them: gRPC and HTTP, over HTTP/1.1 and HTTP/2. */
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { defined } from '../base/assert.ts';
import { type CallCounters, GrpcServer, type ServiceTable } from '../grpc/index.ts';
import {
  logServing,
  openClientPorts,
  openPeerPorts,
  servesClientsOnPeerPorts,
} from './client-ports.ts';
import type { Config } from './config/config.ts';
import { http2Options } from './http2-options.ts';
import type { ClientListener } from './io/client-listener.ts';
import { Http2Server } from './io/http2-server.ts';
import type { NamedLogger } from './io/logger.ts';
import { nodeGzip } from './io/node-gzip.ts';
import { realClock } from './io/real-clock.ts';
import { realScheduler } from './io/real-scheduler.ts';
import { RequestRouter, type RequestTargets } from './io/request-router.ts';
import type { PeerTls } from './io/tls/peer-tls.ts';

const TIME = { clock: realClock, scheduler: realScheduler };

/** What is served. */
export interface PortHandlers {
  /**
   * On the client ports; on the peer ports too, as in etcd up to 3.5, unless that would be a way
   * around the TLS of the client ports.
   */
  readonly table: ServiceTable;
  readonly http: RequestListener;
  readonly peerHttp: RequestListener;
  readonly counters: CallCounters;
  /** Told of exceptions that escape a handler; its call ends as Internal. */
  readonly onHandlerError: (error: unknown, path: string) => void;
}

export class MemberPorts {
  readonly #config: Config;
  readonly #logger: NamedLogger;
  readonly #client: ClientListener;
  readonly #peer: ClientListener;
  readonly #http2: Http2Server;
  #grpc: GrpcServer | undefined;

  private constructor(config: Config, logger: NamedLogger, listeners: Listeners) {
    this.#config = config;
    this.#logger = logger;
    this.#client = listeners.client;
    this.#peer = listeners.peer;
    this.#http2 = new Http2Server(http2Options(config), TIME);
  }

  /** Binds all ports, or none and throws. Who connects waits until it is served. */
  static async open(config: Config, tls: PeerTls, logger: NamedLogger): Promise<MemberPorts> {
    const peer = await openPeerPorts(config, tls, logger);
    try {
      return new MemberPorts(config, logger, {
        peer,
        client: await openClientPorts(config, logger),
      });
    } catch (error) {
      await peer.close();
      throw error;
    }
  }

  /** Begins to serve other members, once: they are needed before clients can be served. */
  servePeers({ table, peerHttp, counters, onHandlerError }: PortHandlers): void {
    const { requestBytesMax } = this.#config;
    const ports = { ...TIME, gzip: nodeGzip, counters, onHandlerError };
    this.#grpc = new GrpcServer(table, { requestBytesMax }, ports);
    // A snapshot may take longer than Node gives a request; who reads it watches over it.
    const http = createServer({ requestTimeout: 0 }, peerHttp);
    const grpc = servesClientsOnPeerPorts(this.#config) ? { grpc: this.#grpc } : {};
    this.#serveOn(this.#peer, { ...grpc, http });
  }

  /** Begins to serve clients, once, after {@link servePeers}. */
  serveClients({ http }: PortHandlers): void {
    const grpc = defined(this.#grpc, 'peers are served first');
    this.#serveOn(this.#client, { grpc, http: createServer(http) });
    this.#logger.info('ready to serve client requests');
    logServing(this.#config, this.#client, this.#logger);
  }

  /** Frees the ports; connections go on. */
  stopAccepting(): void {
    this.#client.stopAccepting();
    this.#peer.stopAccepting();
  }

  /** Lets running calls end, for at most `graceMs`; then cuts every connection. */
  async close(graceMs: number): Promise<void> {
    await this.#http2.shutdown(graceMs);
    this.#grpc?.close();
    await Promise.all([this.#client.close(), this.#peer.close()]);
  }

  #serveOn(listener: ClientListener, all: RequestTargets & { readonly http: HttpServer }): void {
    const { grpc, http } = all;
    const targets = { all, grpc: { grpc }, http: { http } };
    listener.serve({
      http,
      http2: (connection, from, serves) => {
        // The name in a certificate of a peer is that of a member, not of a user.
        const caller = listener === this.#peer ? { ...from, clientCommonName: undefined } : from;
        this.#http2.injectConnection(connection, new RequestRouter(targets[serves], caller));
      },
    });
  }
}

interface Listeners {
  readonly client: ClientListener;
  readonly peer: ClientListener;
}
