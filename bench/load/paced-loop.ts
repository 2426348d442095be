/**
 * Load at a steady pace: a request is due every so often, whether or not those before it have been
 * answered. Its latency counts from when it was due, so that a server that stalls is not spared
 * the requests that would have come meanwhile.
 */
import { BenchError } from '../bench-error.ts';
import type { ClientConnection } from '../http2/client-connection.ts';
import { ClientStream, type StreamListener } from '../http2/client-stream.ts';
import type { OutgoingMessage } from '../http2/request-sender.ts';
import type { ConnectionGroup } from './connection-group.ts';
import type { Latencies } from './latencies.ts';
import type { RequestSet } from './request-set.ts';

/** Between two looks at the clock. */
const LOOK_MS = 1;

export class PacedLoop {
  readonly #group: ConnectionGroup;
  readonly #requests: RequestSet;
  readonly #perMs: number;
  /** Slots without a request; when there is none, a request that is due waits for one. */
  readonly #idle: Slot[];
  readonly #slots: number;
  #latencies: Latencies | undefined;
  #startedAtMs = 0;
  #started = 0;
  #completed = 0;
  #next = 0;
  #timer: NodeJS.Timeout | undefined;
  #done: (() => void) | undefined;

  constructor(
    group: ConnectionGroup,
    requests: RequestSet,
    { streams, perSecond }: { readonly streams: number; readonly perSecond: number },
  ) {
    this.#group = group;
    this.#requests = requests;
    this.#perMs = perSecond / 1000;
    this.#idle = group.connections.flatMap((connection) =>
      Array.from({ length: streams }, () => new Slot(this, connection)),
    );
    this.#slots = this.#idle.length;
  }

  /** Makes requests until `until` settles and all are answered; returns how many. Rejects as it. */
  async run(until: Promise<unknown>, latencies: Latencies): Promise<number> {
    this.#latencies = latencies;
    this.#started = 0;
    this.#completed = 0;
    const running = this.#group.run(
      (done) => {
        this.#startedAtMs = performance.now();
        this.#timer = setInterval(() => this.#look(), LOOK_MS);
        this.#done = done;
      },
      () => this.#completed,
    );
    const stopped = until.finally(() => {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#endIfOver();
    });
    try {
      // Even if it rejects, what is under way comes to its end first.
      await Promise.all([running, stopped.catch(() => undefined)]);
    } finally {
      clearInterval(this.#timer);
    }
    await stopped;
    return this.#completed;
  }

  request(index: number, message: OutgoingMessage): void {
    this.#requests.select(index, message);
  }

  kind(index: number): ReturnType<RequestSet['kind']> {
    return this.#requests.kind(index);
  }

  complete(slot: Slot, latencyMs: number): void {
    this.#completed++;
    this.#latencies?.record(latencyMs);
    this.#idle.push(slot);
    this.#endIfOver();
  }

  #look(): void {
    const due = Math.floor((performance.now() - this.#startedAtMs) * this.#perMs);
    while (this.#started < due) {
      const slot = this.#idle.pop();
      if (slot === undefined) break;
      const dueAtMs = this.#startedAtMs + this.#started / this.#perMs;
      this.#started++;
      const index = this.#next;
      this.#next = index + 1 === this.#requests.length ? 0 : index + 1;
      slot.start(index, dueAtMs);
    }
    this.#group.flush();
  }

  #endIfOver(): void {
    if (this.#timer === undefined && this.#idle.length === this.#slots) this.#done?.();
  }
}

class Slot implements StreamListener {
  readonly #loop: PacedLoop;
  readonly #connection: ClientConnection;
  readonly #stream = new ClientStream(this);
  readonly #message: OutgoingMessage = { bytes: new Uint8Array(0), start: 0, end: 0 };
  #index = 0;
  #dueAtMs = 0;
  #isAnswered = true;

  constructor(loop: PacedLoop, connection: ClientConnection) {
    this.#loop = loop;
    this.#connection = connection;
  }

  start(index: number, dueAtMs: number): void {
    this.#index = index;
    this.#dueAtMs = dueAtMs;
    this.#isAnswered = false;
    this.#loop.request(index, this.#message);
    this.#connection.begin(this.#stream, this.#loop.kind(index).path);
    this.#connection.send(this.#stream, this.#message, true);
  }

  onMessage(bytes: Uint8Array, start: number, end: number): void {
    const { path, check } = this.#loop.kind(this.#index);
    if (this.#isAnswered) throw new BenchError('BENCH_ANSWER', `${path}: one answer too many`);
    check(bytes, start, end, this.#index);
    this.#isAnswered = true;
  }

  onEnd(): void {
    const { path } = this.#loop.kind(this.#index);
    if (!this.#isAnswered) throw new BenchError('BENCH_ANSWER', `${path}: no answer, status OK`);
    this.#loop.complete(this, this.#connection.receivedAtMs - this.#dueAtMs);
  }
}
