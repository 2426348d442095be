/**
 * Everything one member knows, as plain data with its invariants. The files beside this one
 * (election, replication, following, proposals, reads, membership) are functions over it.
 */
import { assert } from '../base/assert.ts';
import type { LogIndex, MemberId, Term } from '../base/ids.ts';
import type { Logger } from '../base/ports/logger.ts';
import type { Random } from '../base/ports/random.ts';
import { Message, MessageType } from '../pb/index.ts';
import type { Configuration } from './configuration.ts';
import type { Progress } from './progress.ts';
import type { RaftLog } from './raft-log.ts';
import type { ReadOnlyQueue, ReadRequest, ReadState } from './read-only-queue.ts';

/** The member id that stands for "nobody". */
export const NO_MEMBER: MemberId = 0n;

export interface RaftOptions {
  readonly id: MemberId;
  /** A follower that hears of no leader for [n, 2n) ticks, drawn anew each time, campaigns. */
  readonly electionTicks: number;
  /** A leader sends heartbeats every so many ticks; less than `electionTicks`. */
  readonly heartbeatTicks: number;
  /** Entries of one append message; a single larger entry still goes, alone. */
  readonly appendBytesMax: number;
  /** Committed entries of one Ready; the rest waits for the next one. */
  readonly readyBytesMax: number;
  /** Entries appended and not yet applied; at the bound proposals are dropped as `log-full`. */
  readonly unappliedBytesMax: number;
  /** Linearizable reads waiting on the leader; further ones are dropped as `too-many-reads`. */
  readonly pendingReadsMax: number;
}

/** etcd's settings, and bounds for what it leaves unbounded. */
export const RAFT_DEFAULTS: Omit<RaftOptions, 'id'> = {
  electionTicks: 10,
  heartbeatTicks: 1,
  appendBytesMax: 1024 * 1024,
  readyBytesMax: 16 * 1024 * 1024,
  unappliedBytesMax: 256 * 1024 * 1024,
  pendingReadsMax: 65_536,
};

export interface RaftPorts {
  /** Draws election timeouts; a stream of this member's own. */
  readonly random: Random;
  readonly logger?: Logger;
}

export type RoleName = 'follower' | 'candidate' | 'leader';

export interface FollowerRole {
  readonly name: 'follower';
  /** The leader of this term, once heard from. */
  leader: MemberId;
}

export interface CandidateRole {
  readonly name: 'candidate';
  /** True for granted, false for refused. Our own vote enters when it is on disk. */
  readonly votes: Map<MemberId, boolean>;
}

export interface LeaderRole {
  readonly name: 'leader';
  /** One for each voter and learner, our own included. */
  readonly progress: Map<MemberId, Progress>;
  /** Index of the first entry of this term: once committed, so is all before it (§5.4.2). */
  readonly termStart: LogIndex;
  /** No configuration change is taken before this index is applied (one at a time, §6). */
  pendingConfChange: LogIndex;
  readonly reads: ReadOnlyQueue;
  /** Reads that came before an entry of this term was committed. */
  readonly earlyReads: ReadRequest[];
}

export type Role = FollowerRole | CandidateRole | LeaderRole;

/** The vote of a term; what must be on disk before anyone hears of it. */
export interface Ballot {
  readonly term: Term;
  readonly vote: MemberId;
}

export class RaftState {
  readonly options: RaftOptions;
  readonly ports: RaftPorts;
  readonly id: MemberId;
  readonly log: RaftLog;
  configuration: Configuration;
  term: Term;
  /** Whom this member voted for in `term`. */
  vote: MemberId;
  /** The newest ballot known to be on disk. */
  durable: Ballot;
  role: Role = { name: 'follower', leader: NO_MEMBER };
  /** Ticks since the leader was heard from, a vote was granted or a campaign began. */
  electionElapsedTicks = 0;
  heartbeatElapsedTicks = 0;
  electionTimeoutTicks: number;
  messages: Message[] = [];
  messagesAfterPersist: Message[] = [];
  readStates: ReadState[] = [];

