/** One watch of the server on itself, read response by response. */
import { defined } from '../../base/assert.ts';
import type { BidiCall, Call, RpcFailure, ServiceMethod } from '../../grpc/index.ts';
import { WatchCreateRequest, WatchRequest, WatchResponse } from '../../pb/index.ts';
import { LocalCall } from './local-call.ts';
import { localError } from './local-error.ts';
import { failureOf } from './rpc-errors.ts';

/** Responses that may wait to be read; from then on the watch is behind, and catches up later. */
export const localResponsesMax = 8;

const CANCELED: RpcFailure = { code: 'Canceled', message: 'context canceled' };

export class LocalWatch extends LocalCall implements BidiCall {
  readonly #responses: Uint8Array[] = [];
  #failure: RpcFailure | undefined;
  #wake: (() => void) | undefined;
  #messageListener: ((message: Uint8Array) => void) | undefined;
  #drainListener: (() => void) | undefined;
  #drainOwed = false;

  /** Opens a watch at the handler of the Watch service. */
  static open(
    method: ServiceMethod & { kind: 'bidi' },
    request: Partial<WatchCreateRequest>,
    caller: Call,
  ): LocalWatch {
    const watch = new LocalWatch(caller);
    method.handler(watch);
    const createRequest = WatchCreateRequest.create(request);
    const listener = defined(watch.#messageListener, 'the handler listens');
    listener(WatchRequest.encode(WatchRequest.create({ createRequest })));
    return watch;
  }

  /**
   * The next response with events. Rejects with an RpcError when the watch has ended, and when
   * it was closed. Must not be called again before it has settled.
   */
  async next(): Promise<WatchResponse> {
    for (;;) {
      const bytes = this.#responses.shift();
      if (bytes === undefined) {
        await this.#arrival();
        continue;
      }
      this.#madeRoom();
      const response = WatchResponse.decode(bytes);
      if (response.canceled) throw localError(cancellation(response));
      if (response.events.length > 0) return response;
    }
  }

  /** Ends the watch; whoever waits for a response is told. */
  close(): void {
    this.abort(CANCELED);
  }

  send(response: Uint8Array): boolean {
    if (this.isOver) return true;
    this.#responses.push(response);
    this.#wake?.();
    this.#drainOwed = this.#responses.length >= localResponsesMax;
    return !this.#drainOwed;
  }

  end(): void {
    this.fail(CANCELED);
  }

  onDrain(listener: () => void): void {
    this.#drainListener = listener;
  }

  onMessage(listener: (message: Uint8Array) => void): void {
    this.#messageListener = listener;
  }

  onHalfClose(): void {}

  /** There is one message only, so there is nothing to hold back. */
  pause(): void {}

  resume(): void {}

  protected override failed(failure: RpcFailure): void {
    this.#failure = failure;
    this.#wake?.();
  }

  async #arrival(): Promise<void> {
    if (this.#failure !== undefined) throw localError(this.#failure);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  #madeRoom(): void {
    if (!this.#drainOwed || this.isOver) return;
    this.#drainOwed = false;
    this.#drainListener?.();
  }
}

/** Why a watch was cancelled, in the words of etcd's client. */
function cancellation({ compactRevision, cancelReason }: WatchResponse): RpcFailure {
  if (compactRevision !== 0) return failureOf('MVCC_COMPACTED');
  if (cancelReason !== '') return { code: 'FailedPrecondition', message: cancelReason };
  return failureOf('MVCC_FUTURE_REVISION');
}
