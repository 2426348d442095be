/**
 * Turns a request into a raft entry and brings its outcome back: checks how busy the member is,
 * gives the request its id, encodes it, and hands the bytes to the node.
 */
import { type Identity, NOBODY } from '../../auth/index.ts';
import { ByteArena } from '../../base/byte-arena.ts';
import type { Clock } from '../../base/ports/clock.ts';
import { encodedEntry } from '../apply/entry-data.ts';
import type { Outcome, RequestKind, RequestOf } from '../apply/requests.ts';
import { ServerError } from '../errors.ts';
import type { RequestIds } from './request-ids.ts';
import type { Waiters } from './waiters.ts';
import type { WaitingRequest } from './waiting-entries.ts';

/** Committed entries that may wait to be applied before new requests are turned away. */
export const unappliedEntriesMax = 5000;

/**
 * Requests of this member that may be under way at once; more are turned away with
 * SERVER_TOO_MANY_REQUESTS.
 */
export const requestsUnderWayMax = 200_000;

/**
 * Bytes of requests that may wait for raft to take them, because there is no leader or its log is
 * full; more requests are turned away with SERVER_TOO_MANY_REQUESTS.
 */
export const queuedBytesMax: number = 64 * 1024 * 1024;

/** The node, as the proposer sees it. */
export interface ProposalTarget {
  /** Queues one entry; it joins the batch of this turn. */
  propose(data: Uint8Array, request: WaitingRequest): void;
  /** Appends one entry at once; false when this member does not lead, or its log is full. */
  proposeAsLeader(data: Uint8Array): boolean;
  /** Bytes of the entries that wait to join one. */
  readonly queuedBytes: number;
  readonly committedIndex: number;
  readonly appliedIndex: number;
}

export interface ProposalPorts {
  readonly target: ProposalTarget;
  readonly waiters: Waiters<Outcome>;
  readonly ids: RequestIds;
  readonly clock: Clock;
}

export class Proposals {
  readonly #ports: ProposalPorts;
  readonly #requestBytesMax: number;
  readonly #entries = new ByteArena();

  constructor(options: { requestBytesMax: number }, ports: ProposalPorts) {
    this.#requestBytesMax = options.requestBytesMax;
    this.#ports = ports;
  }

  /**
   * Proposes `request` in the name of `identity`; `done` is called once, with what applying it gave
   * or why it never was.
   */
  propose<K extends RequestKind>(
    kind: K,
    request: RequestOf[K],
    done: (outcome: Outcome<K>) => void,
    identity: Identity = NOBODY,
  ): void {
    const admitted = this.#admitted(kind, request, identity);
    if (admitted instanceof ServerError) return done({ error: admitted });
    const startMs = this.#wait(admitted.id, done);
    this.#ports.target.propose(admitted.data, { id: admitted.id, startMs });
  }

  /**
   * The same for what only a leader may decide: it fails unless this member leads, and is never
   * handed on to another one that has come to lead meanwhile and may know better.
   */
  proposeAsLeader<K extends RequestKind>(
    kind: K,
    request: RequestOf[K],
    done: (outcome: Outcome<K>) => void,
    identity: Identity = NOBODY,
  ): void {
    const admitted = this.#admitted(kind, request, identity);
    if (admitted instanceof ServerError) return done({ error: admitted });
    if (this.#ports.target.proposeAsLeader(admitted.data)) this.#wait(admitted.id, done);
    else done({ error: new ServerError('SERVER_NOT_LEADER', 'not leader') });
  }

  /** The entry of a request, or why it is turned away. */
  #admitted<K extends RequestKind>(
    kind: K,
    request: RequestOf[K],
    { username, revision: authRevision }: Identity,
  ): { readonly id: bigint; readonly data: Uint8Array } | ServerError {
    const { target, waiters, ids } = this.#ports;
    const isBusy =
      target.committedIndex > target.appliedIndex + unappliedEntriesMax ||
      waiters.size >= requestsUnderWayMax ||
      target.queuedBytes >= queuedBytesMax;
    if (isBusy) return new ServerError('SERVER_TOO_MANY_REQUESTS', 'too many requests');
    const id = ids.next();
    const data = encodedEntry({ ID: id, username, authRevision }, kind, request);
    if (data.length <= this.#requestBytesMax) return { id, data: this.#entries.copy(data) };
    return new ServerError('SERVER_REQUEST_TOO_LARGE', 'request is too large');
  }

  /** The entry under this id holds a request of this kind, so its outcome is of this kind too. */
  #wait<K extends RequestKind>(id: bigint, done: (outcome: Outcome<K>) => void): number {
    const startMs = this.#ports.clock.monotonicMs();
    this.#ports.waiters.add(id, startMs, done as (outcome: Outcome) => void);
    return startMs;
  }
}
