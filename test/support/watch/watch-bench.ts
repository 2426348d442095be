import { fromLatin1 } from '../../../src/base/bytes.ts';
import { WatchHub, type WatchStream } from '../../../src/mvcc/watch/index.ts';
import { WatchCreateRequest, WatchRequest } from '../../../src/pb/index.ts';
import { FakeSink, type ResponseText } from './fake-sink.ts';
import { FakeStore, type Write } from './fake-store.ts';

/** A create request with keys as latin1 strings. */
export interface CreateText extends Partial<Omit<WatchCreateRequest, 'key' | 'rangeEnd'>> {
  readonly key?: string;
  readonly rangeEnd?: string;
}

export function createRequest(create: CreateText): WatchRequest {
  const { key = '', rangeEnd = '', ...rest } = create;
  const keys = { key: fromLatin1(key), rangeEnd: fromLatin1(rangeEnd) };
  return WatchRequest.create({ createRequest: WatchCreateRequest.create({ ...rest, ...keys }) });
}

/** One client: a stream of the hub and what came out of it. */
export class Client {
  readonly sink: FakeSink;
  readonly stream: WatchStream;

  constructor(hub: WatchHub, room?: number) {
    this.sink = new FakeSink(room);
    this.stream = hub.openStream(this.sink);
  }

  create(create: CreateText, refusal?: string): boolean {
    return this.stream.handle(createRequest(create), refusal);
  }

  cancel(watchId: bigint): boolean {
    return this.stream.handle(WatchRequest.create({ cancelRequest: { watchId } }));
  }

  requestProgress(): boolean {
    return this.stream.handle(WatchRequest.create({ progressRequest: {} }));
  }

  take(): ResponseText[] {
    return this.sink.take();
  }

  /** Takes what is there and tells the stream that there is room. */
  drain(): ResponseText[] {
    const responses = this.sink.read();
    this.drained();
    return responses;
  }

  drained(): void {
    this.sink.free();
    this.stream.drained();
  }
}

/** A hub on a fake store. */
export class WatchBench {
  store: FakeStore = new FakeStore();
  /** Stores whose place others have taken; they still answer what was asked of them. */
  readonly #formers: FakeStore[] = [];
  readonly hub: WatchHub;
  raftTerm = 3;

  constructor(fragmentBytesMin: number = Number.POSITIVE_INFINITY, revisions = 1) {
    this.hub = new WatchHub({
      header: () => ({ clusterId: 1n, memberId: 2n, raftTerm: this.raftTerm }),
      fragmentBytesMin,
    });
    while (this.store.currentRevision < revisions) this.store.commit([{ key: 'old', value: 'x' }]);
    this.hub.attach(this.store);
  }

  client(room?: number): Client {
    return new Client(this.hub, room);
  }

  put(key: string, value: string): number {
    return this.commit({ key, value });
  }

  delete(key: string): number {
    return this.commit({ key });
  }

  commit(...writes: Write[]): number {
    const revision = this.store.commit(writes, this.hub);
    this.hub.checkInvariants();
    return revision;
  }

  compact(revision: number): void {
    this.store.compact(revision, this.hub);
    this.hub.checkInvariants();
  }

  /** A copy of the store that has gone further, unseen by the hub, takes its place. */
  replace(goOn: (store: FakeStore) => void): void {
    this.#formers.push(this.store);
    this.store = this.store.copy();
    goOn(this.store);
    this.hub.restored(this.store);
    this.hub.checkInvariants();
  }

  get readsWaiting(): number {
    return [...this.#formers, this.store].reduce((sum, store) => sum + store.readsWaiting, 0);
  }

  async answerReads(): Promise<void> {
    for (const store of [...this.#formers, this.store]) await store.answerReads();
  }

  /** Runs passes until none is needed, answering reads; returns how many. */
  async catchUp(): Promise<number> {
    let passes = 0;
    while (this.hub.needsCatchUp) {
      passes++;
      const pass = this.hub.catchUp();
      while (this.readsWaiting > 0) await this.answerReads();
      await pass;
      this.hub.checkInvariants();
    }
    return passes;
  }
}
