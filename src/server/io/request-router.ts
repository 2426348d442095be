/** Who gets the requests of an HTTP/2 connection: gRPC's by their content type, HTTP the others. */
import type { Server as HttpServer } from 'node:http';
import { assert } from '../../base/assert.ts';
import type { GrpcServer } from '../../grpc/index.ts';
import type { Http2Stream, RequestHead, StreamAcceptor, StreamUser } from '../../http2/index.ts';
import type { ConnectionOrigin } from './connection-origin.ts';
import { HttpBridge } from './http-bridge.ts';

/** Who serves on a port; one at least. Who is alone gets all. */
export interface RequestTargets {
  readonly grpc?: Pick<GrpcServer, 'accept'> | undefined;
  readonly http?: HttpServer | undefined;
}

/** The acceptor of one connection. */
export class RequestRouter implements StreamAcceptor {
  readonly #targets: RequestTargets;
  readonly #origin: ConnectionOrigin;
  /** Made for the first request that needs it. */
  #bridge: HttpBridge | undefined;

  constructor(targets: RequestTargets, origin: ConnectionOrigin) {
    this.#targets = targets;
    this.#origin = origin;
  }

  accept(stream: Http2Stream, head: RequestHead, endStream: boolean): StreamUser {
    const { grpc, http } = this.#targets;
    if (grpc !== undefined && (http === undefined || isGrpc(head))) {
      return grpc.accept(stream, head, this.#origin);
    }
    assert(http !== undefined, 'a port serves something');
    this.#bridge ??= new HttpBridge(http, this.#origin);
    return this.#bridge.accept(stream, head, endStream);
  }
}

function isGrpc({ fields }: RequestHead): boolean {
  for (const { name, value } of fields) {
    if (name === 'content-type') return value.startsWith('application/grpc');
  }
  return false;
}