  constructor(
    options: RaftOptions,
    ports: RaftPorts,
    recovered: { log: RaftLog; configuration: Configuration; term: Term; durable: Ballot },
  ) {
    assert(options.id !== NO_MEMBER, 'a member has an id');
    assert(options.heartbeatTicks >= 1, 'heartbeatTicks >= 1');
    assert(options.electionTicks > options.heartbeatTicks, 'electionTicks > heartbeatTicks');
    this.options = options;
    this.ports = ports;
    this.id = options.id;
    this.log = recovered.log;
    this.configuration = recovered.configuration;
    this.term = recovered.term;
    this.durable = recovered.durable;
    this.vote = recovered.term === recovered.durable.term ? recovered.durable.vote : NO_MEMBER;
    this.electionTimeoutTicks = options.electionTicks;
    this.drawElectionTimeout();
  }

  /** The leader of this term as far as this member knows, or {@link NO_MEMBER}. */
  get leader(): MemberId {
    switch (this.role.name) {
      case 'follower':
        return this.role.leader;
      case 'candidate':
        return NO_MEMBER;
      case 'leader':
        return this.id;
    }
  }

  get isVoter(): boolean {
    return this.configuration.voters.has(this.id);
  }

  /** Restarts the election clock with a fresh random timeout (§5.2: against split votes). */
  drawElectionTimeout(): void {
    const { electionTicks } = this.options;
    this.electionElapsedTicks = 0;
    this.electionTimeoutTicks = electionTicks + this.ports.random.below(electionTicks);
  }

  /**
   * Queues a message of this member in this term.
   *
   * Votes, asked for or given, and append answers speak of what must survive a crash, so they
   * wait for the disk. A candidate's request is among them: it describes a log and a term that a
   * crash could still take back, while the votes it earned would stay valid.
   */
  send(message: Partial<Message> & { type: MessageType; to: MemberId }): void {
    assert(message.to !== this.id, 'no member sends to itself');
    const full = Message.create({ ...message, from: this.id, term: this.term });
    switch (message.type) {
      case MessageType.MsgVote:
      case MessageType.MsgVoteResp:
      case MessageType.MsgAppResp:
        this.messagesAfterPersist.push(full);
        break;
      default:
        this.messages.push(full);
    }
  }

  /** Queues a client's request for the leader; such messages carry no term, as in etcd. */
  forward(message: Partial<Message> & { type: MessageType; to: MemberId }): void {
    assert(message.to !== this.id, 'no member sends to itself');
    this.messages.push(Message.create({ from: this.id, ...message, term: 0 }));
  }

  checkInvariants(): void {
    const { durable, log, role } = this;
    log.checkInvariants();
    assert(durable.term <= this.term, 'durable.term <= term');
    assert(log.last.term <= this.term, 'last.term <= term');
    assert(
      durable.term < this.term || durable.vote === NO_MEMBER || durable.vote === this.vote,
      'a vote on disk is never taken back within its term',
    );
    assert(this.electionTimeoutTicks >= this.options.electionTicks, 'electionTicks <= timeout');
    assert(this.electionTimeoutTicks < 2 * this.options.electionTicks, 'timeout < 2 electionTicks');
    if (role.name === 'candidate') assert(this.vote === this.id, 'a candidate votes for itself');
    if (role.name === 'leader') this.#checkLeader(role);
  }

  #checkLeader(role: LeaderRole): void {
    const { configuration, durable, log } = this;
    assert(durable.term === this.term, 'a leader has its term on disk');
    assert(durable.vote === this.id, 'a leader has its own vote on disk');
    assert(role.termStart <= log.lastIndex, 'termStart <= last');
    assert(role.earlyReads.length === 0 || log.commit < role.termStart, 'early reads wait only');
    role.reads.checkInvariants();
    const members = new Set([...configuration.voters, ...configuration.learners]);
    assert(role.progress.size === members.size, 'progress is kept of each member, and no other');
    for (const [id, progress] of role.progress) {
      assert(members.has(id), 'progress is kept of each member, and no other');
      progress.checkInvariants();
      assert(progress.match <= log.lastIndex, 'match <= last');
      assert(progress.next <= log.lastIndex + 1, 'next <= last + 1');
    }
    const own = role.progress.get(this.id);
    assert((own?.match ?? 0) <= log.persisted, 'a leader counts for itself only what is on disk');
  }
}
