import { CallCounters, GrpcJsServer, type ServiceMethod } from '../../src/grpc/index.ts';
import { NO_OP_ANSWER, NO_OP_PATH, type Transport } from './method.ts';

/** The transport of etcd-ts itself, with the limits and timers it serves clients with. */
export function etcdTsTransport(): Transport {
  const method: ServiceMethod = { kind: 'unary', handler: (call) => call.reply(NO_OP_ANSWER) };
  const table = new Map([[NO_OP_PATH, method]]);
  const grpc = new GrpcJsServer(table, {
    requestBytesMax: 1.5 * 1024 * 1024,
    concurrentStreamsMax: 2 ** 32 - 1,
    keepaliveIntervalMs: 7_200_000,
    keepaliveTimeoutMs: 20_000,
    counters: new CallCounters({ isTimed: false }),
    onHandlerError: (error) => {
      throw error;
    },
  });
  return (connection) => grpc.injectConnection(connection);
}
