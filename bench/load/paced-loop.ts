/**
 * Load at a steady pace, whatever the answers take: what a closed loop hides, since it waits with
 * the server, shows here as latency. Counted from when a request was due, not from when it was sent.
 */
import { BenchError } from '../bench-error.ts';
import type { ClientConnection } from '../http2/client-connection.ts';
import { ClientStream, type StreamListener } from '../http2/client-stream.ts';
import type { OutgoingMessage } from '../http2/request-sender.ts';
import type { ConnectionGroup } from './connection-group.ts';
import { Latencies } from './latencies.ts';
import type { RequestSet } from './request-set.ts';

/** Requests without an answer; one more ends the run as BENCH_STALLED. */
export const IN_FLIGHT_MAX = 20_000;
const TURN_MS = 1;

export interface PacedLoopOptions {
  readonly perSecond: number;
  /** {@link IN_FLIGHT_MAX} unless given. */
  readonly inFlightMax?: number;
  readonly requests: RequestSet;
}

export class PacedLoop {
  readonly #group: ConnectionGroup;
  readonly #requests: RequestSet;
  readonly #perMs: number;
  readonly #inFlightMax: number;
  readonly #free: PacedSlot[] = [];
  #latencies = new Latencies(1);
  #timer: NodeJS.Timeout | undefined;
  #startedAtMs = 0;
  #sent = 0;
  #answered = 0;
  #slots = 0;
  #writes = 0;
  #isStopping = false;
  #done: (() => void) | undefined;
  #fail: ((error: unknown) => void) | undefined;

  constructor(group: ConnectionGroup, options: PacedLoopOptions) {
    const { perSecond, requests, inFlightMax = IN_FLIGHT_MAX } = options;
    this.#inFlightMax = inFlightMax;
    this.#group = group;
    this.#requests = requests;
    this.#perMs = perSecond / 1000;
  }

  /**
   * Sends until it is stopped, and resolves with the number of writes when all is answered; rejects
   * like {@link ConnectionGroup.run}.
   */
  async run(): Promise<number> {
    const failed = new Promise<never>((_resolve, reject) => {
      this.#fail = reject;
    });
    const running = this.#group.run(
      (done) => {
        this.#done = done;
        this.#startedAtMs = performance.now();
        this.#timer = setInterval(() => this.#turn(), TURN_MS);
      },
      () => this.#answered,
    );
    try {
      await Promise.race([running, failed]);
    } finally {
      clearInterval(this.#timer);
    }
    return this.#writes;
  }

  /** From now on latencies go to `latencies`. */
  measure(latencies: Latencies): void {
    this.#latencies = latencies;
  }

  stop(): void {
    this.#isStopping = true;
    clearInterval(this.#timer);
    this.#endIfAnswered();
  }

  #turn(): void {
    try {
      this.#sendDue();
    } catch (error) {
      this.#fail?.(error);
    }
  }

  #sendDue(): void {
    const due = Math.floor((performance.now() - this.#startedAtMs) * this.#perMs);
    for (; this.#sent < due; this.#sent++) {
      const slot = this.#free.pop() ?? this.#newSlot();
      slot.send(this.#sent % this.#requests.length, this.#startedAtMs + this.#sent / this.#perMs);
    }
    this.#group.flush();
  }

  #newSlot(): PacedSlot {
    if (this.#slots === this.#inFlightMax) {
      throw new BenchError('BENCH_STALLED', `${this.#inFlightMax} requests without an answer`);
    }
    const { connections } = this.#group;
    const connection = connections[this.#slots++ % connections.length] as ClientConnection;
    return new PacedSlot(connection, this.#requests, (slot, writes, latencyMs) => {
      this.#free.push(slot);
      this.#answered++;
      if (writes) this.#writes++;
      this.#latencies.record(latencyMs);
      this.#endIfAnswered();
    });
  }

  #endIfAnswered(): void {
    if (this.#isStopping && this.#answered === this.#sent) this.#done?.();
  }
}

type Answered = (slot: PacedSlot, writes: boolean, latencyMs: number) => void;

/** One request in flight, or none. */
class PacedSlot implements StreamListener {
  readonly #connection: ClientConnection;
  readonly #requests: RequestSet;
  readonly #answered: Answered;
  readonly #stream = new ClientStream(this);
  readonly #message: OutgoingMessage = { bytes: new Uint8Array(0), start: 0, end: 0 };
  #index = 0;
  #dueAtMs = 0;

  constructor(connection: ClientConnection, requests: RequestSet, answered: Answered) {
    this.#connection = connection;
    this.#requests = requests;
    this.#answered = answered;
  }

  send(index: number, dueAtMs: number): void {
    this.#index = index;
    this.#dueAtMs = dueAtMs;
    this.#requests.select(index, this.#message);
    this.#connection.begin(this.#stream, this.#requests.kind(index).path);
    this.#connection.send(this.#stream, this.#message, true);
  }

  onMessage(bytes: Uint8Array, start: number, end: number): void {
    this.#requests.kind(this.#index).check(bytes, start, end, this.#index);
  }

  onEnd(): void {
    const { writes } = this.#requests.kind(this.#index);
    this.#answered(this, writes, this.#connection.receivedAtMs - this.#dueAtMs);
  }
}
