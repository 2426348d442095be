/** A store on the in-memory backend, with a log of applied entries that a restart replays. */
import { assert } from '../../../src/base/assert.ts';
import { fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import { loadMeta } from '../../../src/mvcc/backend/meta.ts';
import type { Outcome } from '../../../src/mvcc/errors.ts';
import { KeyIndex } from '../../../src/mvcc/key-index.ts';
import type { Change, ChangeSink, Interest, LeaseAttacher } from '../../../src/mvcc/ports.ts';
import type { RestoreProgress } from '../../../src/mvcc/restore.ts';
import { Store } from '../../../src/mvcc/store.ts';
import {
  type CompactionObserver,
  STORE_OPTIONS_DEFAULT,
  type StoreOptions,
} from '../../../src/mvcc/store-ports.ts';
import { ValueCache } from '../../../src/mvcc/value-cache.ts';
import { WriteBuffer, type WriteBufferBounds } from '../../../src/mvcc/write-buffer.ts';
import {
  CompactionRequest,
  type CompactionResponse,
  DeleteRangeRequest,
  type DeleteRangeResponse,
  PutRequest,
  type PutResponse,
  TxnRequest,
  type TxnResponse,
} from '../../../src/pb/index.ts';
import { MemoryBackend, type MemoryBackendDisk } from '../../sim/memory-backend.ts';

/** Leases that always exist. */
export const LEASES: readonly bigint[] = [1n, 2n, 7n, -3n];

export class FakeLessor implements LeaseAttacher {
  /** Lease of each attached key. */
  readonly attached = new Map<string, bigint>();

  exists(lease: bigint): boolean {
    return LEASES.includes(lease);
  }

  attach(lease: bigint, key: Uint8Array): void {
    assert(this.exists(lease), 'only an existing lease is attached');
    this.attached.set(latin1(key), lease);
  }

  detach(key: Uint8Array): void {
    this.attached.delete(latin1(key));
  }
}

export class RecordingSink implements ChangeSink {
  /** Answers by key; `event-with-prev` for any other. */
  readonly interests = new Map<string, Interest>();
  readonly commits: { revision: number; changes: readonly Change[] }[] = [];
  readonly floors: number[] = [];

  interest(key: Uint8Array): Interest {
    return this.interests.get(latin1(key)) ?? 'event-with-prev';
  }

  committed(revision: number, changes: readonly Change[]): void {
    this.commits.push({ revision, changes });
  }

  compacted(revision: number): void {
    this.floors.push(revision);
  }
}

/** Pauses that a test ends one by one, or that end by themselves after a turn of the event loop. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isManual = false;

  get waiting(): number {
    return this.#waiting.length;
  }

  hold(): void {
    this.#isManual = true;
  }

  /** Lets everything go on, from now on without a stop. */
  release(): void {
    this.#isManual = false;
    for (const resume of this.#waiting.splice(0)) resume();
  }

  /** Lets the one that waits longest go on, as far as it comes. */
  async step(): Promise<void> {
    this.#waiting.shift()?.();
    await turn();
  }

  /** Lets the one that came last go on, so that those before it do not. */
  async stepNewest(): Promise<void> {
    this.#waiting.pop()?.();
    await turn();
  }

  readonly next = (): Promise<void> =>
    this.#isManual ? new Promise((resolve) => this.#waiting.push(resolve)) : turn();
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export type Entry =
  | { readonly put: PutRequest }
  | { readonly deleteRange: DeleteRangeRequest }
  | { readonly txn: TxnRequest }
  | { readonly compact: CompactionRequest }
  | { readonly deleteKeys: readonly Uint8Array[] };

export type EntryOutcome =
  | Outcome<PutResponse | DeleteRangeResponse | TxnResponse | CompactionResponse>
  | number;

export interface HarnessOptions {
  readonly store?: Partial<StoreOptions>;
  /** Bytes of the cache of newest values. */
  readonly valueBytesMax?: number;
  readonly buffer?: WriteBufferBounds;
  readonly compactionObserver?: CompactionObserver;
}

/** The smallest cache there can be: a few rows, so that most reads miss it. */
export const VALUE_BYTES_TINY = 4 * 256;
const SLAB_BYTES = 256;

/** Everything that a restart makes anew. */
interface Incarnation {
  readonly backend: MemoryBackend;
  readonly buffer: WriteBuffer;
  readonly index: KeyIndex;
  readonly lessor: FakeLessor;
  readonly sink: RecordingSink;
  readonly turns: Turns;
  readonly store: Store;
  readonly progress: readonly RestoreProgress[];
}

export class StoreHarness {
  /** Applied entries; the raft index of the first is 1. */
  readonly log: Entry[] = [];
  readonly fatal: unknown[] = [];
  readonly #options: HarnessOptions;
  /** What a store does on a backend that crashed is of no interest. */
  readonly #crashed = new Set<MemoryBackend>();
  #now: Incarnation | undefined;

  private constructor(options: HarnessOptions) {
    this.#options = options;
  }

  static async open(options: HarnessOptions = {}, disk?: MemoryBackendDisk): Promise<StoreHarness> {
    const harness = new StoreHarness(options);
    await harness.#start(disk);
    return harness;
  }

  get now(): Incarnation {
    assert(this.#now !== undefined, 'the store is open');
    return this.#now;
  }

  get store(): Store {
    return this.now.store;
  }

  async #start(disk?: MemoryBackendDisk): Promise<void> {
    const backend = await MemoryBackend.open(disk);
    const meta = await loadMeta(backend);
    const options = this.#options;
    const buffer = new WriteBuffer(meta, backend, options.buffer);
    const index = new KeyIndex({ slabBytes: 1024 });
    const values = new ValueCache({
      bytesMax: options.valueBytesMax ?? 64 * SLAB_BYTES,
      slabBytes: SLAB_BYTES,
    });
    const lessor = new FakeLessor();
    const sink = new RecordingSink();
    const turns = new Turns();
    const progress: RestoreProgress[] = [];
    const store = await Store.restore(
      { ...STORE_OPTIONS_DEFAULT, ...options.store },
      {
        backend,
        buffer,
        index,
        values,
        sink,
        leases: lessor,
        yieldTurn: turns.next,
        compactionPause: turns.next,
        fatal: (error) => {
          if (!this.#crashed.has(backend)) this.fatal.push(error);
        },
        ...(options.compactionObserver && { compactionObserver: options.compactionObserver }),
      },
      { meta, onProgress: (step) => progress.push(step) },
    );
    this.#now = { backend, buffer, index, lessor, sink, turns, store, progress };
    for (const entry of this.log.slice(meta.consistentIndex)) this.#applyToStore(entry);
  }

  apply(entry: Entry): EntryOutcome {
    this.log.push(entry);
    return this.#applyToStore(entry);
  }

  #applyToStore(entry: Entry): EntryOutcome {
    const { store, buffer } = this.now;
    const outcome = run(store, entry);
    buffer.setApplied(buffer.appliedIndex + 1, 1);
    return outcome;
  }

  put(key: string, value: string, more: Partial<PutRequest> = {}): Outcome<PutResponse> {
    const put = PutRequest.create({ key: fromLatin1(key), value: fromLatin1(value), ...more });
    return this.apply({ put }) as Outcome<PutResponse>;
  }

  delete(key: string, rangeEnd = '', prevKv = false): DeleteRangeResponse {
    const deleteRange = DeleteRangeRequest.create({
      key: fromLatin1(key),
      rangeEnd: fromLatin1(rangeEnd),
      prevKv,
    });
    return this.apply({ deleteRange }) as DeleteRangeResponse;
  }

  txn(request: Partial<TxnRequest>): Outcome<TxnResponse> {
    return this.apply({ txn: TxnRequest.create(request) }) as Outcome<TxnResponse>;
  }

  compact(revision: number): Outcome<CompactionResponse> {
    const compact = CompactionRequest.create({ revision });
    return this.apply({ compact }) as Outcome<CompactionResponse>;
  }

  /** Dies without a word, whatever is going on, and starts again with the disk and the log. */
  async restart(): Promise<void> {
    const { backend } = this.now;
    this.#crashed.add(backend);
    await this.#start(backend.crash());
  }

  /** Ends a test: closes the store and checks that it was sound to the end. */
  async close(): Promise<void> {
    this.now.turns.release();
    this.store.checkInvariants();
    await this.store.close();
    assert(this.fatal.length === 0, 'no background job failed');
    await this.now.backend.close();
  }
}

function run(store: Store, entry: Entry): EntryOutcome {
  if ('put' in entry) return store.put(entry.put);
  if ('deleteRange' in entry) return store.deleteRange(entry.deleteRange);
  if ('txn' in entry) return store.txn(entry.txn);
  if ('compact' in entry) return store.compact(entry.compact);
  return store.deleteKeys(entry.deleteKeys);
}
