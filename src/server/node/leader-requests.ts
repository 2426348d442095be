/** What only a leader can answer: asked of it, here or over the peer port, until there is an answer. */
import { CodedError } from '../../base/coded-error.ts';
import type { LeaseId, MemberId } from '../../base/ids.ts';
import type { Clock } from '../../base/ports/clock.ts';
import type { Scheduler } from '../../base/ports/scheduler.ts';
import type { LeaseInfo } from '../../lease/index.ts';
import { ServerError } from '../errors.ts';
import type { Cluster } from '../membership/cluster.ts';
import type { Member } from '../membership/member.ts';
import type { Leadership } from './leadership.ts';
import type { LinearizableRead } from './linearizable-reads.ts';

/** Between two tries: leaders change, and connections fail. */
const RETRY_MS = 50;

/**
 * Questions to the member at `peerURLs`. What they reject with is its answer if it is one of
 * {@link ANSWERS}; with anything else there was none.
 */
export interface LeaderRequests {
  /** The new TTL in seconds. */
  renew(peerURLs: readonly string[], id: LeaseId): Promise<number>;
  /** Undefined for a lease that is not there. */
  timeToLive(
    peerURLs: readonly string[],
    id: LeaseId,
    withKeys: boolean,
  ): Promise<LeaseInfo | undefined>;
  /** The members after the promotion. */
  promote(peerURLs: readonly string[], id: MemberId): Promise<readonly Member[]>;
}

const ANSWERS: ReadonlySet<string> = new Set([
  'LEASE_NOT_FOUND',
  'MEMBERSHIP_ID_NOT_FOUND',
  'MEMBERSHIP_NOT_LEARNER',
  'SERVER_LEARNER_NOT_READY',
]);

export type LeaderAnswer<T> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: Error };

export interface LeaderQuestion<T> {
  /** How this member answers while it leads; throws LEASE_NOT_PRIMARY when it does not yet. */
  readonly here?: () => T;
  readonly there: (leader: LeaderRequests, peerURLs: readonly string[]) => Promise<T>;
}

export interface LeaderDeskPorts {
  readonly raft: { readonly isLeader: boolean; readonly leader: MemberId };
  readonly member: { readonly cluster: Cluster };
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Whether a leader may answer by itself. */
  readonly leadership: Pick<Leadership, 'confirm'>;
  /** Runs a read when everything committed by now is applied. */
  readonly whenApplied: (read: LinearizableRead) => void;
  /** Undefined for a member that is connected to no other. */
  readonly requests: LeaderRequests | undefined;
}

export class LeaderDesk {
  readonly #ports: LeaderDeskPorts;
  readonly #timeoutMs: number;
  #isStopped = false;

  constructor(options: { readonly requestTimeoutMs: number }, ports: LeaderDeskPorts) {
    this.#timeoutMs = options.requestTimeoutMs;
    this.#ports = ports;
  }

  /**
   * Asks whoever leads; `done` is called once. When nobody answers in time, it is with
   * SERVER_NO_LEADER if none is known at the end and nobody is being asked, else with SERVER_TIMEOUT.
   */
  ask<T>(question: LeaderQuestion<T>, done: (answer: LeaderAnswer<T>) => void): void {
    const deadlineMs = this.#ports.clock.monotonicMs() + this.#timeoutMs;
    this.#try(question, done, { deadlineMs, wasAsked: false });
  }

  /** Asks nobody any more; what waits ends when it would have been asked again. */
  stop(): void {
    this.#isStopped = true;
  }

  #try<T>(
    question: LeaderQuestion<T>,
    done: (answer: LeaderAnswer<T>) => void,
    { deadlineMs, wasAsked }: Progress,
  ): void {
    const { raft, clock, scheduler, leadership, whenApplied } = this.#ports;
    const again = (isAsked = false): void => {
      const progress = { deadlineMs, wasAsked: isAsked };
      scheduler.after(RETRY_MS, () => this.#try(question, done, progress));
    };
    const { here } = question;
    if (this.#isStopped) {
      done({ error: new ServerError('SERVER_STOPPED', 'server stopped') });
      return;
    }
    if (clock.monotonicMs() >= deadlineMs) {
      done({ error: this.#nobodyAnswered(wasAsked) });
    } else if (raft.isLeader && here !== undefined) {
      const fail = (error: ServerError): void => done({ error });
      const run = (): void => whenApplied({ run: () => answerHere(here, { done, again }), fail });
      leadership.confirm({ run, fail: () => again() });
    } else {
      this.#askThere(question, { done, again });
    }
  }

  #nobodyAnswered(wasAsked: boolean): ServerError {
    const { raft, member } = this.#ports;
    return !wasAsked && member.cluster.member(raft.leader) === undefined
      ? new ServerError('SERVER_NO_LEADER', 'no leader')
      : new ServerError('SERVER_TIMEOUT', 'request timed out');
  }

  #askThere<T>(question: LeaderQuestion<T>, { done, again }: Ways<T>): void {
    const { raft, member, requests, scheduler } = this.#ports;
    const { cluster } = member;
    const leader = cluster.member(raft.leader);
    if (leader === undefined || requests === undefined) {
      again();
      return;
    }
    // What is done with an answer runs in a turn of the member, which hears of what it throws.
    question.there(requests, leader.peerURLs).then(
      (value) => scheduler.defer(() => done({ value })),
      (error: unknown) => {
        if (isAnswer(error)) scheduler.defer(() => done({ error }));
        else again(true);
      },
    );
  }
}

interface Progress {
  readonly deadlineMs: number;
  /** The last thing tried was to ask a leader, who did not answer. */
  readonly wasAsked: boolean;
}

interface Ways<T> {
  readonly done: (answer: LeaderAnswer<T>) => void;
  readonly again: (isAsked?: boolean) => void;
}

function answerHere<T>(here: () => T, { done, again }: Ways<T>): void {
  let value: T;
  try {
    value = here();
  } catch (error) {
    // A new leader, which has entries of former terms to apply first; or a former one.
    if (error instanceof CodedError && error.code === 'LEASE_NOT_PRIMARY') again();
    else done({ error: error as Error });
    return;
  }
  done({ value });
}

function isAnswer(error: unknown): error is CodedError<string> {
  return error instanceof CodedError && ANSWERS.has(String(error.code));
}
