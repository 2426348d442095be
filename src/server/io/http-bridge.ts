/**
 * HTTP/2 requests that are not gRPC, carried to the handlers of a `node:http` server: each is sent
 * as HTTP/1.1 over a connection within the process, and the answer is sent back on its stream.
 */
import { type Server as HttpServer, request as httpRequest } from 'node:http';
import { ErrorCode, type RequestHead, type StreamUser } from '../../http2/index.ts';
import { BridgedRequest, type BridgeStream } from './bridged-request.ts';
import type { ConnectionOrigin } from './client-listener.ts';
import { SocketEnd } from './socket-pair.ts';

/**
 * Requests of a connection that may be under way at a time; further ones are refused, which a
 * client may take as a reason to send them again. Go's HTTP/2 server allows as many.
 */
export const BRIDGED_REQUESTS_MAX = 250;

/** The server's end of such a connection, as the `socket` of a request: who it is from. */
export class BridgedSocket extends SocketEnd {
  readonly origin: ConnectionOrigin;

  constructor(origin: ConnectionOrigin) {
    super();
    this.origin = origin;
  }
}

/** What the bridge holds of one HTTP/2 connection. */
export class HttpBridge {
  readonly #server: HttpServer;
  readonly #origin: ConnectionOrigin;
  #open = 0;

  /** `server` need not listen; it is given connections. */
  constructor(server: HttpServer, origin: ConnectionOrigin) {
    this.#server = server;
    this.#origin = origin;
  }

  /** Takes a request over; `endStream` when it has no body. */
  accept(stream: BridgeStream, head: RequestHead, endStream: boolean): StreamUser {
    if (this.#open >= BRIDGED_REQUESTS_MAX) return refused(stream, ErrorCode.refusedStream);
    if (head.method === 'CONNECT') return answeredAtOnce()
    this.#open += 1;
    …
  }
}
