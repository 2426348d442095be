/** The Watch service: ties a client stream to a watch stream of the hub. */
import type { Random } from '../../base/ports/random.ts';
import type { Scheduler, Timer } from '../../base/ports/scheduler.ts';
import { type BidiCall, RpcError } from '../../grpc/index.ts';
import type { WatchHub, WatchStream } from '../../mvcc/index.ts';
import { WatchRequest } from '../../pb/index.ts';
import { decoded, type ServiceEntry } from './decoded-request.ts';

export interface WatchServiceOptions {
  /** How often a watcher that asked for it hears how far it is, when nothing else happens. */
  readonly progressIntervalMs: number;
}

export interface WatchServicePorts {
  readonly hub: WatchHub;
  readonly scheduler: Scheduler;
  readonly random: Random;
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

  #offer(request: WatchRequest): void {
    if (!this.#stream.handle(request)) {
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
