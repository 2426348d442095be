/**
 * Makes histories: clients of a store that does one thing at a time, with random delays before
 * and after, answers that get lost, requests that never arrive or arrive late, and leases that
 * end by themselves. The store is honest unless it is given a fault.
 */
import type { Random } from '../../../src/base/ports/random.ts';
import type {
  Compare,
  KeyRequest,
  Operation,
  Request,
  Result,
  Revision,
  Row,
  Span,
} from '../../sim/check/history.ts';
import { HistoryRecorder, type OpenOperation } from '../../sim/check/history-recorder.ts';
import { COMPACTED } from '../../sim/check/refusal.ts';
import { ALL_KEYS, oneKey } from '../../sim/check/span.ts';
import { applied, type Effect, removals } from '../../sim/check/store-model.ts';
import { MapView } from '../../sim/check/store-view.ts';
import { Timeline } from '../../sim/check/timeline.ts';

export interface GeneratedHistory {
  readonly operations: Operation[];
  readonly revisions: Revision[];
  /** How often the fault happened. */
  readonly faults: number;
}

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

export interface GeneratorOptions {
  readonly operations: number;
  readonly clients: number;
  readonly keys: number;
  /** One operation in so many is left unknown; 0 = none. */
  readonly unknownOneIn: number;
  /** Happens one time in ten that it can. */
  readonly fault?: Fault;
}

/** A request on its way, and its answer on the way back. */
interface Flight {
  readonly open: OpenOperation;
  answer:
    | { readonly revision: number; readonly result: Result }
    | { readonly error: string }
    | undefined;
}

export function generateHistory(random: Random, options: GeneratorOptions): GeneratedHistory {
  return new Generator(random, options).run();
}

class Generator {
  readonly #random: Random;
  readonly #options: GeneratorOptions;
  readonly #recorder = new HistoryRecorder();
  readonly #flights: (Flight | undefined)[];
  /** Unknown to their clients, and perhaps still on their way. */
  readonly #lost: Flight[] = [];
  readonly #state = new Map<string, Row>();
  readonly #revisions: Revision[] = [];
  readonly #leases: bigint[] = [];
  #called = 0;
  #nextLease = 1n;
  #compacted = 0;
  #faults = 0;

  constructor(random: Random, options: GeneratorOptions) {
    this.#random = random;
    this.#options = options;
    this.#flights = Array.from({ length: options.clients }, () => undefined);
  }

