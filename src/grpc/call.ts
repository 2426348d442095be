/**
 * What a service handler sees of a call. It knows no transport and needs no promise: the answer
 * is given when it is ready, in this turn or a later one.
 *
 * The first ending counts, whoever gives it: the handler's reply, end or fail, the client's
 * cancellation, the deadline or an abort. What comes after it is ignored, so that a handler need not know
 * whether somebody still waits.
 */
import type { RpcFailure } from './status.ts';

export interface Call {
  /** First value of a request header that is text, by lower-case name; a character for each byte. */
  metadata(name: string): string | undefined;
  /**
   * How long the client waits, counted from the moment the handler is called; undefined = for
   * ever. The transport ends the call when the time is up; the handler sees that as cancelled.
   */
  readonly timeoutMs: number | undefined;
  /** `address:port` of the client. */
  readonly peer: string;
  /** Common name of the client's verified certificate. */
  readonly clientCommonName: string | undefined;
  /** The call ended without the handler: client gone, cancelled, out of time, or aborted. */
  readonly cancelled: boolean;
  /** Calls `listener` once, when the call becomes cancelled; at once if it is. One per call. */
  onCancel(listener: () => void): void;
  /** Calls `listener` once, when the call has ended, whoever ended it. One per call. */
  onEnd(listener: () => void): void;
  /** Ends the call with an error; messages already sent go out first. */
  fail(failure: RpcFailure): void;
  /** Ends the call as `fail` does, but for others than its handler, who sees it as cancelled. */
  abort(failure: RpcFailure): void;
}

export interface UnaryCall extends Call {
  /** Ends the call with its one answer. The bytes must not change afterwards. */
  reply(response: Uint8Array): void;
}

/** What calls have that answer with any number of messages. */
export interface StreamCall extends Call {
  /**
   * Sends a message; the bytes must not change afterwards. False: SEND_BUFFER_BYTES_MAX or more
   * wait for the client, who is slow; what is sent before `onDrain` is kept, but without bound,
   * so do not.
   */
  send(message: Uint8Array): boolean;
  /** Calls `listener` each time there is room again after `send` returned false. One per call. */
  onDrain(listener: () => void): void;
  /** Ends the call with status OK after the messages sent. */
  end(): void;
}

/** A call with one request. */
export interface ServerStreamCall extends StreamCall {
  /**
   * As `send`, of a message in pieces, which are not put together before they leave. They may change
   * when SEND_BUFFER_BYTES_MAX more were sent and there was room again.
   */
  sendPieces(pieces: readonly Uint8Array[]): boolean;
}

/**
 * A call that takes any number of messages, too. Client streaming is this kind with one answer.
 * Messages flow once the handler has returned, unless it paused.
 */
export interface BidiCall extends StreamCall {
  /** Calls `listener` for each message. The bytes are the listener's to keep. One per call. */
  onMessage(listener: (message: Uint8Array) => void): void;
  /** Calls `listener` once, when the client has sent its last message. One per call. */
  onHalfClose(listener: () => void): void;
  /** Stops messages; once the transport's own buffers are full, the client is held back. */
  pause(): void;
  resume(): void;
}

/** Bytes waiting for a slow client from which on `send` returns false. */
export const SEND_BUFFER_BYTES_MAX = 65536;

/** One method of a service. Request bytes are the handler's to keep. */
export type ServiceMethod =
  | {
      readonly kind: 'unary';
      readonly handler: (call: UnaryCall, request: Uint8Array) => void;
    }
  | {
      readonly kind: 'server-stream';
      readonly handler: (call: ServerStreamCall, request: Uint8Array) => void;
    }
  | { readonly kind: 'bidi'; readonly handler: (call: BidiCall) => void };

/** Methods by path, as `/etcdserverpb.KV/Put`. */
export type ServiceTable = ReadonlyMap<string, ServiceMethod>;
