/**
 * The watch hub against a dumb model: a list of all events ever, from which each watcher's due
 * events are filtered. Clients are fast or slow, reads of the store are answered at once or
 * later, compactions, cancels and new watchers come at any time, and so do stores that have gone
 * further and take the place of the one there is.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ResponseText } from '../../support/watch/fake-sink.ts';
import type { Write } from '../../support/watch/fake-store.ts';
import { type Client, WatchBench } from '../../support/watch/watch-bench.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);
const KEYS = ['a', 'ab', 'b', 'c'];
/** Room of each client's sink: slow ones fill up, the last one never does. */
const ROOMS = [1, 2, 5, Number.POSITIVE_INFINITY];

type Step =
  | { readonly do: 'write'; readonly keys: readonly string[]; readonly isDelete: boolean }
  | { readonly do: 'create'; readonly client: number; readonly watch: Watch }
  | { readonly do: 'cancel'; readonly client: number; readonly nth: number }
  | { readonly do: 'compact'; readonly back: number }
  | { readonly do: 'replace'; readonly missed: number; readonly back: number | undefined }
  | { readonly do: 'drain' | 'progress'; readonly client: number }
  | { readonly do: 'forget'; readonly back: number }
  | { readonly do: 'pass' | 'answer' };

interface Watch {
  readonly key: string;
  readonly rangeEnd: string;
  /** Start relative to the current revision; undefined = from now on. */
  readonly ahead: number | undefined;
  readonly filters: number[];
  readonly prevKv: boolean;
}

interface LoggedEvent {
  readonly revision: number;
  readonly key: string;
  readonly isDelete: boolean;
  readonly text: string;
  readonly was: string | undefined;
}

/** One watcher as the model sees it. */
interface Watched {
  readonly id: number;
  readonly watch: Watch;
  readonly from: number;
  readonly received: string[];
  isCreated: boolean;
  isCanceled: boolean;
  lastRevision: number;
}

const client = fc.nat(ROOMS.length - 1);
const watch = fc.record<Watch>({
  key: fc.constantFrom(...KEYS, ''),
  rangeEnd: fc.constantFrom('', '', 'b', 'c', '\0'),
  ahead: fc.option(fc.integer({ min: -12, max: 4 }), { nil: undefined }),
  filters: fc.constantFrom([], [], [0], [1]),
  prevKv: fc.boolean(),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      keys: fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 3 }),
      isDelete: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('create' as const), client, watch }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('cancel' as const), client, nth: fc.nat(5) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compact' as const), back: fc.nat(8) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('replace' as const),
      missed: fc.nat(4),
      back: fc.option(fc.nat(8), { nil: undefined, freq: 1 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('drain', 'progress'), client }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), back: fc.nat(6) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('pass', 'answer') }) },
);

class Run {
  readonly #bench = new WatchBench();
  readonly #clients: Client[] = ROOMS.map((room) => this.#bench.client(room));
  readonly #watched: Map<number, Watched>[] = ROOMS.map(() => new Map());
  readonly #log: LoggedEvent[] = [];
  readonly #values = new Map<string, string>();
  #nextId = 1;
  /** Whether those in sync have had to be read for: the store was replaced. */
  #wasReplaced = false;
  readonly #passes: Promise<void>[] = [];

