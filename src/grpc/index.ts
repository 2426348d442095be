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
export {
  GrpcServer,
  type GrpcServerOptions,
  type GrpcServerPorts,
} from './grpc-server.ts';
export { type GzipCodec, GzipError } from './gzip-codec.ts';
export type { GrpcStream } from './served-call.ts';
export { RpcError, type RpcFailure, StatusCode, type StatusCodeName } from './status.ts';
