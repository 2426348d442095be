import { CallCounters, GrpcServer, type ServiceMethod } from '../../src/grpc/index.ts';
import { Http2Server } from '../../src/server/io/http2-server.ts';
import { nodeGzip } from '../../src/server/io/node-gzip.ts';
import { realClock } from '../../src/server/io/real-clock.ts';
import { realScheduler } from '../../src/server/io/real-scheduler.ts';
import { RequestRouter } from '../../src/server/io/request-router.ts';
import { NO_OP_ANSWER, NO_OP_PATH, type Transport } from './method.ts';

const REQUEST_BYTES_MAX = 1.5 * 1024 * 1024;

/** The transport of etcd-ts itself, with the limits and timers that are its defaults. */
export function etcdTsTransport(): Transport {
  const clocks = { clock: realClock, scheduler: realScheduler };
  const method: ServiceMethod = { kind: 'unary', handler: (call) => call.reply(NO_OP_ANSWER) };
  const grpc = new GrpcServer(
    new Map([[NO_OP_PATH, method]]),
    { requestBytesMax: REQUEST_BYTES_MAX },
    {
      ...clocks,
      gzip: nodeGzip,
      counters: new CallCounters({ isTimed: false }),
      onHandlerError: (error) => {
        throw error;
      },
    },
  );
  const http2 = new Http2Server(
    {
      maxConcurrentStreams: 2 ** 32 - 1,
      keepaliveIntervalMs: 7_200_000,
      keepaliveTimeoutMs: 20_000,
      pingMinIntervalMs: 5000,
    },
    clocks,
  );
  return {
    serve(connection) {
      const peer = `${connection.remoteAddress}:${connection.remotePort}`;
      const origin = { peer, clientCommonName: undefined, isTls: false };
      http2.injectConnection(connection, new RequestRouter({ grpc }, origin));
    },
    async close() {
      await http2.shutdown(0);
      grpc.close();
    },
  };
}
