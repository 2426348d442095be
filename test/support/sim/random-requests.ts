import type { Random } from '../../../src/base/ports/random.ts';
import type {
  Compare,
  DeleteRequest,
  PutRequest,
  RangeRequest,
  Request,
  Span,
} from '../../sim/check/history.ts';
import { ALL_KEYS, oneKey } from '../../sim/check/span.ts';
import type { FaultyStore } from './faulty-store.ts';

/** Draws requests that often have to do with what `store` holds. */
export class RandomRequests {
  readonly #random: Random;
  readonly #store: FaultyStore;
  readonly #keys: number;
  #nextValue = 1;
  #nextLease = 1n;

  constructor(random: Random, store: FaultyStore, keys: number) {
    this.#random = random;
    this.#store = store;
    this.#keys = keys;
  }

  next(): Request {
    const kind = this.#random.below(20);
    if (kind < 6) return this.#put(this.#random.below(4) === 0 ? this.#lease() : 0n);
    if (kind < 8) return this.#delete(this.#span());
    if (kind < 12) return this.#range(this.#span());
    if (kind < 15) return this.#txn();
    if (kind < 16) return { kind: 'grant', lease: this.#nextLease++, ttlSeconds: 5 };
    if (kind < 17) return { kind: 'revoke', lease: this.#lease() };
    if (kind < 18) return { kind: 'compact', revision: this.#oldRevision() };
    if (kind < 19) return { ...this.#range(this.#span()), isSerializable: true };
    return { ...this.#range(this.#span()), revision: this.#oldRevision() };
  }

  #put(lease: bigint): PutRequest {
    return { kind: 'put', key: this.#key(), value: `v${this.#nextValue++}`, lease };
  }

  #delete(span: Span): DeleteRequest {
    return { kind: 'delete', span };
  }

  #range(span: Span): RangeRequest {
    return { kind: 'range', span, revision: 0, isSerializable: false };
  }

  #txn(): Request {
    const puts = [this.#put(0n), this.#put(0n)];
    const [first, second] = puts;
    return {
      kind: 'txn',
      compares: [this.#compare()],
      success: first?.key === second?.key ? puts.slice(1) : puts,
      failure: [this.#range(this.#span()), this.#delete(oneKey(this.#key()))],
    };
  }

  #compare(): Compare {
    const key = this.#key();
    const row = this.#store.row(key);
    const kind = this.#random.below(3);
    if (kind === 0) return { key, target: 'version', relation: '=', operand: row?.version ?? 0 };
    if (kind === 1) return { key, target: 'value', relation: '!=', operand: row?.value ?? 'none' };
    return { key, target: 'modRevision', relation: '=', operand: row?.modRevision ?? 0 };
  }

  #oldRevision(): number {
    return Math.max(1, this.#store.revision - this.#random.below(20));
  }

  #span(): Span {
    const kind = this.#random.below(10);
    if (kind === 0) return ALL_KEYS;
    return kind === 1 ? { from: this.#key(), end: 'k3' } : oneKey(this.#key());
  }

  #key(): string {
    return `k${this.#random.below(this.#keys)}`;
  }

  /** One that lives; if none does, one that never will. */
  #lease(): bigint {
    const { leases } = this.#store;
    return leases[this.#random.below(Math.max(1, leases.length))] ?? 999n;
  }
}
