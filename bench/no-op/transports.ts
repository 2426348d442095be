/** What a no-op server can answer through. */
import { etcdTsTransport } from './etcd-ts-transport.ts';
import { grpcJsTransport } from './grpc-js-transport.ts';
import type { Transport } from './method.ts';
import { nodeHttp2Transport } from './node-http2-transport.ts';

export const TRANSPORTS: ReadonlyMap<string, () => Transport> = new Map([
  ['etcd-ts', etcdTsTransport],
  ['grpc-js', grpcJsTransport],
  ['node-http2', nodeHttp2Transport],
]);
