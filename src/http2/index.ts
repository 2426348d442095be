export type { ByteSink, Written } from './byte-sink.ts';
export { Http2Connection } from './connection.ts';
export { ErrorCode } from './error-code.ts';
export { type Http2Options, Http2Shared } from './shared.ts';
export {
  type Http2Stream,
  type RequestField,
  type RequestHead,
  SEND_BUFFER_BYTES,
  type StreamAcceptor,
  type StreamUser,
} from './stream-port.ts';
