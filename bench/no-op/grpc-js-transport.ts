import { type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js';
import { NO_OP_ANSWER, NO_OP_PATH, type Transport } from './method.ts';

/** @grpc/grpc-js, bare: bytes in, bytes out. */
export function grpcJsTransport(): Transport {
  const server = new Server({ 'grpc.enable_channelz': 0 });
  const answer = Buffer.from(NO_OP_ANSWER);
  const handle: handleUnaryCall<Buffer, Buffer> = (_call, respond) => respond(null, answer);
  const same = (bytes: Buffer): Buffer => bytes;
  server.register(NO_OP_PATH, handle, same, same, 'unary');
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return {
    serve: (connection) => injector.injectConnection(connection),
    async close() {
      injector.destroy();
      server.forceShutdown();
    },
  };
}
