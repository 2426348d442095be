/** Calls without a transport: what a handler did with them, and what the client does next. */
import { concatBytes } from '../../../src/base/bytes.ts';
import type { BidiCall, RpcFailure, ServerStreamCall, UnaryCall } from '../../../src/grpc/index.ts';

class FakeCall {
  readonly timeoutMs: number | undefined = undefined;
  readonly peer: string = '127.0.0.1:1';
  readonly clientCommonName: string | undefined = undefined;
  cancelled = false;
  failure: RpcFailure | undefined;
  /** Request headers. */
  readonly headers: Readonly<Record<string, string>>;
  #onCancel: (() => void) | undefined;
  #onEnd: (() => void) | undefined;

  constructor(headers: Readonly<Record<string, string>> = {}) {
    this.headers = headers;
  }

  metadata(name: string): string | undefined {
    return this.headers[name];
  }

  onCancel(listener: () => void): void {
    this.#onCancel = listener;
  }

  onEnd(listener: () => void): void {
    this.#onEnd = listener;
  }

  fail(failure: RpcFailure): void {
    if (this.isOver) return;
    this.failure = failure;
    this.over();
  }

  abort(failure: RpcFailure): void {
    if (this.isOver) return;
    this.fail(failure);
    this.cancelled = true;
    this.#onCancel?.();
  }

  /** The client goes away. */
  cancel(): void {
    if (this.isOver) return;
    this.cancelled = true;
    this.over();
    this.#onCancel?.();
  }

  /** To be called once, when the call has ended. */
  protected over(): void {
    this.#onEnd?.();
  }

  get isOver(): boolean {
    return this.cancelled || this.failure !== undefined;
  }
}

export class FakeUnaryCall extends FakeCall implements UnaryCall {
  response: Uint8Array | undefined;

  reply(response: Uint8Array): void {
    if (this.isOver) return;
    this.response = response;
    this.over();
  }

  override get isOver(): boolean {
    return super.isOver || this.response !== undefined;
  }
}

/** Delivers at once what the client sends, also from within `resume`: the strictest transport. */
export class FakeBidiCall extends FakeCall implements BidiCall, ServerStreamCall {
  /** Messages that the client has not taken yet. */
  readonly sent: Uint8Array[] = [];
  /** From so many messages on that wait for the client, `send` returns false. */
  sendMax = Infinity;
  isPaused = false;
  hasEnded = false;
  readonly #waiting: Uint8Array[] = [];
  #onMessage: ((message: Uint8Array) => void) | undefined;
  #onHalfClose: (() => void) | undefined;
  #onDrain: (() => void) | undefined;
  #isHalfClosed = false;
  #owesDrain = false;

  override get isOver(): boolean {
    return super.isOver || this.hasEnded;
  }

  /** Messages of the client that wait because the handler has paused. */
  get waiting(): number {
    return this.#waiting.length;
  }

  onMessage(listener: (message: Uint8Array) => void): void {
    this.#onMessage = listener;
  }

  onHalfClose(listener: () => void): void {
    this.#onHalfClose = listener;
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.#deliver();
  }

  send(message: Uint8Array): boolean {
    if (this.isOver) return true;
    this.sent.push(message);
    const hasRoom = this.sent.length < this.sendMax;
    if (!hasRoom) this.#owesDrain = true;
    return hasRoom;
  }

  sendPieces(pieces: readonly Uint8Array[]): boolean {
    return this.send(concatBytes(pieces));
  }

  end(): void {
    if (this.isOver) return;
    this.hasEnded = true;
    this.over();
  }

  /** The client sends a message. */
  receive(message: Uint8Array): void {
    this.#waiting.push(message);
    this.#deliver();
  }

  /** The client has sent its last message. */
  halfClose(): void {
    this.#isHalfClosed = true;
    this.#deliver();
  }

  /** The client reads everything that was sent. */
  take(): Uint8Array[] {
    const taken = this.sent.splice(0);
    if (this.#owesDrain) {
      this.#owesDrain = false;
      if (!this.isOver) this.#onDrain?.();
    }
    return taken;
  }

  #deliver(): void {
    while (!this.isPaused && !this.isOver && this.#waiting.length > 0) {
      this.#onMessage?.(this.#waiting.shift() as Uint8Array);
    }
    if (!this.#isHalfClosed || this.#waiting.length > 0 || this.isOver) return;
    this.#isHalfClosed = false;
    this.#onHalfClose?.();
  }
}
