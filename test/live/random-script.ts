/** Makes long scripts of random calls: few keys, so that everything meets everything. */
import { SeededRandom } from '../sim/seeded-random.ts';
import type { Fields } from '../support/grpc-client.ts';
import { grant, revoke, timeToLive } from './grpc-calls/lease.ts';
import { type CallStep, call, type GrpcStep } from './grpc-script.ts';

const KEYS = 60;
const LEASES = 8;
/** Sorted ranges take in at most so many keys: etcd's sort is stable up to 12. */
const SPAN_MAX = 12;
const TTL_S = 100_000;
const NESTING_MAX = 2;

export class RandomScript {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  steps(count: number): GrpcStep[] {
    return Array.from({ length: count }, () => this.#step());
  }

  /** All that a member tells about its state: hashes, keys, some older revisions, the history. */
  dump(): GrpcStep[] {
    const all = { key: '\0', rangeEnd: '\0' };
    const depths = Array.from({ length: 20 }, () => this.#below(300));
    return [
      call('KV/Range', all),
      call('Maintenance/HashKV'),
      ...depths.map((depth) =>
        call('Maintenance/HashKV', (now) => ({ revision: Math.max(1, now - depth) })),
      ),
      ...depths.map((depth) =>
        call('KV/Range', (now) => ({ ...all, revision: Math.max(1, now - depth) })),
      ),
      ...Array.from({ length: LEASES }, (_, at) => timeToLive(at + 1)),
      history((now) => now - 20),
      history(() => 1),
    ];
  }

  #step(): CallStep {
    const draw = this.#below(1000);
    if (draw < 400) return call('KV/Put', this.#put());
    if (draw < 600) return this.#ranged(this.#range());
    if (draw < 720) return call('KV/DeleteRange', this.#delete());
    if (draw < 920) return call('KV/Txn', this.#txn(0));
    if (draw < 990) return this.#lease();
    return this.#compaction();
  }

  #put(): Fields {
    const ignoreValue = this.#oneIn(10);
    const ignoreLease = this.#oneIn(10);
    const hasLease = this.#oneIn(ignoreLease ? 20 : 4);
    return {
      key: this.#key(),
      ...(ignoreValue && !this.#oneIn(10) ? {} : { value: this.#value() }),
      ...(hasLease ? { lease: this.#leaseId() } : {}),
      ...(this.#oneIn(3) ? { prevKv: true } : {}),
      ignoreValue,
      ignoreLease,
    };
  }

  #range(): Fields {
    return {
      ...this.#keys(SPAN_MAX),
      ...(this.#oneIn(3) ? { limit: this.#below(6) } : {}),
      ...(this.#oneIn(3) ? { sortOrder: this.#below(3), sortTarget: this.#below(5) } : {}),
      ...(this.#oneIn(6) ? { keysOnly: true } : {}),
      ...(this.#oneIn(6) ? { countOnly: true } : {}),
      ...(this.#oneIn(4) ? { serializable: true } : {}),
    };
  }

  /** The range, sometimes as it was, sometimes with filters around the newest revisions. */
  #ranged(request: Fields): CallStep {
    const depth = this.#below(100) - 1;
    if (this.#oneIn(3)) return call('KV/Range', (now) => ({ ...request, revision: now - depth }));
    if (!this.#oneIn(4)) return call('KV/Range', request);
    const filters = ['minModRevision', 'maxModRevision', 'minCreateRevision', 'maxCreateRevision'];
    const filter = this.#oneOf(filters);
    return call('KV/Range', (now) => ({ ...request, [filter]: now - depth }));
  }

  #delete(): Fields {
    return { ...this.#keys(4), ...(this.#oneIn(2) ? { prevKv: true } : {}) };
  }

  #txn(nesting: number): Fields {
    return {
      compare: this.#list(2, () => this.#compare()),
      success: this.#list(4, () => this.#operation(nesting)),
      failure: this.#list(3, () => this.#operation(nesting)),
    };
  }

  #compare(): Fields {
    const target = this.#below(5);
    const value = target === 3 ? this.#value() : this.#below(target === 0 ? 4 : 600);
    const field = ['version', 'createRevision', 'modRevision', 'value', 'lease'][target] ?? '';
    return { ...this.#keys(3), target, result: this.#below(4), [field]: value };
  }

  #operation(nesting: number): Fields {
    const draw = this.#below(10);
    if (draw < 4) return { requestPut: this.#put() };
    if (draw < 7) return { requestRange: this.#range() };
    if (draw < 9 || nesting === NESTING_MAX) return { requestDeleteRange: this.#delete() };
    return { requestTxn: this.#txn(nesting + 1) };
  }

  #lease(): CallStep {
    const draw = this.#below(10);
    if (draw < 5) return grant(this.#leaseId(), TTL_S);
    return draw < 7 ? revoke(this.#leaseId()) : timeToLive(this.#leaseId());
  }

  #compaction(): CallStep {
    const depth = this.#below(200) - 1;
    const physical = this.#oneIn(2);
    return call('KV/Compact', (now) => ({ revision: now - depth, physical }));
  }

  /** One key, or a range of at most `spanMax` keys, now and then an empty or odd one. */
  #keys(spanMax: number): Fields {
    const at = this.#below(KEYS);
    const key = keyOf(at);
    if (this.#oneIn(2)) return { key };
    const end = at + this.#below(spanMax + 1) - (this.#oneIn(20) ? 3 : 0);
    if (at >= KEYS - spanMax && this.#oneIn(3)) return { key, rangeEnd: '\0' };
    return { key, rangeEnd: keyOf(end) };
  }

  #key(): Buffer {
    return keyOf(this.#below(KEYS));
  }

  #value(): string {
    const byte = String.fromCharCode(97 + this.#below(26));
    return byte.repeat(this.#oneIn(100) ? this.#below(20_000) : this.#below(4));
  }

  #leaseId(): number {
    return 1 + this.#below(LEASES);
  }

  #list<T>(lengthMax: number, make: () => T): T[] {
    return Array.from({ length: this.#below(lengthMax + 1) }, make);
  }

  #oneOf(names: readonly string[]): string {
    return names[this.#below(names.length)] ?? '';
  }

  #oneIn(count: number): boolean {
    return this.#below(count) === 0;
  }

  #below(bound: number): number {
    return this.#random.below(bound);
  }
}

/** Keys in order, text and bytes that are none. */
function keyOf(at: number): Buffer {
  const number = String(Math.max(0, at)).padStart(2, '0');
  return at % 7 === 6 ? Buffer.from(`k${number}\0\u00ff`, 'latin1') : Buffer.from(`k${number}`);
}

/** Every event since a revision, as a watcher of all keys hears of it. */
function history(from: (now: number) => number): GrpcStep {
  return {
    stream: 'Watch/Watch',
    actions: [
      {
        send: (now) => ({
          createRequest: { key: '\0', rangeEnd: '\0', startRevision: from(now), prevKv: true },
        }),
      },
      { settle: 2 },
    ],
  };
}
