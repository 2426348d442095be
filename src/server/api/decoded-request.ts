/** Builds service table rows whose handlers get decoded requests. */
import { RpcError, type ServiceMethod, type UnaryCall } from '../../grpc/index.ts';
import { type MessageCodec, WireError, type WireErrorCode } from '../../pb/index.ts';
import type { Outcome, RequestKind, ResponseOf } from '../apply/requests.ts';
import { rpcFailure } from './rpc-errors.ts';

/** A row of a service table. */
export type ServiceEntry = readonly [path: string, method: ServiceMethod];

/** A unary method: `handle` is called with the decoded request and answers through `call`, once. */
export function unary<Request>(
  path: string,
  codec: MessageCodec<Request>,
  handle: (call: UnaryCall, request: Request) => void,
): ServiceEntry {
  const handler = (call: UnaryCall, bytes: Uint8Array): void => {
    const request = decoded(codec, bytes, 'unary');
    if (request instanceof RpcError) call.fail(request);
    else handle(call, request);
  };
  return [path, { kind: 'unary', handler }];
}

/** What grpc-go says of bytes that are not the message they should be. */
const UNREADABLE = {
  unary: 'grpc: error unmarshalling request',
  stream: 'grpc: failed to unmarshal the received message',
} as const;

/** Go's words for the commonest mistakes; for the others the reader's own must do. */
const GO_WORDS: Partial<Record<WireErrorCode, string>> = {
  WIRE_TRUNCATED: 'unexpected EOF',
  WIRE_VARINT: 'proto: integer overflow',
  WIRE_UTF8: 'string field contains invalid UTF-8',
};

/** The request of a call of this kind, or the error that grpc-go gives for its bytes. */
export function decoded<Request>(
  codec: MessageCodec<Request>,
  bytes: Uint8Array,
  kind: keyof typeof UNREADABLE,
): Request | RpcError {
  try {
    return codec.decode(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const reason = GO_WORDS[error.code] ?? `proto: ${error.message}`;
    return new RpcError('Internal', `${UNREADABLE[kind]}: ${reason}`);
  }
}

/** Answers a call with the outcome of its proposal; `encode` gets the applied response. */
export function answer<K extends RequestKind>(
  call: UnaryCall,
  encode: (response: ResponseOf[K]) => Uint8Array,
): (outcome: Outcome<K>) => void {
  return (outcome) => {
    if (outcome.error !== undefined) call.fail(rpcFailure(outcome.error));
    else call.reply(encode(outcome.response));
  };
}
