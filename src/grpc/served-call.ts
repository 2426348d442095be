/** What calls of all kinds have in common: how they end, and how their answer goes out. */

import { concatBytes } from '../base/bytes.ts';
import { ErrorCode, type Http2Stream, type RequestField } from '../http2/index.ts';
import { type AnswerFormat, failureTrailers, OK_TRAILERS } from './answer-format.ts';
import type { Call } from './call.ts';
import type { CallOrigin } from './call-origin.ts';
import type { Expiring } from './deadlines.ts';
import { framedMessage, messagePrefix } from './message-prefix.ts';
import type { MethodScope } from './server-scope.ts';
import { type RpcFailure, StatusCode, type StatusCodeName } from './status.ts';

/** The part of an HTTP/2 stream that calls use. */
export type GrpcStream = Pick<
  Http2Stream,
  'sendHeaders' | 'send' | 'sendMessage' | 'endWithTrailers' | 'reset' | 'credit' | 'expect'
>;

/** A request to a method, its messages aside. */
export interface CallRequest {
  readonly stream: GrpcStream;
  readonly fields: readonly RequestField[];
  readonly from: CallOrigin;
  readonly format: AnswerFormat;
  readonly timeoutMs: number | undefined;
}

const INTERNAL: RpcFailure = { code: 'Internal', message: 'internal server error' };
const TIMED_OUT: RpcFailure = { code: 'DeadlineExceeded', message: 'context deadline exceeded' };

export abstract class ServedCall implements Call, Expiring {
  deadlineMs: number = Number.POSITIVE_INFINITY;
  deadlineSlot = -1;
  deadlineNext: Expiring | undefined = undefined;
  deadlinePrevious: Expiring | undefined = undefined;
  protected readonly scope: MethodScope;
  readonly #request: CallRequest;
  #state: 'open' | 'ended' | 'cancelled' = 'open';
  /** It was counted; a call whose request is unreadable may end before. */
  #isStarted = false;
  /** 0 when nobody wants to know how long the call takes. */
  #startedMs = 0;
  #areHeadersSent = false;
  /** `send` has returned false, and there was no room since. */
  #isBlocked = false;
  #cancelListener: (() => void) | undefined = undefined;
  #endListener: (() => void) | undefined = undefined;

  constructor(scope: MethodScope, request: CallRequest) {
    this.scope = scope;
    this.#request = request;
    const { timeoutMs } = request;
    if (timeoutMs !== undefined) scope.server.deadlines.add(this, timeoutMs);
  }

  metadata(name: string): string | undefined {
    if (name.endsWith('-bin')) return undefined;
    for (const field of this.#request.fields) if (field.name === name) return field.value;
    return undefined;
  }

  get timeoutMs(): number | undefined {
    if (this.deadlineMs === Number.POSITIVE_INFINITY) return undefined;
    return Math.max(0, this.deadlineMs - this.scope.server.clock.monotonicMs());
  }

  get peer(): string {
    return this.#request.from.peer;
  }

  get clientCommonName(): string | undefined {
    return this.#request.from.clientCommonName;
  }

  get open(): boolean {
    return this.#state === 'open';
  }

  get cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  onCancel(listener: () => void): void {
    if (this.cancelled) listener();
    else this.#cancelListener = listener;
  }

  onEnd(listener: () => void): void {
    if (this.open) this.#endListener = listener;
    else listener();
  }

  fail(failure: RpcFailure): void {
    if (!this.#leaveOpen(failure.code)) return;
    this.#sendFailure(failure);
    this.tell(this.#endListener);
  }

  abort(failure: RpcFailure): void {
    if (!this.#leaveOpen(failure.code)) return;
    this.#sendFailure(failure);
    this.#becomeCancelled();
  }

  onDeadline(): void {
    if (!this.#leaveOpen('DeadlineExceeded')) return;
    // Who does not take what was sent would not take the status behind it, either.
    if (this.#isBlocked) this.#request.stream.reset(ErrorCode.CANCEL);
    else this.#sendFailure(TIMED_OUT);
    this.#becomeCancelled();
  }

  /** The client went away, or called the call off. */
  lost(): void {
    if (this.#leaveOpen('Canceled')) this.#becomeCancelled();
  }

  /** Counts the call: from here on it is one of its method. */
  started(): void {
    const { counters, server } = this.scope;
    counters.started++;
    this.#isStarted = true;
    if (counters.handling !== undefined) this.#startedMs = server.clock.monotonicMs();
  }

  /** Counts a message of the client. */
  received(message: Uint8Array): void {
    this.scope.counters.receivedMessages++;
    this.scope.server.counters.receivedBytes += message.length;
  }

  /** An exception escaped the handler or one of its listeners. */
  caught(error: unknown): void {
    this.fail(INTERNAL);
    this.scope.server.onHandlerError(error, this.scope.path);
  }

  protected sendMessage(message: Uint8Array): boolean {
    const { stream, format } = this.#request;
    const { server } = this.scope;
    this.#beginMessage(message.length);
    const hasRoom =
      format.isGzip && message.length > 0
        ? stream.send(framedMessage(1, server.gzip.compress(message)))
        : stream.sendMessage(message);
    this.#isBlocked = !hasRoom;
    return hasRoom;
  }

  protected sendMessagePieces(pieces: readonly Uint8Array[]): boolean {
    const { stream, format } = this.#request;
    if (format.isGzip) return this.sendMessage(concatBytes(pieces));
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#beginMessage(bytes);
    let hasRoom = stream.send(messagePrefix(0, bytes));
    for (const piece of pieces) hasRoom = stream.send(piece);
    this.#isBlocked = !hasRoom;
    return hasRoom;
  }

  /** Counts a message of so many bytes; before the first one go the headers. */
  #beginMessage(bytes: number): void {
    this.scope.counters.sentMessages++;
    this.scope.server.counters.sentBytes += bytes;
    if (this.#areHeadersSent) return;
    this.#areHeadersSent = true;
    this.#request.stream.sendHeaders(this.#request.format.headers);
  }

  /** Ends the call well, after `last` if there is one. */
  protected finish(last?: Uint8Array): void {
    if (!this.#leaveOpen('OK')) return;
    if (last !== undefined) this.sendMessage(last);
    const { stream, format } = this.#request;
    stream.endWithTrailers(this.#areHeadersSent ? OK_TRAILERS : format.okAlone);
    this.tell(this.#endListener);
  }

  /** There is room again; true when that is news. */
  protected unblock(): boolean {
    const wasBlocked = this.#isBlocked;
    this.#isBlocked = false;
    return wasBlocked;
  }

  /** True for the one who ends the call. */
  #leaveOpen(code: StatusCodeName): boolean {
    if (this.#state !== 'open') return false;
    this.#state = 'ended';
    const { counters, server } = this.scope;
    server.deadlines.remove(this);
    if (!this.#isStarted) return true;
    const number = StatusCode[code];
    counters.ended[number] = (counters.ended[number] as number) + 1;
    counters.handling?.observe((server.clock.monotonicMs() - this.#startedMs) / 1000);
    return true;
  }

  #becomeCancelled(): void {
    this.#state = 'cancelled';
    this.tell(this.#endListener);
    this.tell(this.#cancelListener);
  }

  #sendFailure(failure: RpcFailure): void {
    const { stream, format } = this.#request;
    stream.endWithTrailers(
      this.#areHeadersSent ? failureTrailers(failure) : format.failureAlone(failure),
    );
  }

  /** Runs code of the handler. */
  protected tell(listener: (() => void) | undefined): void {
    if (listener === undefined) return;
    try {
      listener();
    } catch (error) {
      this.caught(error);
    }
  }
}
