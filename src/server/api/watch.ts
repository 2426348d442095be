/** The Watch service: ties a client stream to a watch stream of the hub. */
import type { AuthStore, Identity } from '../../auth/index.ts';
import { CodedError } from '../../base/coded-error.ts';
import type { Random } from '../../base/ports/random.ts';
import type { Scheduler, Timer } from '../../base/ports/scheduler.ts';
import { type BidiCall, RpcError } from '../../grpc/index.ts';
import type { WatchHub, WatchStream } from '../../mvcc/index.ts';
import { type WatchCreateRequest, WatchRequest } from '../../pb/index.ts';
import type { Callers } from './callers.ts';
import { decoded, type ServiceEntry } from './decoded-request.ts';
import { rpcFailure } from './rpc-errors.ts';

export interface WatchServiceOptions {
  /** How often a watcher that asked for it hears how far it is, when nothing else happens. */
  readonly progressIntervalMs: number;
}

export interface WatchServicePorts {
  readonly hub: WatchHub;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly callers: Callers;
  /** As it now is. */
  readonly auth: () => AuthStore;
  /** Watchers may wait to be read for: catch them up. */
  readonly catchUp: () => void;
}

export function watchService(
  options: WatchServiceOptions,
  ports: WatchServicePorts,
): ServiceEntry[] {
  const handler = (call: BidiCall): void => new WatchCall(call, options, ports).serve();
  return [['/etcdserverpb.Watch/Watch', { kind: 'bidi', handler }]];
}

/** One client's stream. A half-closed one goes on: its watchers may still have much to tell. */
class WatchCall {
  readonly #call: BidiCall;
  readonly #ports: WatchServicePorts;
  readonly #stream: WatchStream;
  readonly #progress: Timer;
  /** A request that the stream had no room to answer; none is read after it until there is. */
  #refused: WatchRequest | undefined;
  #isClosed = false;

  constructor(
    call: BidiCall,
    { progressIntervalMs }: WatchServiceOptions,
    ports: WatchServicePorts,
  ) {
    const { hub, random, scheduler } = ports;
    this.#call = call;
    this.#ports = ports;
    this.#stream = hub.openStream({ send: (response) => call.send(response) });
    // Up to a tenth more, so that streams opened together do not all report together.
    const jitterMs = random.below(Math.max(1, Math.floor(progressIntervalMs / 10)));
    const periodMs = progressIntervalMs + jitterMs;
    this.#progress = scheduler.every(periodMs, () => this.#stream.progressTick());
  }

  serve(): void {
    this.#call.onMessage((bytes) => this.#accept(bytes));
    this.#call.onDrain(() => this.#drained());
    this.#call.onCancel(() => this.#close());
  }

  #close(): void {
    this.#isClosed = true;
    this.#progress.cancel();
    this.#stream.close();
  }

  #accept(bytes: Uint8Array): void {
    const request = decoded(WatchRequest, bytes, 'stream');
    if (request instanceof RpcError) {
      this.#call.fail(request);
      this.#close();
    } else {
      this.#offer(request);
    }
  }

  /** Who asks for a watcher is looked up, for which no further request is read if it takes time. */
  #offer(request: WatchRequest): void {
    const { createRequest } = request;
    if (createRequest === undefined) return this.#handle(request, undefined);
    let isKnown = false;
    let hasWaited = false;
    this.#ports.callers.find(this.#call, (identity) => {
      isKnown = true;
      if (this.#isClosed) return;
      this.#handle(request, refusalOf(createRequest, identity, this.#ports.auth()));
      if (hasWaited && this.#refused === undefined) this.#call.resume();
    });
    if (isKnown) return;
    hasWaited = true;
    this.#call.pause();
  }

  #handle(request: WatchRequest, refusal: string | undefined): void {
    if (!this.#stream.handle(request, refusal)) {
      this.#refused = request;
      this.#call.pause();
      return;
    }
    this.#ports.catchUp();
  }

  #drained(): void {
    this.#stream.drained();
    const refused = this.#refused;
    this.#refused = undefined;
    if (refused !== undefined) this.#offer(refused);
    if (this.#refused === undefined) this.#call.resume();
    this.#ports.catchUp();
  }
}

const FIRST_KEY = Uint8Array.of(0);

/** Why there is no watcher for the caller, in the words that grpc-go prints such an error in. */
function refusalOf(
  { key, rangeEnd }: WatchCreateRequest,
  identity: Identity | CodedError<string>,
  auth: AuthStore,
): string | undefined {
  const range = { key: key.length === 0 ? FIRST_KEY : key, rangeEnd };
  const error =
    identity instanceof CodedError ? identity : auth.keyAccess(identity).refusalToRead(range);
  if (error === undefined) return undefined;
  const { code, message } = rpcFailure(error);
  return `rpc error: code = ${code} desc = ${message}`;
}
