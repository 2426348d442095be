/**
 * Everything one member knows, as plain data with its invariants. The files beside this one
 * (step, election, replication, following, ...) are functions over it.
 */
import { assert } from '../base/assert.ts';
import type { MemberId, Term } from '../base/ids.ts';
import { Message, MessageType, type Snapshot } from '../pb/index.ts';
import { type Configuration, isVoter, membersOf } from './configuration.ts';
import type { InflightLimits } from './inflight-window.ts';
import type { RaftOptions, RaftPorts } from './options.ts';
import type { RaftLog } from './raft-log.ts';
import type { ReadState } from './read-only-queue.ts';
import { changesWaitingMax, type LeaderRole, NO_MEMBER, type Role } from './role.ts';

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
  readonly inflightLimits: InflightLimits;
  configuration: Configuration;
  term: Term;
  /** Whom this member voted for in `term`. */
  vote: MemberId;
  /** The newest ballot known to be on disk. */
  durable: Ballot;
  role: Role = { name: 'follower', leader: NO_MEMBER };
  /**
   * Ticks since the leader was heard from, a vote was granted or a campaign began; of a leader,
   * since it last made sure of its majority.
   */
  electionElapsedTicks = 0;
  heartbeatElapsedTicks = 0;
  electionTimeoutTicks: number;
  messages: Message[] = [];
  messagesAfterPersist: Message[] = [];
  readStates: ReadState[] = [];
  /** What the log was reset to, until a Ready hands it out; see {@link RaftLog.isInstalling}. */
  snapshot: Snapshot | undefined;

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
    const { inflightMessagesMax: messagesMax, inflightBytesMax: bytesMax } = options;
    this.inflightLimits = { messagesMax, bytesMax };
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
      case 'pre-candidate':
      case 'candidate':
        return NO_MEMBER;
      case 'leader':
        return this.id;
    }
  }

  get isVoter(): boolean {
    return isVoter(this.configuration, this.id);
  }

  /** Whether a leader was heard from so lately that it can be taken to lead still. */
  get isLeaderAlive(): boolean {
    return this.leader !== NO_MEMBER && this.electionElapsedTicks < this.options.electionTicks;
  }

  /** Restarts the election clock with a fresh random timeout (§5.2: against split votes). */
  drawElectionTimeout(): void {
    const { electionTicks } = this.options;
    this.electionElapsedTicks = 0;
    this.electionTimeoutTicks = electionTicks + this.ports.random.below(electionTicks);
  }

  /**
   * Queues a message of this member, in this term unless it names another one (pre-votes do).
   *
   * Votes, asked for or given, and append answers speak of what must survive a crash, so they
   * wait for the disk. A candidate's request is among them: it describes a log and a term that a
   * crash could still take back, while the votes it earned would stay valid. A pre-candidate's is
   * not, for it earns nothing that lasts.
   */
  send(message: Partial<Message> & { type: MessageType; to: MemberId }): void {
    assert(message.to !== this.id, 'no member sends to itself');
    const full = Message.create({ term: this.term, ...message, from: this.id });
    switch (message.type) {
      case MessageType.MsgVote:
      case MessageType.MsgVoteResp:
      case MessageType.MsgPreVoteResp:
      case MessageType.MsgAppResp:
        this.messagesAfterPersist.push(full);
        break;
      default:
        this.messages.push(full);
    }
  }

  /** Queues a request of `message.from` for the leader; only what clients ask has no term. */
  forward(message: Partial<Message> & { type: MessageType; to: MemberId; from: MemberId }): void {
    assert(message.to !== this.id, 'no member sends to itself');
    this.messages.push(Message.create(message));
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
    assert(this.snapshot === undefined || log.isInstalling, 'what is handed out is not installed');
    assert(!log.isInstalling || role.name === 'follower', 'nobody stands for election meanwhile');
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
    assert(role.waitingChanges.length <= changesWaitingMax, 'waiting changes are bounded');
    const members = membersOf(configuration);
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
