/**
 * Changes of membership on their way through raft: one at a time, since raft takes no further one
 * before the last is applied. Those that wait are offered again in every turn.
 */
import { assert } from '../../base/assert.ts';
import type { Clock } from '../../base/ports/clock.ts';
import type { ConfChange } from '../../pb/index.ts';
import type { Raft } from '../../raft/index.ts';
import { ServerError } from '../errors.ts';
import type { RequestIds } from './request-ids.ts';
import { neverTaken } from './timeout-error.ts';
import { Waiters } from './waiters.ts';

/** Changes that may wait; more are turned away with SERVER_TOO_MANY_REQUESTS. */
export const confChangesWaitingMax = 1000;

/** Called once: with why the change was not made, or with undefined while its entry is applied. */
export type ConfChangeDone = (error: Error | undefined) => void;

/** A change that was found good when it was asked for. */
export interface ProposedChange {
  readonly change: Omit<ConfChange, 'id'>;
  /** Why it is not good any more, after the changes before it; asked as raft is about to take it. */
  readonly refusal: () => Error | undefined;
}

interface WaitingChange {
  readonly change: ConfChange;
  readonly refusal: () => Error | undefined;
}

export interface ConfChangePorts {
  readonly ids: RequestIds;
  readonly clock: Clock;
  /** Plans a turn of the node, which then offers what waits. */
  readonly wake: () => void;
}

export class ConfChangeProposals {
  readonly #ports: ConfChangePorts;
  readonly #waiters: Waiters<Error | undefined>;
  readonly #waiting: WaitingChange[] = [];
  /** The id of the change that raft has taken last. */
  #taken = 0n;

  constructor(options: { readonly requestTimeoutMs: number }, ports: ConfChangePorts) {
    this.#waiters = new Waiters(options.requestTimeoutMs);
    this.#ports = ports;
  }

  propose({ change, refusal }: ProposedChange, done: ConfChangeDone): void {
    if (this.#waiting.length >= confChangesWaitingMax) {
      done(new ServerError('SERVER_TOO_MANY_REQUESTS', 'too many requests'));
      return;
    }
    const { ids, clock, wake } = this.#ports;
    const id = ids.next();
    this.#waiters.add(id, clock.monotonicMs(), done);
    this.#waiting.push({ change: { ...change, id }, refusal });
    wake();
  }

  /** Gives raft the next change, if the one before is done with. */
  offerTo(raft: Pick<Raft, 'proposeConfChange'>): void {
    while (!this.#waiters.has(this.#taken)) {
      const next = this.#waiting[0];
      if (next === undefined || !this.#isDealtWith(next, raft)) return;
      this.#waiting.shift();
    }
  }

  /** The change `id` is applied, or was refused meanwhile because of `error`. */
  settle(id: bigint, error: Error | undefined): void {
    this.#waiters.settle(id, error);
    if (this.#waiting.length > 0) this.#ports.wake();
  }

  /** Ends those whose time is over, with the error for one that began then and that raft took. */
  expire(error: (startMs: number) => Error): void {
    this.#waiters.expire(this.#ports.clock.monotonicMs(), (startMs, id) =>
      this.#waiting.some(({ change }) => change.id === id) ? neverTaken() : error(startMs),
    );
  }

  /** Ends all of them: the server stops. */
  stop(): void {
    this.#waiters.settleAll(() => new ServerError('SERVER_STOPPED', 'server stopped'));
  }

  checkInvariants(): void {
    assert(this.#waiting.length <= confChangesWaitingMax, 'the queue is bounded');
  }

  /** False when raft cannot take it now. */
  #isDealtWith({ change, refusal }: WaitingChange, raft: Pick<Raft, 'proposeConfChange'>): boolean {
    const { id } = change;
    // Nobody waits any more for one whose time was over.
    if (!this.#waiters.has(id)) return true;
    const error = refusal();
    const outcome = error === undefined ? raft.proposeConfChange(change) : undefined;
    if (error !== undefined) this.#waiters.settle(id, error);
    else if (outcome?.kind !== 'dropped') this.#taken = id;
    else if (outcome.reason === 'last-voter') this.#waiters.settle(id, noVoterLeft());
    else return false;
    return true;
  }
}

function noVoterLeft(): ServerError {
  return new ServerError('SERVER_NOT_ENOUGH_STARTED', 'a cluster has to have a voter');
}
