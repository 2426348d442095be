/**
 * Load by a closed loop: each of `connections x streams` slots sends its next request when the one
 * before has been answered. All slots draw from one sequence.
 */

import { BenchError } from '../bench-error.ts';
import type { ClientConnection } from '../http2/client-connection.ts';
import { ClientStream, type StreamListener } from '../http2/client-stream.ts';
import type { OutgoingMessage } from '../http2/request-sender.ts';
import type { ConnectionGroup } from './connection-group.ts';
import type { Latencies } from './latencies.ts';
import type { RequestSet } from './request-set.ts';

export class ClosedLoop {
  readonly #group: ConnectionGroup;
  readonly #slots: Slot[];
  readonly requests: RequestSet;
  #latencies: Latencies | undefined;
  /** Requests to start, and to finish, in this run. */
  #unstarted = 0;
  #unfinished = 0;
  /** Where the next run goes on in the set: the whole set is used before any of it twice. */
  #next = 0;
  #completed = 0;
  #writes = 0;
  #done: (() => void) | undefined;

  constructor(group: ConnectionGroup, streams: number, requests: RequestSet) {
    this.#group = group;
    this.requests = requests;
    this.#slots = group.connections.flatMap((connection) =>
      Array.from({ length: streams }, () => new Slot(this, connection)),
    );
  }

  /** Makes the next `count` requests; returns how many writes were acknowledged. */
  async run(count: number, latencies?: Latencies): Promise<number> {
    if (count === 0) return 0;
    this.#latencies = latencies;
    this.#unstarted = count;
    this.#unfinished = count;
    this.#writes = 0;
    await this.#group.run(
      (done) => {
        this.#done = done;
        for (const slot of this.#slots) slot.next();
      },
      () => this.#completed,
    );
    return this.#writes;
  }

  /** Index of the next request to make; undefined when this run needs no more. */
  draw(): number | undefined {
    if (this.#unstarted === 0) return undefined;
    this.#unstarted--;
    const index = this.#next;
    this.#next = index + 1 === this.requests.length ? 0 : index + 1;
    return index;
  }

  complete(index: number, latencyMs: number): void {
    this.#completed++;
    this.#latencies?.record(latencyMs);
    if (this.requests.kind(index).writes) this.#writes++;
    if (--this.#unfinished === 0) this.#done?.();
  }
}

class Slot implements StreamListener {
  readonly #loop: ClosedLoop;
  readonly #connection: ClientConnection;
  readonly #stream = new ClientStream(this);
  readonly #message: OutgoingMessage = { bytes: new Uint8Array(0), start: 0, end: 0 };
  #index = 0;
  #startedAtMs = 0;
  #answered = true;

  constructor(loop: ClosedLoop, connection: ClientConnection) {
    this.#loop = loop;
    this.#connection = connection;
  }

  /** Makes the next request, if there is one. */
  next(): void {
    const index = this.#loop.draw();
    if (index === undefined) return;
    const { path, streaming } = this.#loop.requests.kind(index);
    this.#index = index;
    this.#answered = false;
    this.#startedAtMs = performance.now();
    this.#loop.requests.select(index, this.#message);
    if (this.#stream.id === 0) this.#connection.begin(this.#stream, path);
    this.#connection.send(this.#stream, this.#message, !streaming);
  }

  onMessage(bytes: Uint8Array, start: number, end: number): void {
    const { path, streaming, check } = this.#loop.requests.kind(this.#index);
    if (this.#answered) throw new BenchError('BENCH_ANSWER', `${path}: one answer too many`);
    check(bytes, start, end, this.#index);
    this.#answered = true;
    if (streaming) this.#complete();
  }

  onEnd(): void {
    const { path, streaming } = this.#loop.requests.kind(this.#index);
    if (streaming) throw new BenchError('BENCH_ANSWER', `${path}: the server ended the stream`);
    if (!this.#answered) throw new BenchError('BENCH_ANSWER', `${path}: no answer, status OK`);
    this.#complete();
  }

  #complete(): void {
    this.#loop.complete(this.#index, this.#connection.receivedAtMs - this.#startedAtMs);
    this.next();
  }
}
