/**
 * Load of watches by a closed loop: a slot makes its next put when the one before has been
 * answered and all its events have arrived.
 */
import { concatBytes } from '../../src/base/bytes.ts';
import { WatchCreateRequest, WatchRequest, WatchService } from '../../src/pb/index.ts';
import { BenchError } from '../bench-error.ts';
import type { ClientConnection } from '../http2/client-connection.ts';
import { ClientStream, type StreamListener } from '../http2/client-stream.ts';
import { framedMessage } from '../http2/message-reader.ts';
import type { OutgoingMessage } from '../http2/request-sender.ts';
import type { ConnectionGroup } from './connection-group.ts';
import type { Latencies } from './latencies.ts';
import type { RequestSet } from './request-set.ts';
import { readWatchResponse, type WatchSink } from './watch-events.ts';

export interface WatchLoopOptions {
  /** Puts in flight per connection. */
  readonly putStreams: number;
  /** Watch streams per connection, at most. */
  readonly watchStreams: number;
  /** Key of each watcher. */
  readonly watchedKeys: readonly Uint8Array[];
  /** Events that each put causes. */
  readonly fanOut: number;
  /** Puts whose values start with their index. */
  readonly puts: RequestSet;
}

export class WatchLoop {
  readonly #group: ConnectionGroup;
  readonly #slots: PutSlot[];
  readonly #streams: WatchStream[] = [];
  readonly #watchers: number;
  readonly puts: RequestSet;
  readonly fanOut: number;
  /** By put: the slot that waits for its events. */
  readonly #waiting: (PutSlot | undefined)[];
  #created = 0;
  #events = 0;
  #unstarted = 0;
  #unfinished = 0;
  #next = 0;
  #latencies: Latencies | undefined;
  #done: (() => void) | undefined;

  constructor(group: ConnectionGroup, options: WatchLoopOptions) {
    this.#group = group;
    this.puts = options.puts;
    this.fanOut = options.fanOut;
    this.#waiting = Array.from({ length: options.puts.length }, () => undefined);
    this.#watchers = options.watchedKeys.length;
    this.#slots = group.connections.flatMap((connection) =>
      Array.from({ length: options.putStreams }, () => new PutSlot(this, connection)),
    );
    const { connections } = group;
    const count = Math.min(this.#watchers, connections.length * options.watchStreams);
    const keysOf = Array.from({ length: count }, (): Uint8Array[] => []);
    for (const [watcher, key] of options.watchedKeys.entries()) keysOf[watcher % count]?.push(key);
    // Neighbours go to different connections.
    for (const [index, keys] of keysOf.entries()) {
      const connection = connections[index % connections.length] as ClientConnection;
      this.#streams.push(new WatchStream(this, connection, keys));
    }
  }

  /** Creates the watches. */
  open(): Promise<void> {
    return this.#group.run(
      (done) => {
        this.#done = done;
        for (const stream of this.#streams) stream.open();
      },
      () => this.#created,
    );
  }

  /** Makes `count` puts and waits for all their events, each with its latency from the put on. */
  async run(count: number, latencies?: Latencies): Promise<void> {
    this.#latencies = latencies;
    this.#unstarted = count;
    this.#unfinished = count;
    await this.#group.run(
      (done) => {
        this.#done = done;
        for (const slot of this.#slots) slot.next();
      },
      () => this.#events,
    );
  }