  run(): GeneratedHistory {
    while (this.#called < this.#options.operations) this.#step();
    const operations = this.#recorder.history();
    return { operations, revisions: this.#revisions, faults: this.#faults };
  }

  get #revision(): number {
    return this.#revisions.length + 1;
  }

  #step(): void {
    if (this.#random.below(60) === 0) this.#expire();
    const late = this.#lost[this.#random.below(20)];
    if (late !== undefined && late.answer === undefined) this.#arrive(late);
    const client = this.#random.below(this.#options.clients);
    const flight = this.#flights[client];
    if (flight === undefined) {
      this.#called += 1;
      const open = this.#recorder.call(client, this.#request());
      this.#flights[client] = { open, answer: undefined };
      return;
    }
    const { unknownOneIn } = this.#options;
    if (unknownOneIn > 0 && this.#random.below(2 * unknownOneIn) === 0) {
      this.#recorder.unknown(flight.open, 'etcdserver: request timed out');
      this.#lost.push(flight);
      this.#flights[client] = undefined;
    } else if (flight.answer === undefined) this.#arrive(flight);
    else {
      const { open, answer } = flight;
      if ('error' in answer) this.#recorder.refused(open, answer.error);
      else this.#recorder.answered(open, answer.revision, answer.result);
      this.#flights[client] = undefined;
    }
  }

  #arrive(flight: Flight): void {
    const { request } = flight.open;
    if (request.kind === 'range' && (request.revision > 0 || request.isSerializable)) {
      flight.answer = this.#readOld(request.span, request.revision);
      return;
    }
    const refusal = this.#refusal(request);
    if (refusal !== undefined) {
      flight.answer = { error: refusal };
      return;
    }
    if (request.kind === 'range' && this.#fails('read from the past')) {
      flight.answer = this.#readAt(request.span, Math.max(1, this.#revision - 5));
      return;
    }
    const effect = applied(new MapView(this.#state), request, this.#revision + 1);
    if (request.kind === 'put' && this.#fails('lose a put that is answered')) {
      flight.answer = { revision: this.#revision + 1, result: effect.result };
      return;
    }
    const isHalf = effect.changes.length > 1 && this.#fails('lose half of a txn');
    this.#happen(isHalf ? effect.changes.slice(1) : effect.changes);
    if (request.kind === 'put' && this.#fails('apply a put twice')) {
      this.#happen(applied(new MapView(this.#state), request, this.#revision + 1).changes);
    }
    if (request.kind === 'put' && this.#fails('apply a put and refuse it')) {
      flight.answer = { error: 'etcdserver: too many requests' };
      return;
    }
    this.#changeLeases(request);
    if (request.kind === 'compact') this.#compacted = request.revision;
    flight.answer = { revision: this.#revision, result: this.#shown(effect.result) };
  }

  #refusal(request: Request): string | undefined {
    if (request.kind === 'compact') {
      return request.revision <= this.#compacted ? COMPACTED : undefined;
    }
    const isGone =
      (request.kind === 'revoke' && !this.#leases.includes(request.lease)) ||
      (request.kind === 'put' && request.lease > 0n && !this.#leases.includes(request.lease));
    return isGone ? 'etcdserver: requested lease not found' : undefined;
  }

  /** An old revision as asked for, or a member that is behind. */
  #readOld(span: Span, asked: number): NonNullable<Flight['answer']> {
    if (asked > 0 && asked < this.#compacted) return { error: COMPACTED };
    if (asked === 0)
      return this.#readAt(span, this.#revision - this.#random.below(Math.min(this.#revision, 5)));
    return { ...this.#readAt(span, asked), revision: this.#revision };
  }

  #readAt(span: Span, revision: number): { revision: number; result: Result } {
    const rows = new Timeline(this.#revisions).rowsAt(span, revision);
    return { revision, result: { kind: 'range', rows } };
  }

  #fails(fault: Fault): boolean {
    if (this.#options.fault !== fault || this.#random.below(10) > 0) return false;
    this.#faults += 1;
    return true;
  }

  #happen(changes: Effect['changes']): void {
    if (changes.length === 0) return;
    this.#revisions.push({ revision: this.#revision + 1, changes });
    for (const { key, row } of changes) {
      if (row === undefined) this.#state.delete(key);
      else this.#state.set(key, row);
    }
  }

  #changeLeases(request: Request): void {
    if (request.kind === 'grant') this.#leases.push(request.lease);
    if (request.kind === 'revoke') this.#leases.splice(this.#leases.indexOf(request.lease), 1);
  }

  #expire(): void {
    const lease = this.#leases.shift();
    if (lease === undefined) return;
    const changes = removals(new MapView(this.#state), lease);
    const isSplit =
      changes.length > 1 && this.#options.fault === 'delete the keys of a lease one by one';
    if (!isSplit) this.#happen(changes);
    else for (const change of changes) this.#happen([change]);
    if (isSplit) this.#faults += 1;
  }

  /** Some clients do not ask for previous keys. */
  #shown(result: Result): Result {
    const isHidden = this.#random.below(2) === 0;
    if (!isHidden || (result.kind !== 'put' && result.kind !== 'delete')) return result;
    return { ...result, previous: undefined };
  }

  #request(): Request {
    const kind = this.#random.below(20);
    if (kind < 6) return this.#put();
    if (kind < 8) return this.#delete();
    if (kind < 12) return this.#range();
    if (kind < 15) return this.#txn();
    if (kind < 16) return { kind: 'grant', lease: this.#nextLease++, ttlSeconds: 5 };
    if (kind < 17) return { kind: 'revoke', lease: this.#lease() };
    if (kind < 18)
      return { kind: 'compact', revision: Math.max(1, this.#revision - this.#random.below(20)) };
    if (kind < 19) return { ...this.#range(), isSerializable: true };
    return { ...this.#range(), revision: 1 + this.#random.below(this.#revision) };
  }

  #put(): Extract<KeyRequest, { kind: 'put' }> {
    const lease = this.#random.below(4) === 0 ? this.#lease() : 0n;
    return { kind: 'put', key: this.#key(), value: `v${this.#recorder.next()}`, lease };
  }

  #delete(): Extract<KeyRequest, { kind: 'delete' }> {
    return { kind: 'delete', span: this.#span() };
  }

  #range(): Extract<KeyRequest, { kind: 'range' }> {
    return { kind: 'range', span: this.#span(), revision: 0, isSerializable: false };
  }

  #txn(): Request {
    const key = this.#key();
    const put = { ...this.#put(), lease: 0n };
    const other = { ...this.#put(), lease: 0n };
    const row = this.#state.get(key);
    const compares: readonly Compare[] = [
      { key, target: 'version', relation: '=', operand: row?.version ?? 0 },
      { key, target: 'modRevision', relation: '=', operand: row?.modRevision ?? 0 },
      { key, target: 'value', relation: '!=', operand: 'none' },
    ];
    return {
      kind: 'txn',
      compares: [
        compares[this.#random.below(3)] ?? { key, target: 'lease', relation: '=', operand: 0n },
      ],
      success: put.key === other.key ? [put] : [put, other],
      failure: [this.#range(), { kind: 'delete', span: oneKey(this.#key()) }],
    };
  }

  #span(): Span {
    const kind = this.#random.below(10);
    if (kind === 0) return ALL_KEYS;
    const key = this.#key();
    return kind === 1 ? { from: key, end: 'k3' } : oneKey(key);
  }

  #key(): string {
    return `k${this.#random.below(this.#options.keys)}`;
  }

  #lease(): bigint {
    return this.#leases[this.#random.below(Math.max(1, this.#leases.length))] ?? 999n;
  }
}
