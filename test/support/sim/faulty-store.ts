/** A store that does one thing at a time, honestly unless it is given a fault. */
import type { Random } from '../../../src/base/ports/random.ts';
import type { Change, Request, Result, Revision, Row, Span } from '../../sim/check/history.ts';
import { COMPACTED } from '../../sim/check/refusal.ts';
import { applied, removals } from '../../sim/check/store-model.ts';
import { MapView } from '../../sim/check/store-view.ts';
import { Timeline } from '../../sim/check/timeline.ts';

/** What a store may do wrong. */
export const FAULTS = [
  'lose a put that is answered',
  'lose half of a txn',
  'apply a put twice',
  'apply a put and refuse it',
  'read from the past',
  'delete the keys of a lease one by one',
] as const;

export type Fault = (typeof FAULTS)[number];

export type Answer =
  | { readonly revision: number; readonly result: Result }
  | { readonly error: string };

/** A fault happens one time in so many that it can. */
const ONE_IN = 4;
/** How far behind a member may be that answers a serializable range. */
const LAG_MAX = 5;

export class FaultyStore {
  readonly revisions: Revision[] = [];
  readonly leases: bigint[] = [];
  /** How often the fault happened. */
  faults = 0;
  readonly #random: Random;
  readonly #fault: Fault | undefined;
  readonly #state = new Map<string, Row>();
  #compacted = 0;

  constructor(random: Random, fault: Fault | undefined) {
    this.#random = random;
    this.#fault = fault;
  }

  get revision(): number {
    return this.revisions.length + 1;
  }

  row(key: string): Row | undefined {
    return this.#state.get(key);
  }

  answer(request: Request): Answer {
    const refusal = this.#refusal(request);
    if (refusal !== undefined) return { error: refusal };
    if (request.kind === 'range') {
      const { span, revision, isSerializable } = request;
      if (revision > 0) return { ...this.#readAt(span, revision), revision: this.revision };
      const isBehind = isSerializable || this.#fails('read from the past');
      return this.#readAt(span, this.revision - (isBehind ? this.#lag() : 0));
    }
    if (request.kind === 'grant') this.leases.push(request.lease);
    if (request.kind === 'revoke') this.leases.splice(this.leases.indexOf(request.lease), 1);
    if (request.kind === 'compact') this.#compacted = request.revision;
    return this.#write(request);
  }

  /** The oldest lease ends by itself. */
  expire(): void {
    const lease = this.leases.shift();
    if (lease === undefined) return;
    const changes = removals(new MapView(this.#state), lease);
    // Leases with several keys are rare enough.
    const isSplit = changes.length > 1 && this.#fails('delete the keys of a lease one by one', 1);
    for (const part of isSplit ? changes.map((change) => [change]) : [changes]) this.#happen(part);
  }

  #write(request: Request): Answer {
    const isPut = request.kind === 'put';
    const { changes, result } = applied(new MapView(this.#state), request, this.revision + 1);
    if (isPut && this.#fails('lose a put that is answered')) {
      return { revision: this.revision + 1, result };
    }
    const isHalf = changes.length > 1 && this.#fails('lose half of a txn');
    this.#happen(isHalf ? changes.slice(1) : changes);
    if (isPut && this.#fails('apply a put twice')) {
      this.#happen(applied(new MapView(this.#state), request, this.revision + 1).changes);
    }
    if (isPut && this.#fails('apply a put and refuse it')) {
      return { error: 'etcdserver: too many requests' };
    }
    return { revision: this.revision, result };
  }

  #refusal(request: Request): string | undefined {
    const notFound = 'etcdserver: requested lease not found';
    switch (request.kind) {
      case 'compact':
        return request.revision <= this.#compacted ? COMPACTED : undefined;
      case 'range':
        return request.revision > 0 && request.revision < this.#compacted ? COMPACTED : undefined;
      case 'revoke':
        return this.leases.includes(request.lease) ? undefined : notFound;
      case 'put':
        return request.lease === 0n || this.leases.includes(request.lease) ? undefined : notFound;
      default:
        return undefined;
    }
  }

  #readAt(span: Span, revision: number): { revision: number; result: Result } {
    const rows = new Timeline(this.revisions).rowsAt(span, revision);
    return { revision, result: { kind: 'range', rows } };
  }

  #lag(): number {
    return Math.min(this.revision - 1, this.#random.below(LAG_MAX + 1));
  }

  #happen(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.revisions.push({ revision: this.revision + 1, changes });
    for (const { key, row } of changes) {
      if (row === undefined) this.#state.delete(key);
      else this.#state.set(key, row);
    }
  }

  #fails(fault: Fault, oneIn = ONE_IN): boolean {
    if (this.#fault !== fault || this.#random.below(oneIn) > 0) return false;
    this.faults += 1;
    return true;
  }
}
