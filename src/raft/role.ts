/** What a member is in its term, with what it knows only as that (Raft §5.1, figure 4). */
import type { LogIndex, MemberId } from '../base/ids.ts';
import type { Entry } from '../pb/index.ts';
import type { Progress } from './progress.ts';
import type { ReadOnlyQueue, ReadRequest } from './read-only-queue.ts';

/** The member id that stands for "nobody". */
export const NO_MEMBER: MemberId = 0n;

export type RoleName = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

export interface FollowerRole {
  readonly name: 'follower';
  /** The leader of this term, once heard from. */
  leader: MemberId;
}

/** Asks whether it would be elected in the next term; its own term and vote stay (thesis §9.6). */
export interface PreCandidateRole {
  readonly name: 'pre-candidate';
  /** True for granted, false for refused. Our own is there from the start: it binds nobody. */
  readonly votes: Map<MemberId, boolean>;
}

export interface CandidateRole {
  readonly name: 'candidate';
  /** True for granted, false for refused. Our own vote enters when it is on disk. */
  readonly votes: Map<MemberId, boolean>;
}

/** Forwarded changes that wait for the one before them; further ones are dropped. */
export const changesWaitingMax = 64;

export type ConfChangeEntry = Pick<Entry, 'data' | 'type'>;

export interface LeaderRole {
  readonly name: 'leader';
  /** One for each voter and learner, our own included while we are one of them. */
  readonly progress: Map<MemberId, Progress>;
  /** Index of the first entry of this term: once committed, so is all before it (§5.4.2). */
  readonly termStart: LogIndex;
  /** No configuration change is taken before this index is applied (one at a time, §6). */
  pendingConfChange: LogIndex;
  /** Forwarded changes that came while one was pending, oldest first. */
  readonly waitingChanges: ConfChangeEntry[];
  /** To whom leadership is being handed over; no proposal is taken meanwhile (thesis §3.10). */
  transferee: MemberId;
  readonly reads: ReadOnlyQueue;
  /** Reads that came before an entry of this term was committed. */
  readonly earlyReads: ReadRequest[];
}

export type Role = FollowerRole | PreCandidateRole | CandidateRole | LeaderRole;
