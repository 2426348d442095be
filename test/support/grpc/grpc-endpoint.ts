/** Serves a table of methods over our own transport, as a member does, with limits for tests. */
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { CallCounters, GrpcServer, type ServiceTable } from '../../../src/grpc/index.ts';
import type { Http2Options } from '../../../src/http2/index.ts';
import type { ConnectionOrigin } from '../../../src/server/io/connection-origin.ts';
import { Http2Server, type Http2ServerPorts } from '../../../src/server/io/http2-server.ts';
import { nodeGzip } from '../../../src/server/io/node-gzip.ts';
import { realClock } from '../../../src/server/io/real-clock.ts';
import { realScheduler } from '../../../src/server/io/real-scheduler.ts';
import { remoteAddress } from '../../../src/server/io/remote-address.ts';
import { RequestRouter } from '../../../src/server/io/request-router.ts';
import { HTTP2_OPTIONS } from '../http2/http2-options.ts';

const REAL_TIME: Http2ServerPorts = { clock: realClock, scheduler: realScheduler };

export interface EndpointOptions {
  readonly requestBytesMax?: number;
  readonly http2?: Partial<Http2Options>;
  /** Gets the requests that are not gRPC. */
  readonly http?: HttpServer;
  readonly time?: Http2ServerPorts;
}

export class GrpcEndpoint {
  readonly counters = new CallCounters({ isTimed: true });
  /** Exceptions that escaped handlers. */
  readonly escaped: { error: unknown; path: string }[] = [];
  readonly #http2: Http2Server;
  readonly #grpc: GrpcServer;
  readonly #http: HttpServer;

  constructor(table: ServiceTable, options: EndpointOptions = {}) {
    const { requestBytesMax = 1024, http = createHttpServer(), time = REAL_TIME } = options;
    this.#http = http;
    const maxConcurrentStreams = 2 ** 32 - 1;
    this.#http2 = new Http2Server(
      { ...HTTP2_OPTIONS, maxConcurrentStreams, ...options.http2 },
      time,
    );
    const ports = {
      ...time,
      gzip: nodeGzip,
      counters: this.counters,
      onHandlerError: (error: unknown, path: string) => void this.escaped.push({ error, path }),
    };
    this.#grpc = new GrpcServer(table, { requestBytesMax }, ports);
  }

  get connectionCount(): number {
    return this.#http2.connectionCount;
  }

  injectConnection(socket: Socket, from: ConnectionOrigin = originOf(socket)): void {
    const targets = { grpc: this.#grpc, http: this.#http };
    this.#http2.injectConnection(socket, new RequestRouter(targets, from));
  }

  async shutdown(graceMs: number): Promise<void> {
    await this.#http2.shutdown(graceMs);
    this.#grpc.close();
  }
}

function originOf(socket: Socket): ConnectionOrigin {
  return { peer: remoteAddress(socket), clientCommonName: undefined, isTls: false };
}
