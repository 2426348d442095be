/**
 * One stream: what its user calls, and the state that the rest of the module reads and writes.
 *
 * A stream is in the table from its request's header block until its answer has been written
 * whole, or until it is reset. In RFC 9113's terms it is then open, or half-closed (remote) once
 * `isRequestEnded`. An answer that is complete before its request leaves it half-closed (local),
 * and out of the table, for a turn: RST_STREAM follows.
 */
import type { ErrorCode } from './error-code.ts';
import { WINDOW_BYTES_DEFAULT } from './frame.ts';
import { MESSAGE_PREFIX_BYTES, SendBuffer } from './send-buffer.ts';
import type { StreamList } from './stream-list.ts';
import { type Http2Stream, SEND_BUFFER_BYTES, type StreamUser } from './stream-port.ts';

/** What the peer may send on a stream before its user has taken any of it. */
export const STREAM_WINDOW_BYTES: number = WINDOW_BYTES_DEFAULT;
/** A larger window is announced when it is worth a frame: half of it has been used. */
const WINDOW_STEP_BYTES = (STREAM_WINDOW_BYTES + 1) / 2;
/** A request without content-length. */
const LENGTH_UNKNOWN = -1;

/** What a stream asks of its connection. */
export interface StreamHost {
  /** Something was queued, `bytes` of it body. */
  onQueued(stream: Stream, bytes: number): void;
  onResetByUser(stream: Stream, code: ErrorCode): void;
  /** Whether `bytes` more of body may be queued; if not, the stream is about to be cut off. */
  mayQueue(stream: Stream, bytes: number): boolean;
  /** The user holds `bytes` of the body no more. */
  onCredited(bytes: number): void;
  onWindowGrown(stream: Stream, increment: number): void;
}

export class Stream implements Http2Stream {
  readonly id: number;
  readonly #host: StreamHost;
  /** Undefined until the acceptor has named one, and when the stream's end is settled. */
  user: StreamUser | undefined = undefined;

  /** How many bytes the peer may still send. */
  receiveWindow: number = STREAM_WINDOW_BYTES;
  /** What an open stream takes, whatever is done on it. */
  ownBytes = 0;
  /** Bytes that the user was given and has not credited. */
  heldBytes = 0;
  /** By content-length: what is to come of the body. */
  bodyBytesLeft: number = LENGTH_UNKNOWN;
  isRequestEnded = false;

  /** How many bytes the peer takes; negative after it made its initial window smaller. */
  sendWindow: number;
  headers: Uint8Array | undefined = undefined;
  readonly body: SendBuffer = new SendBuffer();
  trailers: Uint8Array | undefined = undefined;
  /** The user has ended its answer; what is queued may be still to be sent. */
  isAnswerEnded = false;
  /** The user was told to pause. */
  isPaused = false;
  /** There was no room for what the user queued: the next flush cuts the stream off. */
  isOverdrawn = false;
  /** Not in the table any more. */
  isClosed = false;

  list: StreamList | undefined = undefined;
  previous: Stream | undefined = undefined;
  next: Stream | undefined = undefined;
  nextInBucket: Stream | undefined = undefined;

  constructor(id: number, host: StreamHost, sendWindow: number) {
    this.id = id;
    this.#host = host;
    this.sendWindow = sendWindow;
  }

  sendHeaders(block: Uint8Array): void {
    if (this.#isOver) return;
    this.headers = block;
    this.#host.onQueued(this, 0);
  }

  send(bytes: Uint8Array): boolean {
    return this.#queue(bytes, 0);
  }

  sendMessage(bytes: Uint8Array): boolean {
    return this.#queue(bytes, MESSAGE_PREFIX_BYTES);
  }

  endWithTrailers(block: Uint8Array): void {
    if (this.#isOver) return;
    this.trailers = block;
    this.endWithData();
  }

  endWithData(): void {
    if (this.#isOver) return;
    this.isAnswerEnded = true;
    this.user = undefined;
    this.#host.onQueued(this, 0);
  }

  reset(code: ErrorCode): void {
    if (!this.isClosed) this.#host.onResetByUser(this, code);
  }

  credit(bytes: number): void {
    if (this.#isOver) return;
    const released = Math.min(bytes, this.heldBytes);
    this.heldBytes -= released;
    this.#host.onCredited(released);
    const growth = STREAM_WINDOW_BYTES - this.heldBytes - this.receiveWindow;
    if (growth >= WINDOW_STEP_BYTES) this.#growWindow(growth);
  }

  expect(bytes: number): void {
    // More than asked for: at a window of 0, clients on nghttp2 keep back even the empty frame
    // that ends the request.
    const growth = bytes + WINDOW_STEP_BYTES - this.receiveWindow;
    if (!this.#isOver && bytes >= this.receiveWindow) this.#growWindow(growth);
  }

  /** So much of what came was padding: the user, who never sees it, cannot credit it. */
  creditPadding(bytes: number): void {
    if (!this.#isOver) this.#growWindow(bytes);
  }

  /** Nothing that the user does matters any more. */
  get #isOver(): boolean {
    return this.isClosed || this.isAnswerEnded || this.isOverdrawn;
  }

  #queue(bytes: Uint8Array, prefixBytes: number): boolean {
    if (this.isClosed || this.isAnswerEnded) return true;
    if (!this.#host.mayQueue(this, bytes.length + prefixBytes)) return false;
    this.body.add(bytes, prefixBytes);
    this.#host.onQueued(this, bytes.length + prefixBytes);
    this.isPaused = this.body.length >= SEND_BUFFER_BYTES;
    return !this.isPaused;
  }

  #growWindow(increment: number): void {
    if (this.isRequestEnded) return;
    this.receiveWindow += increment;
    this.#host.onWindowGrown(this, increment);
  }
}
