/** The form of scripts of raw gRPC calls, and short ways to write them. */
import type { Fields } from '../support/grpc-client.ts';

/** A request, or what makes it of the last revision that an answer told. */
export type Request = Fields | ((revision: number) => Fields);

/** Rewrites in a decoded answer what may differ; each use is listed in `known-differences.ts`. */
export type Rewrite = (answer: Fields) => void;

/** One unary call. */
export interface CallStep {
  /** Service and method without the package, as `KV/Put`. */
  readonly call: string;
  readonly request: Request | Buffer;
  readonly rewrite?: Rewrite;
  /**
   * What 3.6 and we answer where 3.5 dies, or changes its state as 3.6 does not: the step is not
   * sent to a 3.5 oracle.
   */
  readonly only36?: Failure;
}

/** How a call or stream ended. */
export interface Failure {
  readonly code: number;
  readonly text: string;
}

/** A stream with what is done while it is open. */
export interface StreamStep {
  readonly stream: string;
  readonly actions: readonly Action[];
  readonly rewrite?: Rewrite;
}

export type Action =
  /** Sends a message on the stream. */
  | { readonly send: Request | Buffer }
  /** Makes a call beside it, and waits for its answer. */
  | CallStep
  /** Waits until the stream is quiet; first for so many responses, when told so. */
  | { readonly settle: number }
  /** Says that no more messages come from this side. */
  | { readonly halfClose: true };

export type GrpcStep = CallStep | StreamStep;

export const call = (method: string, request: Request | Buffer = {}): CallStep => ({
  call: method,
  request,
});

export const put = (key: string, value: string, more: Fields = {}): CallStep =>
  call('KV/Put', { key, value, ...more });

export const range = (key: string, more: Fields = {}): CallStep =>
  call('KV/Range', { key, ...more });

export const del = (key: string, more: Fields = {}): CallStep =>
  call('KV/DeleteRange', { key, ...more });

export const SETTLE: Action = { settle: 0 };

/** The largest and smallest int64, in a form that protobufjs takes. */
export const INT64_MAX = '9223372036854775807';
export const INT64_MIN = '-9223372036854775808';
