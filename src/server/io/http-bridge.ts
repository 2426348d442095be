/**
 * HTTP/2 requests that are not gRPC, carried to the handlers of a `node:http` server: each is sent
 * as HTTP/1.1 over a connection within the process, and the answer is sent back on its stream.
 */
import type { Server as HttpServer } from 'node:http';
import { ErrorCode, type RequestHead, type StreamUser } from '../../http2/index.ts';
import { type AnswerStream, BridgedRequest } from './bridged-request.ts';
import type { ConnectionOrigin } from './connection-origin.ts';
import { SocketEnd } from './socket-pair.ts';

/**
 * Requests of one connection under way at a time. Further ones are refused so that the client may
 * send them again. As many as Go's HTTP/2 server takes.
 */
export const BRIDGED_REQUESTS_MAX = 250;

/** The `socket` that handlers of a bridged request see. */
export class BridgedSocket extends SocketEnd {
  readonly origin: ConnectionOrigin;

  constructor(origin: ConnectionOrigin) {
    super();
    this.origin = origin;
  }
}

/** Hears the rest of a request that was refused. */
const DEAF: StreamUser = {
  onData: () => undefined,
  onEnd: () => undefined,
  onCancel: () => undefined,
  onDrain: () => undefined,
};

/** The bridge of one HTTP/2 connection. */
export class HttpBridge {
  readonly #server: HttpServer;
  readonly #origin: ConnectionOrigin;
  #underWay = 0;

  /** `server` need not listen: it is given connections. */
  constructor(server: HttpServer, origin: ConnectionOrigin) {
    this.#server = server;
    this.#origin = origin;
  }

  /** Begins a request; `endStream` when it has no body. */
  accept(stream: AnswerStream, head: RequestHead, endStream: boolean): StreamUser {
    if (this.#underWay >= BRIDGED_REQUESTS_MAX) {
      stream.reset(ErrorCode.REFUSED_STREAM);
      return DEAF;
    }
    const pair = SocketEnd.connect(new SocketEnd(), new BridgedSocket(this.#origin));
    this.#underWay += 1;
    pair.client.once('close', () => {
      this.#underWay -= 1;
    });
    this.#server.emit('connection', pair.server);
    return new BridgedRequest(stream, head, !endStream, pair);
  }
}
