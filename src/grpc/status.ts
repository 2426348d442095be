import { CodedError } from '../base/coded-error.ts';

/** gRPC status codes by their Go names, as they go over the wire in `grpc-status`. */
export const StatusCode = {
  OK: 0,
  Canceled: 1,
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  Aborted: 10,
  OutOfRange: 11,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
  Unauthenticated: 16,
} as const;

export type StatusCodeName = keyof typeof StatusCode;

/** How a call fails. A plain object will do, so that frequent failures need no stack trace. */
export interface RpcFailure {
  readonly code: Exclude<StatusCodeName, 'OK'>;
  /** The exact text for the client: etcd's clients match on it. */
  readonly message: string;
}

/** Thrown when a request must end with a gRPC status. */
export class RpcError extends CodedError<RpcFailure['code']> implements RpcFailure {
  override readonly name = 'RpcError';

  constructor(code: RpcFailure['code'], message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}
