/** The ports of a member and all that is served on them: gRPC and HTTP, over HTTP/1.1 and HTTP/2. */
import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type RequestListener,
} from 'node:http';
import { type CallCounters, GrpcServer, type ServiceTable } from '../grpc/index.ts';
import type { Config } from './config/config.ts';
import { http2Options } from './http2-options.ts';
import { ClientListener, type ClientServers } from './io/client-listener.ts';
import { Http2Server } from './io/http2-server.ts';
import type { NamedLogger } from './io/logger.ts';
import { nodeGzip } from './io/node-gzip.ts';
import { realClock } from './io/real-clock.ts';
import { realScheduler } from './io/real-scheduler.ts';
import { RequestRouter } from './io/request-router.ts';

const READ_HEADER_TIMEOUT_MS = 5 * 60 * 1000;

/** What is served. */
export interface PortHandlers {
  readonly table: ServiceTable;
  /** On the client port. */
  readonly http: RequestListener;
  /** On the peer port, where gRPC is served besides. */
  readonly peerHttp: RequestListener;
  readonly counters: CallCounters;
  /** Told of exceptions that escape a handler; its call ends as Internal. */
  readonly onHandlerError: (error: unknown, path: string) => void;
}

export class MemberPorts {
  readonly #config: Config;
  readonly #client: ClientListener;
  readonly #peer: ClientListener;
  #http2: Http2Server | undefined;
  #grpc: GrpcServer | undefined;

  private constructor(config: Config, client: ClientListener, peer: ClientListener) {
    this.#config = config;
    this.#client = client;
    this.#peer = peer;
  }

  /** Binds all ports, or none and throws ListenError. Who connects waits for {@link serve}. */
  static async open(config: Config, logger: NamedLogger): Promise<MemberPorts> {
    const shared = {
      readHeaderTimeoutMs: READ_HEADER_TIMEOUT_MS,
      onAcceptError: (error: Error) => logger.warn('failed to accept a connection', { error }),
    };
    const peer = await ClientListener.open({ ...shared, urls: config.listenPeerUrls });
    try {
      const client = await ClientListener.open({ ...shared, urls: config.listenClientUrls });
      return new MemberPorts(config, client, peer);
    } catch (error) {
      await peer.close();
      throw error;
    }
  }

  /** Begins to serve, once. */
  serve({ table, http, peerHttp, counters, onHandlerError }: PortHandlers): void {
    const config = this.#config;
    const clocks = { clock: realClock, scheduler: realScheduler };
    const ports = { ...clocks, gzip: nodeGzip, counters, onHandlerError };
    const grpc = new GrpcServer(table, { requestBytesMax: config.requestBytesMax }, ports);
    this.#grpc = grpc;
    const http2 = new Http2Server(http2Options(config), clocks);
    this.#http2 = http2;
    this.#client.serve(clientServers(http2, { grpc, http: createHttpServer(http) }));
    this.#peer.serve(clientServers(http2, { grpc, http: createHttpServer(peerHttp) }));
  }

  /** Frees the ports; connections go on. */
  stopAccepting(): void {
    this.#client.stopAccepting();
    this.#peer.stopAccepting();
  }

  /** Lets running calls end, for at most `graceMs`; then cuts every connection. */
  async close(graceMs: number): Promise<void> {
    this.stopAccepting();
    await this.#http2?.shutdown(graceMs);
    this.#grpc?.close();
    await Promise.all([this.#client.close(), this.#peer.close()]);
  }
}

interface PortTargets {
  readonly grpc: GrpcServer;
  readonly http: HttpServer;
}

function clientServers(http2: Http2Server, targets: PortTargets): ClientServers {
  return {
    grpc: {
      injectConnection: (socket) => {
        const peer = `${socket.remoteAddress}:${socket.remotePort}`;
        const origin = { peer, clientCommonName: undefined, isTls: false };
        http2.injectConnection(socket, new RequestRouter(targets, origin));
      },
    },
    http: targets.http,
  };
}
