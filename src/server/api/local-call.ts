/** Calls that the server makes to its own services, on behalf of a client's call. */
import type { Call, RpcFailure, UnaryCall } from '../../grpc/index.ts';

/** What a handler sees of such a call: the client's token and name, but none of its deadline. */
export abstract class LocalCall implements Call {
  readonly timeoutMs: number | undefined = undefined;
  readonly #caller: Call;
  #cancelListener: (() => void) | undefined;
  #isOver = false;
  cancelled = false;

  constructor(caller: Call) {
    this.#caller = caller;
  }

  get peer(): string {
    return this.#caller.peer;
  }

  get clientCommonName(): string | undefined {
    return this.#caller.clientCommonName;
  }

  metadata(name: string): string | undefined {
    return this.#caller.metadata(name);
  }

  onCancel(listener: () => void): void {
    this.#cancelListener = listener;
  }

  /** Nobody but its maker keeps an eye on such a call. */
  onEnd(): void {}

  fail(failure: RpcFailure): void {
    if (this.leaveOpen()) this.failed(failure);
  }

  abort(failure: RpcFailure): void {
    if (!this.leaveOpen()) return;
    this.cancelled = true;
    this.failed(failure);
    this.#cancelListener?.();
  }

  protected abstract failed(failure: RpcFailure): void;

  protected get isOver(): boolean {
    return this.#isOver;
  }

  /** True for the one who ends the call. */
  protected leaveOpen(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    return true;
  }
}

export class LocalUnaryCall extends LocalCall implements UnaryCall {
  readonly #done: (outcome: Uint8Array | RpcFailure) => void;

  constructor(caller: Call, done: (outcome: Uint8Array | RpcFailure) => void) {
    super(caller);
    this.#done = done;
  }

  reply(response: Uint8Array): void {
    if (this.leaveOpen()) this.#done(response);
  }

  protected override failed(failure: RpcFailure): void {
    this.#done(failure);
  }
}
