/** Builds service table rows whose handlers get decoded requests. */
import { RpcError, type ServiceMethod, type UnaryCall } from '../../grpc/index.ts';
import { type MessageCodec, WireError } from '../../pb/index.ts';
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
    const request = decodedOr('grpc: error unmarshalling request', codec, bytes);
    if (request instanceof RpcError) call.fail(request);
    else handle(call, request);
  };
  return [path, { kind: 'unary', handler }];
}

/** A message of a stream, or the error that grpc-go gives for bytes that are no such message. */
export function decoded<Request>(
  codec: MessageCodec<Request>,
  bytes: Uint8Array,
): Request | RpcError {
  return decodedOr('grpc: failed to unmarshal the received message', codec, bytes);
}

/** The message, or an error that says `complaint` and why. */
function decodedOr<Request>(
  complaint: string,
  codec: MessageCodec<Request>,
  bytes: Uint8Array,
): Request | RpcError {
  try {
    return codec.decode(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return new RpcError('Internal', `${complaint}: ${error.message}`);
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
