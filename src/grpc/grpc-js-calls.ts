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
import { type RpcFailure, StatusCode } from './status.ts';

type Bytes = Uint8Array;

/** Told of exceptions that escape a handler or one of its listeners: bugs, all of them. */
export type ReportHandlerError = (error: unknown) => void;

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
  readonly #metadata: Metadata;
  readonly #report: ReportHandlerError;
  #state: 'open' | 'ended' | 'cancelled' = 'open';
  #cancelListener: (() => void) | undefined;
  #endListener: (() => void) | undefined;

  constructor(surface: Surface, report: ReportHandlerError) {
    this.#metadata = surface.metadata;
    this.#report = report;
    this.timeoutMs = remainingMs(surface.getDeadline());
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
    if (this.leaveOpen()) this.sendFailure(failure);
  }

  abort(failure: RpcFailure): void {
    if (!this.leaveOpen()) return;
    this.sendFailure(failure);
    this.#becomeCancelled();
  }

  /** Runs code of the handler. */
  guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fail(INTERNAL);
      this.#report(error);
    }
  }

  protected abstract sendFailure(failure: RpcFailure): void;

  /** True for the one who ends the call. */
  protected leaveOpen(): boolean {
    if (this.#state !== 'open') return false;
    this.#state = 'ended';
    this.#endListener?.();
    return true;
  }

  #cancel(): void {
    if (this.leaveOpen()) this.#becomeCancelled();
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
    report: ReportHandlerError,
  ) {
    super(surface, report);
    this.#respond = respond;
  }

  reply(response: Bytes): void {
    if (this.leaveOpen()) this.#respond(null, response);
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
    report: ReportHandlerError,
  ) {
    super(stream, report);
    this.#stream = stream;
  }

  send(message: Bytes): boolean {
    if (!this.open) return true;
    this.#queuedBytes += message.length;
    this.#stream.write(message, () => this.#written(message.length));
    this.#drainOwed = this.#queuedBytes >= SEND_BUFFER_BYTES_MAX;
    return !this.#drainOwed;
  }

  onDrain(listener: () => void): void {
    this.#drainListener = listener;
  }

  end(): void {
    if (this.leaveOpen()) this.#stream.end();
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

  constructor(stream: ServerDuplexStream<Bytes, Bytes>, report: ReportHandlerError) {
    super(stream, report);
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

/** Milliseconds until `deadline`, a point in wall-clock time; grpc-js says Infinity for none. */
function remainingMs(deadline: Date | number): number | undefined {
  const remaining = Number(deadline) - Date.now();
  return remaining === Number.POSITIVE_INFINITY ? undefined : Math.max(0, remaining);
}
