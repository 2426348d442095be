export {
  type BidiCall,
  type Call,
  SEND_BUFFER_BYTES_MAX,
  type ServerStreamCall,
  type ServiceMethod,
  type ServiceTable,
  type UnaryCall,
} from './call.ts';
export { CallCounters, type MethodCounters } from './call-counters.ts';
export type { CallOrigin } from './call-origin.ts';
export { GrpcJsServer, type GrpcServerOptions } from './grpc-js-server.ts';
export {
  GrpcServer,
  type GrpcServerOptions as ServerOptions,
  type GrpcServerPorts,
} from './grpc-server.ts';
export { type GzipCodec, GzipError } from './gzip-codec.ts';
export type { GrpcStream } from './served-call.ts';
export { RpcError, type RpcFailure, StatusCode, type StatusCodeName } from './status.ts';
