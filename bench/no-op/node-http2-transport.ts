import { createServer, type ServerHttp2Stream } from 'node:http2';
import { framedMessage } from '../http2/message-reader.ts';
import { NO_OP_ANSWER, type Transport } from './method.ts';

/** The least gRPC that node:http2 can do: no message is looked at, every call is answered. */
export function nodeHttp2Transport(): Transport {
  const answer = framedMessage(NO_OP_ANSWER);
  const headers = { ':status': 200, 'content-type': 'application/grpc' };
  const trailers = { 'grpc-status': '0' };
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.on('end', () => {
      stream.respond(headers, { waitForTrailers: true });
      stream.end(answer);
    });
    stream.resume();
  });
  return {
    serve: (connection) => void server.emit('connection', connection),
    // It holds nothing but connections, which end with their clients.
    close: () => Promise.resolve(),
  };
}
