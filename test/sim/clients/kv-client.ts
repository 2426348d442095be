/** A client that reads and writes keys, one operation after the other. */
import type { Compare, KeyRequest, Request, Result, Span } from '../check/history.ts';
import { ALL_KEYS, oneKey } from '../check/span.ts';
import { type ClientOptions, type ClientPorts, SimClient } from './sim-client.ts';

/** How often what is done, in proportion. */
export interface OperationMix {
  readonly put: number;
  readonly delete: number;
  readonly read: number;
  readonly serializableRead: number;
  readonly oldRead: number;
  readonly txn: number;
  readonly compact: number;
}

/** Revisions that a compaction leaves, up to so many. */
const KEPT_REVISIONS = 60;

export class KvClient extends SimClient {
  readonly #mix: OperationMix;

  constructor(number: number, options: ClientOptions & { mix: OperationMix }, ports: ClientPorts) {
    super(number, options, ports);
    this.#mix = options.mix;
  }

  /** A write that shows that somebody takes writes. */
  probe(): Request {
    return this.#put(this.ports.random.pick(this.ports.state.keys));
  }

  protected act(): void {
    const { state } = this.ports;
    // Now and then a client moves on, though nothing is wrong.
    if (this.ports.random.chance(20)) this.leave();
    this.perform(this.#request(), (answer) => {
      if (answer !== undefined) state.saw(answer.revision, rowsOf(answer.result));
      this.next();
    });
  }

  #request(): Request {
    const { random } = this.ports;
    const mix = this.#mix;
    let draw = random.below(
      Object.values(mix).reduce((sum: number, part: number) => sum + part, 0),
    );
    const isNext = (part: number): boolean => (draw -= part) < 0;
    if (isNext(mix.put)) return this.#put(random.pick(this.ports.state.keys));
    if (isNext(mix.delete)) return { kind: 'delete', span: this.#span() };
    if (isNext(mix.read)) return this.#range(0, false);
    if (isNext(mix.serializableRead)) return this.#range(0, true);
    if (isNext(mix.oldRead)) return this.#range(this.#oldRevision(), random.below(2) === 0);
    if (isNext(mix.txn)) return this.#txn();
    return this.#compaction();
  }

  #put(key: string): KeyRequest {
    const { random, state } = this.ports;
    const isLeased = state.leases.length > 0 && random.chance(200);
    const lease = isLeased ? random.pick(state.leases) : 0n;
    return { kind: 'put', key, value: state.freshValue(), lease };
  }

  #range(revision: number, isSerializable: boolean): KeyRequest {
    return { kind: 'range', span: this.#span(), revision, isSerializable };
  }

  /** Mostly one key. */
  #span(): Span {
    const { random, state } = this.ports;
    const key = random.pick(state.keys);
    const kind = random.below(10);
    if (kind < 8) return oneKey(key);
    if (kind < 9) return ALL_KEYS;
    return { from: key, end: String.fromCharCode(key.charCodeAt(0) + 3) };
  }

  #oldRevision(): number {
    const { random, state } = this.ports;
    return Math.max(1, state.revision - random.below(30));
  }

  #compaction(): Request {
    const { random, state } = this.ports;
    const revision = Math.max(1, state.revision - random.below(KEPT_REVISIONS));
    state.compacted = Math.max(state.compacted, revision);
    return { kind: 'compact', revision };
  }

  /** Compares what was seen of some keys, and changes other ones or the same. */
  #txn(): Request {
    const { random, state } = this.ports;
    const first = random.below(state.keys.length);
    const keys = [0, 1].map((i) => state.keys[(first + i) % state.keys.length] ?? '');
    const compares = keys.slice(0, random.below(3)).map((key) => this.#compare(key));
    const write = (key: string): KeyRequest =>
      random.below(4) === 0 ? { kind: 'delete', span: oneKey(key) } : this.#put(key);
    const success = keys.slice(0, 1 + random.below(2)).map(write);
    const reads = keys.map(
      (key): KeyRequest => ({
        kind: 'range',
        span: oneKey(key),
        revision: 0,
        isSerializable: false,
      }),
    );
    return {
      kind: 'txn',
      compares,
      success,
      failure: random.below(3) === 0 ? [write(keys[0] ?? '')] : reads,
    };
  }

  #compare(key: string): Compare {
    const { random, state } = this.ports;
    const row = state.seen.get(key);
    const relation = random.chance(800) ? '=' : random.pick(['!=', '<', '>'] as const);
    switch (random.below(4)) {
      case 0:
        return { key, relation, target: 'version', operand: row?.version ?? 0 };
      case 1:
        return { key, relation, target: 'createRevision', operand: row?.createRevision ?? 0 };
      case 2:
        return { key, relation, target: 'value', operand: row?.value ?? '' };
      default:
        return { key, relation, target: 'modRevision', operand: row?.modRevision ?? 0 };
    }
  }
}

function rowsOf(result: Result): Parameters<ClientPorts['state']['saw']>[1] {
  if (result.kind === 'range') return result.rows;
  if (result.kind !== 'txn') return [];
  return result.results.flatMap((part) => (part.kind === 'range' ? part.rows : []));
}
