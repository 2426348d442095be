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
export { GrpcJsServer, type GrpcServerOptions } from './grpc-js-server.ts';
export { RpcError, type RpcFailure, StatusCode, type StatusCodeName } from './status.ts';
