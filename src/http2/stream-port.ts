/**
 * What a connection and the user of its streams say to one another.
 *
 * All calls are synchronous. What a user sends is queued and leaves when the turn ends, all
 * streams of the connection in one write. A user may call any method of a stream from any of the
 * callbacks. Once the stream has ended, whoever ended it, the stream's methods do nothing and the
 * user hears nothing more.
 */
import type { ErrorCode } from './error-code.ts';

/** One field of a request; one character per byte (latin1) in both. */
export interface RequestField {
  readonly name: string;
  readonly value: string;
}

/** A request that passed HTTP/2's own rules: RFC 9113 section 8.3. */
export interface RequestHead {
  readonly method: string;
  /** Empty for CONNECT, as is `path`. */
  readonly scheme: string;
  /** Empty when the request has none. */
  readonly authority: string;
  readonly path: string;
  /** The fields without the pseudo ones, in their order; names are lower case. */
  readonly fields: readonly RequestField[];
}

export interface StreamAcceptor {
  /**
   * A request began; whoever is returned hears of its body. `endStream`: there is none, and
   * `onEnd` follows at once. The acceptor may answer, and end the stream, in this call.
   */
  accept(stream: Http2Stream, request: RequestHead, endStream: boolean): StreamUser;
}

export interface StreamUser {
  /** A piece of the body, never empty: a view that may be kept (it pins what the socket read). */
  onData(bytes: Uint8Array): void;
  /** The body is complete. Trailers of a request are checked and dropped. */
  onEnd(): void;
  /**
   * The stream ended before the user ended its answer, and not by the user's own `reset`: the
   * peer reset it, the connection is gone, or a rule or limit was broken.
   */
  onCancel(): void;
  /** Follows a `send` that returned false: less than {@link SEND_BUFFER_BYTES} wait again. */
  onDrain(): void;
}

/** With so many bytes waiting on one stream, `send` asks its user to pause. */
export const SEND_BUFFER_BYTES = 65_536;

/** An answer: headers, then data, then an end; or an end alone. */
export interface Http2Stream {
  readonly id: number;

  /** Queues the answer's first header block, HPACK encoded without the dynamic table. */
  sendHeaders(block: Uint8Array): void;

  /**
   * Queues body bytes, which must not change any more. False when {@link SEND_BUFFER_BYTES} or
   * more wait: the user should pause until `onDrain`. Also false when the peer makes the server
   * hold too much already: the bytes are dropped, and `onCancel` follows.
   */
  send(bytes: Uint8Array): boolean;

  /** As `send`, with gRPC's five-byte prefix of an uncompressed message before the bytes. */
  sendMessage(bytes: Uint8Array): boolean;

  /**
   * Ends the answer with a header block, after the data that is queued. Without `sendHeaders`
   * before it, it is the whole answer. A request that has not ended by then is cut off by
   * RST_STREAM NO_ERROR.
   */
  endWithTrailers(block: Uint8Array): void;

  /** Ends the answer with the data that is queued; cuts the request off as `endWithTrailers`. */
  endWithData(): void;

  /** Ends the stream at once; what was queued is dropped. */
  reset(code: ErrorCode): void;

  /**
   * The user holds so many bytes of the body no more: the peer may send others instead. Not
   * needed for the rest when the stream ends.
   */
  credit(bytes: number): void;

  /**
   * The user needs `bytes` more of the body before it can credit any: the peer may send them at
   * once, beyond the usual window.
   */
  expect(bytes: number): void;
}