  /** Number of the next put, now `slot`'s; undefined when this run needs no more. */
  draw(slot: PutSlot): number | undefined {
    if (this.#unstarted === 0) return undefined;
    this.#unstarted--;
    const index = this.#next;
    this.#next = index + 1 === this.puts.length ? 0 : index + 1;
    this.#waiting[index] = slot;
    return index;
  }

  onCreated(): void {
    if (++this.#created === this.#watchers) this.#done?.();
  }

  onEvent(put: number, receivedAtMs: number): void {
    const slot = this.#waiting[put];
    if (slot === undefined) {
      throw new BenchError('BENCH_ANSWER', `Watch: event of put ${put}, which is not under way`);
    }
    this.#events++;
    this.#latencies?.record(receivedAtMs - slot.startedAtMs);
    slot.onEvent();
  }

  complete(put: number): void {
    this.#waiting[put] = undefined;
    if (--this.#unfinished === 0) this.#done?.();
  }
}

class PutSlot implements StreamListener {
  readonly #loop: WatchLoop;
  readonly #connection: ClientConnection;
  readonly #stream = new ClientStream(this);
  readonly #message: OutgoingMessage = { bytes: new Uint8Array(0), start: 0, end: 0 };
  #put = 0;
  #answers = 0;
  #eventsAwaited = 0;
  #ended = true;
  startedAtMs = 0;

  constructor(loop: WatchLoop, connection: ClientConnection) {
    this.#loop = loop;
    this.#connection = connection;
  }

  next(): void {
    const put = this.#loop.draw(this);
    if (put === undefined) return;
    this.#put = put;
    this.#answers = 0;
    this.#eventsAwaited = this.#loop.fanOut;
    this.#ended = false;
    this.startedAtMs = performance.now();
    this.#loop.puts.select(put, this.#message);
    this.#connection.begin(this.#stream, this.#loop.puts.kind(put).path);
    this.#connection.send(this.#stream, this.#message, true);
  }

  onMessage(bytes: Uint8Array, start: number, end: number): void {
    this.#loop.puts.kind(this.#put).check(bytes, start, end, this.#put);
    this.#answers++;
  }

  onEnd(): void {
    if (this.#answers !== 1) {
      throw new BenchError('BENCH_ANSWER', `Put: ${this.#answers} answers instead of 1`);
    }
    this.#ended = true;
    this.#completeWhenAllIsThere();
  }

  onEvent(): void {
    this.#eventsAwaited--;
    this.#completeWhenAllIsThere();
  }

  #completeWhenAllIsThere(): void {
    if (!this.#ended || this.#eventsAwaited > 0) return;
    this.#loop.complete(this.#put);
    this.next();
  }
}

/** One Watch call with some of the watchers. */
class WatchStream implements StreamListener, WatchSink {
  readonly #loop: WatchLoop;
  readonly #connection: ClientConnection;
  readonly #stream = new ClientStream(this);
  readonly #keys: readonly Uint8Array[];
  /** By watch id, counted from 1: revision of the last event. */
  readonly #lastRevisions: Float64Array;

  constructor(loop: WatchLoop, connection: ClientConnection, keys: readonly Uint8Array[]) {
    this.#loop = loop;
    this.#connection = connection;
    this.#keys = keys;
    this.#lastRevisions = new Float64Array(keys.length + 1);
  }

  open(): void {
    const bytes = concatBytes(
      this.#keys.map((key, index) => {
        const createRequest = WatchCreateRequest.create({ key, watchId: BigInt(index + 1) });
        return framedMessage(WatchRequest.encode(WatchRequest.create({ createRequest })));
      }),
    );
    this.#connection.begin(this.#stream, WatchService.methods.Watch.path);
    this.#connection.send(this.#stream, { bytes, start: 0, end: bytes.length }, false);
  }

  onMessage(bytes: Uint8Array, start: number, end: number): void {
    readWatchResponse(bytes, start, end, this);
  }

  onEnd(): void {
    throw new BenchError('BENCH_ANSWER', 'Watch: the server ended the stream');
  }

  onCreated(): void {
    this.#loop.onCreated();
  }

  /** Revisions that only grow, and as many events as there are watchers: each got it once. */
  onEvent(watchId: number, modRevision: number, write: number): void {
    const last = this.#lastRevisions[watchId];
    if (last === undefined || modRevision <= last) {
      const text = `Watch ${watchId}: event of revision ${modRevision} behind ${last}`;
      throw new BenchError('BENCH_ANSWER', text);
    }
    this.#lastRevisions[watchId] = modRevision;
    this.#loop.onEvent(write, this.#connection.receivedAtMs);
  }
}
