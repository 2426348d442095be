/**
 * Linearizable reads: all that arrive in a turn share one ReadIndex round, and each runs when
 * everything up to the confirmed index has been applied. While a round is under way the next
 * batch forms (compat-facts 3).
 */
import { assert, defined } from '../../base/assert.ts';
import type { LogIndex } from '../../base/ids.ts';
import { ServerError } from '../errors.ts';

/** Reads that may wait at once; more fail with SERVER_TOO_MANY_REQUESTS. */
export const readsWaitingMax = 200_000;

/** After so long without an answer, which may be lost, a round is asked for again. */
const RETRY_MS = 500;

/** Reads that are run between two questions whether there is time for more. */
const READS_PER_LOOK = 4;

export interface LinearizableRead {
  /** Reads and answers; called when the state is fresh enough. */
  run(): void;
  fail(error: ServerError): void;
}

interface Round {
  readonly context: bigint;
  readonly deadlineMs: number;
  readonly reads: readonly LinearizableRead[];
  /** So many of them have run. */
  ran: number;
  askedMs: number;
  /** Set when the leader has confirmed the round. */
  index: LogIndex | undefined;
}

export class LinearizableReads {
  /** Rounds that the leader did not confirm in time. */
  slowRounds = 0;
  /** Rounds that ended because the leader changed. */
  failedRounds = 0;
  readonly #timeoutMs: number;
  /** Waits for the round that is asked for, however long: that one has its time-out. */
  #forming: LinearizableRead[] = [];
  /** Rounds that are asked for or wait for their index to be applied, oldest first. */
  readonly #rounds: Round[] = [];
  #waiting = 0;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Whether reads wait for a round to be started. */
  get hasForming(): boolean {
    return this.#forming.length > 0 && !this.#rounds.some((round) => round.index === undefined);
  }

  /** A read that waits for a round. */
  add(read: LinearizableRead): void {
    if (this.#waiting >= readsWaitingMax) {
      read.fail(new ServerError('SERVER_TOO_MANY_REQUESTS', 'too many requests'));
      return;
    }
    this.#waiting += 1;
    this.#forming.push(read);
  }

  /** Takes the forming batch as a round that `context` names, and that is asked for from now on. */
  startRound(context: bigint, nowMs: number): void {
    assert(this.#forming.length > 0, 'a round has reads');
    const reads = this.#forming;
    this.#forming = [];
    const deadlineMs = nowMs + this.#timeoutMs;
    this.#rounds.push({ context, deadlineMs, reads, ran: 0, askedMs: nowMs, index: undefined });
  }

  /** Contexts of rounds that no answer came for yet. */
  unconfirmed(): bigint[] {
    return this.#unconfirmed.map(({ context }) => context);
  }

  /** Contexts of those to be asked for once more, which are asked for now. */
  overdue(nowMs: number): bigint[] {
    const overdue = this.#unconfirmed.filter(({ askedMs }) => askedMs + RETRY_MS <= nowMs);
    for (const round of overdue) round.askedMs = nowMs;
    return overdue.map(({ context }) => context);
  }

  get #unconfirmed(): Round[] {
    return this.#rounds.filter(({ index }) => index === undefined);
  }

  /** The leader says: reads of this round may run once `index` is applied. */
  confirmed(context: bigint, index: LogIndex): void {
    const round = this.#rounds.find((candidate) => candidate.context === context);
    if (round !== undefined) round.index ??= index;
  }

  /**
   * Runs the reads of every round whose index is applied, one at least, until `isOver`; true: some
   * are left.
   */
  applied(index: LogIndex, isOver: () => boolean = () => false): boolean {
    for (let ran = 1; ; ran++) {
      const round = this.#rounds.find((r) => r.index !== undefined && r.index <= index);
      if (round === undefined) return false;
      const read = defined(round.reads[round.ran], 'a round with nothing left to run is forgotten');
      this.#waiting -= 1;
      if (++round.ran === round.reads.length) this.#rounds.splice(this.#rounds.indexOf(round), 1);
      read.run();
      if (ran % READS_PER_LOOK === 0 && isOver()) return true;
    }
  }

  /** Fails the rounds whose time is over. */
  expire(nowMs: number): void {
    for (const round of this.#rounds.filter((candidate) => candidate.deadlineMs <= nowMs)) {
      this.#rounds.splice(this.#rounds.indexOf(round), 1);
      if (round.index === undefined) this.slowRounds++;
      const error = new ServerError('SERVER_TIMEOUT', 'request timed out');
      this.#fail(round.reads.slice(round.ran), error);
    }
  }

  /** Fails the rounds that the former leader was asked for: it will not answer them. */
  leaderChanged(): void {
    const error = new ServerError('SERVER_LEADER_CHANGED', 'leader changed');
    for (const round of this.#rounds.filter((candidate) => candidate.index === undefined)) {
      this.failedRounds++;
      this.#rounds.splice(this.#rounds.indexOf(round), 1);
      this.#fail(round.reads, error);
    }
  }

  /** Fails everything: the server stops. */
  failAll(error: ServerError): void {
    for (const { reads, ran } of this.#rounds.splice(0)) this.#fail(reads.slice(ran), error);
    this.#fail(this.#forming.splice(0), error);
  }

  #fail(reads: readonly LinearizableRead[], error: ServerError): void {
    this.#waiting -= reads.length;
    for (const read of reads) read.fail(error);
  }
}