  get #revision(): number {
    return this.#bench.store.currentRevision;
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const one of steps) {
      await this.#perform(one);
      this.#bench.hub.checkInvariants();
      this.#clients.forEach((_, c) => this.#receive(c));
    }
    await this.#settle();
    this.#clients.forEach((_, c) => this.#checkComplete(c));
  }

  async #perform(one: Step): Promise<void> {
    switch (one.do) {
      case 'write':
        this.#write(one.keys, one.isDelete);
        break;
      case 'create':
        this.#create(one.client, one.watch);
        break;
      case 'cancel':
        this.#cancel(one.client, one.nth);
        break;
      case 'compact': {
        const revision = this.#revision - one.back;
        if (revision > this.#bench.store.compactRevision) this.#bench.compact(revision);
        break;
      }
      case 'replace':
        this.#replace(one.missed, one.back);
        break;
      case 'drain':
        this.#clients[one.client]?.drained();
        break;
      case 'progress':
        this.#clients[one.client]?.requestProgress();
        break;
      case 'forget':
        this.#bench.store.memoryFrom = this.#revision + 1 - one.back;
        break;
      case 'pass':
        this.#passes.push(this.#bench.hub.catchUp());
        break;
      case 'answer':
        await this.#bench.answerReads();
    }
  }

  /** A store takes the place of the one there is that has `missed` revisions more. */
  #replace(missed: number, back: number | undefined): void {
    this.#wasReplaced = true;
    this.#bench.replace((store) => {
      for (let n = 0; n < missed; n++) {
        store.commit(
          this.#logged(KEYS.slice(n % 3, (n % 3) + 2), n === 2, store.currentRevision + 1),
        );
      }
      const floor = store.currentRevision - (back ?? Number.POSITIVE_INFINITY);
      if (floor > store.compactRevision) store.compact(floor);
    });
  }

  #write(keys: readonly string[], isDelete: boolean): void {
    const writes = this.#logged(keys, isDelete, this.#revision + 1);
    if (writes.length > 0) this.#bench.commit(...writes);
  }

  /** What `revision` does, noted as what watchers are to see. */
  #logged(keys: readonly string[], isDelete: boolean, revision: number): Write[] {
    const writes: Write[] = [];
    for (const key of keys) {
      const was = this.#values.get(key);
      if (isDelete && was === undefined) continue;
      const value = `${key}${revision}`;
      writes.push(isDelete ? { key } : { key, value });
      const text = isDelete ? `delete ${key} @${revision}` : `put ${key}=${value} @${revision}`;
      this.#log.push({ revision, key, isDelete, text, was });
      if (isDelete) this.#values.delete(key);
      else this.#values.set(key, value);
    }
    return writes;
  }

  #create(c: number, asked: Watch): void {
    const { ahead, ...rest } = asked;
    const startRevision = ahead === undefined ? 0 : Math.max(1, this.#revision + ahead);
    const id = this.#nextId++;
    const from = startRevision === 0 ? this.#revision + 1 : startRevision;
    const key = asked.key === '' ? '\0' : asked.key;
    if (asked.rangeEnd > '\0' && key >= asked.rangeEnd) return;
    const watched = { id, watch: { ...asked, key }, from, received: [], lastRevision: 0 };
    const flags = { isCreated: false, isCanceled: false };
    // Known before the request, which may be answered at once; forgotten if it is refused.
    this.#watched[c]?.set(id, { ...watched, ...flags });
    const taken = this.#clients[c]?.create({ ...rest, startRevision, watchId: BigInt(id) });
    if (taken !== true) this.#watched[c]?.delete(id);
  }

  #cancel(c: number, nth: number): void {
    const ids = [...(this.#watched[c]?.keys() ?? [])];
    const id = ids[nth % ids.length];
    if (id === undefined || this.#clients[c]?.cancel(BigInt(id)) !== true) return;
    this.#receive(c);
    assert.equal(this.#watched[c]?.get(id)?.isCanceled, true);
    this.#watched[c]?.delete(id);
  }

  #receive(c: number): void {
    for (const response of this.#clients[c]?.sink.read() ?? []) {
      if (response.id === -1) this.#checkProgress(c, response);
      else this.#checkResponse(c, response);
    }
  }

  #checkResponse(c: number, response: ResponseText): void {
    const watched = this.#watched[c]?.get(response.id);
    assert.ok(watched !== undefined, 'a response names a watcher');
    assert.equal(watched.isCreated, response.created !== true, 'created comes first, and once');
    watched.isCreated = true;
    if (response.compactRevision !== undefined) {
      assert.equal(response.compactRevision, this.#bench.store.compactRevision);
      assert.ok(watched.from < response.compactRevision, 'compaction cancels only the past');
      const neverBehind = ROOMS[c] === Number.POSITIVE_INFINITY && (watched.watch.ahead ?? 1) > 0;
      assert.ok(!neverBehind || this.#wasReplaced, 'compaction cancels no synced watcher');
    }
    const events = response.events ?? [];
    assert.ok(!watched.isCanceled || events.length === 0, 'no event after the cancellation');
    watched.isCanceled ||= response.canceled === true;
    if (events.length === 0) return;
    const revisions = events.map((event) => Number(/@(\d+)/.exec(event)?.[1]));
    assert.ok((revisions[0] ?? 0) > watched.lastRevision, 'no revision is split');
    watched.lastRevision = revisions.at(-1) ?? 0;
    assert.ok(response.revision >= watched.lastRevision);
    watched.received.push(...events);
    this.#checkPrefix(watched);
  }

  /** What was received is what was due, from the first on, each once and in order. */
  #checkPrefix(watched: Watched): void {
    const due = this.#due(watched);
    const { compactRevision } = this.#bench.store;
    for (const [i, text] of watched.received.entries()) {
      const event = due[i];
      assert.ok(event !== undefined, `${text} was not due`);
      const full = event.was === undefined ? event.text : `${event.text} was ${event.was}`;
      if (!watched.watch.prevKv) assert.equal(text, event.text);
      else if (event.revision - 1 >= compactRevision) assert.equal(text, full);
      else assert.ok(text === full || text === event.text, `${text} for ${full}`);
    }
  }

  #due({ watch: { key, rangeEnd, filters }, from }: Watched): LoggedEvent[] {
    return this.#log.filter((event) => {
      if (event.revision < from || filters.includes(event.isDelete ? 1 : 0)) return false;
      if (rangeEnd === '') return event.key === key;
      return event.key >= key && (rangeEnd === '\0' || event.key < rangeEnd);
    });
  }

  /** A progress response says that nothing up to its revision is outstanding. */
  #checkProgress(c: number, response: ResponseText): void {
    assert.deepEqual(response, { id: -1, revision: this.#revision });
    for (const watched of this.#watched[c]?.values() ?? []) {
      assert.equal(watched.received.length, this.#due(watched).length);
    }
  }

  /** Everybody reads, and nothing else happens, until there is nothing to do. */
  async #settle(): Promise<void> {
    for (let busy = true; busy; ) {
      while (this.#bench.readsWaiting > 0) await this.#bench.answerReads();
      await Promise.all(this.#passes.splice(0));
      for (const one of this.#clients) one.drained();
      await this.#bench.catchUp();
      this.#clients.forEach((_, c) => this.#receive(c));
      busy = this.#clients.some(({ stream }) => stream.lagging.size > 0);
    }
  }

  #checkComplete(c: number): void {
    for (const watched of this.#watched[c]?.values() ?? []) {
      assert.equal(watched.isCreated, true);
      if (watched.isCanceled) continue;
      assert.equal(watched.received.length, this.#due(watched).length, 'an event is missing');
    }
  }
}

describe('watch hub', () => {
  it('WATCH-I10 every watcher gets exactly its events, in order, each once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120, size: 'max' }), async (steps) => {
        await new Run().play(steps);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
