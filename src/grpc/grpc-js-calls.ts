/** The call interfaces over @grpc/grpc-js' server calls. */
import type {
  Deadline,
  Metadata,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from '@grpc/grpc-js';
import {
  type BidiCall,
  type Call,
  SEND_BUFFER_BYTES_MAX,
  type ServerStreamCall,
  type UnaryCall,
} from './call.ts';
import type { MethodCounters } from './call-counters.ts';
import { type RpcFailure, StatusCode, type StatusCodeName } from './status.ts';

type Bytes = Uint8Array;

/** What the calls of one method share. */
export interface MethodScope {
  readonly counters: MethodCounters;
  /** Told of exceptions that escape a handler or one of its listeners: bugs, all of them. */
  readonly report: (error: unknown) => void;
}

/** What grpc-js' server calls of all kinds have. */
interface Surface {
  readonly metadata: Metadata;
  getDeadline(): Deadline;
  getPeer(): string;
  once(event: 'cancelled', listener: () => void): unknown;
}

const INTERNAL: RpcFailure = { code: 'Internal', message: 'internal server error' };

abstract class GrpcJsCall implements Call {
  readonly timeoutMs: number | undefined;
  readonly peer: string;
  readonly clientCommonName: string | undefined = undefined;
  protected readonly scope: MethodScope;
  readonly #metadata: Metadata;
  readonly #deadlineMs: number;
  /** 0 when nobody wants to know how long the call takes. */
  readonly #startedMs: number;
  #state: 'open' | 'ended' | 'cancelled' = 'open';
  #cancelListener: (() => void) | undefined;
  #endListener: (() => void) | undefined;

  constructor(surface: Surface, scope: MethodScope) {
    this.#metadata = surface.metadata;
    this.scope = scope;
    scope.counters.started++;
    this.#startedMs = scope.counters.handling === undefined ? 0 : performance.now();
    this.#deadlineMs = Number(surface.getDeadline());
    this.timeoutMs = remainingMs(this.#deadlineMs);
    this.peer = surface.getPeer();
    // grpc-js emits this for every call, after those that ended well, too.
    surface.once('cancelled', () => this.#cancel());
  }

  metadata(name: string): string | undefined {
    return this.#metadata.get(name).find((value) => typeof value === 'string');
  }

  get cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  get open(): boolean {
    return this.#state === 'open';
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
    if (this.leaveOpen(failure.code)) this.sendFailure(failure);
  }

  abort(failure: RpcFailure): void {
    if (!this.leaveOpen(failure.code)) return;
    this.sendFailure(failure);
    this.#becomeCancelled();
  }

  /** Runs code of the handler. */
  guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fail(INTERNAL);
      this.scope.report(error);
    }
  }

  protected abstract sendFailure(failure: RpcFailure): void;

  /** True for the one who ends the call. */
  protected leaveOpen(code: StatusCodeName): boolean {
    if (this.#state !== 'open') return false;
    this.#state = 'ended';
    this.#count(code);
    this.#endListener?.();
    return true;
  }

  #count(code: StatusCodeName): void {
    const { ended, handling } = this.scope.counters;
    const number = StatusCode[code];
    ended[number] = (ended[number] as number) + 1;
    handling?.observe((performance.now() - this.#startedMs) / 1000);
  }

  #cancel(): void {
    // Timers may be a millisecond early.
    const isOverdue = Date.now() + 1 >= this.#deadlineMs;
    if (this.leaveOpen(isOverdue ? 'DeadlineExceeded' : 'Canceled')) this.#becomeCancelled();
  }

  #becomeCancelled(): void {
    this.#state = 'cancelled';
    const listener = this.#cancelListener;
    if (listener !== undefined) this.guard(listener);
  }
}

export class GrpcJsUnaryCall extends GrpcJsCall implements UnaryCall {
  readonly #respond: sendUnaryData<Bytes>;

  constructor(
    surface: ServerUnaryCall<Bytes, Bytes>,
    respond: sendUnaryData<Bytes>,
    scope: MethodScope,
  ) {
    super(surface, scope);
    this.#respond = respond;
    scope.counters.receivedMessages++;
  }

  reply(response: Bytes): void {
    if (!this.leaveOpen('OK')) return;
    this.scope.counters.sentMessages++;
    this.#respond(null, response);
  }

  protected override sendFailure(failure: RpcFailure): void {
    this.#respond(statusOf(failure));
  }
}

export class GrpcJsServerStreamCall extends GrpcJsCall implements ServerStreamCall {
  readonly #stream: ServerWritableStream<Bytes, Bytes> | ServerDuplexStream<Bytes, Bytes>;
  #queuedBytes = 0;
  /** `send` has returned false, and nobody was told since that there is room. */
  #drainOwed = false;
  #drainListener: (() => void) | undefined;

  constructor(
    stream: ServerWritableStream<Bytes, Bytes> | ServerDuplexStream<Bytes, Bytes>,
    scope: MethodScope,
  ) {
    super(stream, scope);
    this.#stream = stream;
  }

  send(message: Bytes): boolean {
    if (!this.open) return true;
    this.scope.counters.sentMessages++;
    this.#queuedBytes += message.length;
    this.#stream.write(message, () => this.#written(message.length));
    this.#drainOwed = this.#queuedBytes >= SEND_BUFFER_BYTES_MAX;
    return !this.#drainOwed;
  }

  onDrain(listener: () => void): void {
    this.#drainListener = listener;
  }

  end(): void {
    if (this.leaveOpen('OK')) this.#stream.end();
  }

  protected override sendFailure(failure: RpcFailure): void {
    // grpc-js turns this event into the status of the call; it is no exception.
    this.#stream.emit('error', statusOf(failure));
  }

  #written(bytes: number): void {
    this.#queuedBytes -= bytes;
    if (!this.#drainOwed || !this.open || this.#queuedBytes >= SEND_BUFFER_BYTES_MAX) return;
    this.#drainOwed = false;
    const listener = this.#drainListener;
    if (listener !== undefined) this.guard(listener);
  }
}

export class GrpcJsBidiCall extends GrpcJsServerStreamCall implements BidiCall {
  readonly #stream: ServerDuplexStream<Bytes, Bytes>;
  #messageListener: ((message: Bytes) => void) | undefined;
  #halfCloseListener: (() => void) | undefined;

  constructor(stream: ServerDuplexStream<Bytes, Bytes>, scope: MethodScope) {
    super(stream, scope);
    this.#stream = stream;
  }

  onMessage(listener: (message: Bytes) => void): void {
    this.#messageListener = listener;
  }

  onHalfClose(listener: () => void): void {
    this.#halfCloseListener = listener;
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** Lets messages flow, unless the handler has paused. */
  start(): void {
    this.#stream.on('data', (message: Bytes) => {
      this.scope.counters.receivedMessages++;
      const listener = this.#messageListener;
      if (listener !== undefined && this.open) this.guard(() => listener(message));
    });
    this.#stream.once('end', () => {
      const listener = this.#halfCloseListener;
      if (listener !== undefined && this.open) this.guard(listener);
    });
  }
}

function statusOf(failure: RpcFailure): { code: number; details: string } {
  return { code: StatusCode[failure.code], details: failure.message };
}

/** Milliseconds until a point in wall-clock time; grpc-js says Infinity for none. */
function remainingMs(deadlineMs: number): number | undefined {
  const remaining = deadlineMs - Date.now();
  return remaining === Number.POSITIVE_INFINITY ? undefined : Math.max(0, remaining);
}
