/**
 * Consensus of one member: synchronous, deterministic, without I/O.
 *
 * Inputs are method calls (ticks, messages, proposals, acknowledgements); all effects come out as
 * data, in a {@link Ready}. After an input, take and carry out Readys while `hasReady()`.
 */
import { assert, defined } from '../base/assert.ts';
import type { LogIndex, MemberId, Term } from '../base/ids.ts';
import {
  type ConfChange,
  type ConfChangeV2,
  type ConfState,
  type Entry,
  EntryType,
  type HardState,
  type Message,
} from '../pb/index.ts';
import { configurationOf, confStateOf } from './configuration.ts';
import { campaign, countOwnVote } from './election.ts';
import type { EntryId } from './entry-buffer.ts';
import { RaftError } from './errors.ts';
import { tickLeader } from './leader-clock.ts';
import { applyConfChange, leaveJointIfDue } from './membership.ts';
import type { RaftOptions, RaftPorts } from './options.ts';
import type { ProgressState } from './progress.ts';
import {
  offerWaitingChanges,
  type ProposeOutcome,
  propose,
  proposeConfChange,
} from './proposals.ts';
import { RaftLog } from './raft-log.ts';
import { RaftState } from './raft-state.ts';
import { type ReadOutcome, requestRead } from './reads.ts';
import { type Ready, ReadyMaker } from './ready.ts';
import { countOwnLog } from './replication.ts';
import { NO_MEMBER, type RoleName } from './role.ts';
import { step } from './step.ts';
import { type TransferOutcome, transferLeadership } from './transfer.ts';

/** What a member recovers at start. All of it is on disk: sync a log that was found un-synced. */
export interface RaftBoot {
  readonly hardState: HardState;
  /** The configuration as of `applied`. */
  readonly confState: ConfState;
  /** The last entry that is in a snapshot; 0, 0 without one. */
  readonly snapshot: EntryId;
  /** All entries after `snapshot`. */
  readonly entries: readonly Entry[];
  /** The last entry whose effects the state machine holds; entries behind it come out again. */
  readonly applied: LogIndex;
}

/** What a leader knows of one member, itself included. */
export interface MemberProgress {
  /** Up to where its log, on its disk, is known to be the leader's. */
  readonly match: LogIndex;
  readonly next: LogIndex;
  readonly state: ProgressState;
  /** Whether it was heard from since CheckQuorum last looked. */
  readonly isActive: boolean;
}

export class Raft {
  readonly #state: RaftState;
  readonly #ready: ReadyMaker;
  /** Indexes of configuration changes that were handed out and not applied yet. */
  readonly #confChanges: LogIndex[] = [];

  /** Throws RAFT_BOOT_INVALID or RAFT_CONF_UNSUPPORTED. */
  constructor(options: RaftOptions, boot: RaftBoot, ports: RaftPorts) {
    const { hardState, snapshot, entries, applied } = boot;
    checkBoot(boot);
    // Commit-only changes of the HardState are not synced, so it may lag behind what was applied.
    const commit = Math.max(hardState.commit, applied);
    const log = new RaftLog(snapshot, entries, { applied, commit });
    // A torn write can leave entries of a term whose HardState is lost; no vote was cast in it.
    const term = Math.max(hardState.term, log.last.term);
    const configuration = configurationOf(boot.confState);
    const durable = { term: hardState.term, vote: hardState.vote };
    this.#state = new RaftState(options, ports, { log, configuration, term, durable });
    this.#ready = new ReadyMaker(this.#state, hardState);
  }

  /** One tick of time has passed. */
  tick(): void {
    const state = this.#state;
    if (state.role.name === 'leader') {
      tickLeader(state, state.role);
      return;
    }
    state.electionElapsedTicks += 1;
    if (state.electionElapsedTicks >= state.electionTimeoutTicks) campaign(state);
  }

  /**
   * Stands for election now, without waiting for the timeout. Returns false if this member leads
   * already, is no voter, or has a committed configuration change or a snapshot to apply first. A
   * single voter leads as soon as its ballot is persisted.
   */
  campaign(): boolean {
    return campaign(this.#state);
  }

  /**
   * Takes in a message of another member and owns it, with its bytes, from now on. Messages that
   * make no sense are ignored. Throws RAFT_DIVERGED or RAFT_LOG_LOST: the member must stop.
   */
  step(message: Message): void {
    step(this.#state, message);
  }

  /** Proposes one entry per payload, in order, all or none. Owns the payloads from now on. */
  propose(payloads: readonly Uint8Array[]): ProposeOutcome {
    return propose(this.#state, payloads);
  }

  proposeConfChange(change: ConfChange): ProposeOutcome {
    return proposeConfChange(this.#state, change);
  }

  /** Hands leadership over to a voter, or asks the leader to. */
  transferLeadership(to: MemberId): TransferOutcome {
    return transferLeadership(this.#state, to);
  }

  /** A message to `id` was lost, and what follows it likely too. */
  reportUnreachable(id: MemberId): void {
    const { role } = this.#state;
    if (role.name === 'leader') role.progress.get(id)?.unreachable();
  }

  /**
   * What became of the snapshot of a MsgSnap to `id`: whether the member has it all. To be
   * called once for each such message, dropped ones too: until then `id` gets no entries.
   */
  reportSnapshot(id: MemberId, hasArrived: boolean): void {
    const { role } = this.#state;
    if (role.name === 'leader') role.progress.get(id)?.snapshotDone(hasArrived);
  }

  /**
   * Asks for an index such that a read after applying it is linearizable; `context` (unique, a
   * few bytes, owned by this from now on) comes back with it in a ReadState.
   */
  readIndex(context: Uint8Array): ReadOutcome {
    return requestRead(this.#state, { context, from: this.#state.id });
  }

  hasReady(): boolean {
    return this.#ready.hasReady;
  }

  /** Takes what there is to do; see {@link Ready} for the order. */
  ready(): Ready {
    const ready = this.#ready.take();
    // What was to be applied before a snapshot is void.
    if (ready.snapshot !== undefined) this.#confChanges.length = 0;
    for (const { index, type } of ready.committedEntries) {
      if (type !== EntryType.EntryNormal) this.#confChanges.push(index);
    }
    return ready;
  }

  /** The Readys up to `number` are on disk. */
  persisted(number: number): void {
    const state = this.#state;
    this.#ready.persisted(number);
    // One after the other: a candidate whose own vote wins the election goes on as leader.
    if (state.role.name === 'candidate') countOwnVote(state, state.role);
    if (state.role.name === 'leader') countOwnLog(state, state.role);
  }

  /** The entries up to `index`, or the snapshot there, are applied, with their changes. */
  applied(index: LogIndex): void {
    const pending = this.#confChanges[0] ?? Infinity;
    assert(index < pending, 'a configuration change is applied before its entry is');
    this.#state.log.appliedTo(index);
    leaveJointIfDue(this.#state, index);
    offerWaitingChanges(this.#state);
  }

  /**
   * Applies the next configuration change that was handed out; `change` is what its entry holds,
   * or has node id 0 if it was refused meanwhile. Returns the configuration that is in force now.
   */
  applyConfChange(change: ConfChange | ConfChangeV2): ConfState {
    assert(!this.isInstalling, 'nothing is applied before the snapshot');
    defined(this.#confChanges.shift(), 'a configuration change comes from a committed entry');
    applyConfChange(this.#state, change);
    return this.confState;
  }

  /**
   * Forgets the entries up to and including `index`, which are applied: whoever lacks one of them
   * needs the state itself.
   */
  compact(index: LogIndex): void {
    this.#state.log.compactTo(index);
  }

  get id(): MemberId {
    return this.#state.id;
  }

  get term(): Term {
    return this.#state.term;
  }

  get role(): RoleName {
    return this.#state.role.name;
  }

  /** The leader of the current term, 0 when none is known. */
  get leader(): MemberId {
    return this.#state.leader;
  }

  /** To whom leadership is being handed over by this member, 0 if to nobody. */
  get transferee(): MemberId {
    const { role } = this.#state;
    return role.name === 'leader' ? role.transferee : NO_MEMBER;
  }

  /** What the leader knows of `id`; undefined on others, or if `id` is no member. */
  progressOf(id: MemberId): MemberProgress | undefined {
    const { role } = this.#state;
    const progress = role.name === 'leader' ? role.progress.get(id) : undefined;
    if (progress === undefined) return undefined;
    const { match, next, state } = progress;
    return { match, next, state, isActive: progress.isActive || id === this.id };
  }

  /**
   * True from when a snapshot came until its state is in place: nothing else may be applied, and
   * {@link confState} is already the snapshot's.
   */
  get isInstalling(): boolean {
    return this.#state.log.isInstalling;
  }

  get confState(): ConfState {
    return confStateOf(this.#state.configuration);
  }

  get commitIndex(): LogIndex {
    return this.#state.log.commit;
  }

  get appliedIndex(): LogIndex {
    return this.#state.log.applied;
  }

  get persistedIndex(): LogIndex {
    return this.#state.log.persisted;
  }

  get firstIndex(): LogIndex {
    return this.#state.log.firstIndex;
  }

  get lastIndex(): LogIndex {
    return this.#state.log.lastIndex;
  }

  /** Memory that the log takes: what `compact` is there to bound. */
  get logBytes(): number {
    return this.#state.log.bytes;
  }

  /**
   * The entry behind which members need all, as soon as they have the state that is on its way to
   * them; Infinity while none is.
   */
  get awaitedAfter(): LogIndex {
    const { role } = this.#state;
    let lowest = Infinity;
    if (role.name !== 'leader') return lowest;
    for (const { awaitedAfter } of role.progress.values()) lowest = Math.min(lowest, awaitedAfter);
    return lowest;
  }

  /** What to {@link compact} to, once applied, so that the rest takes at most `bytesMax`. */
  tailBase(bytesMax: number): LogIndex {
    return this.#state.log.tailBase(bytesMax);
  }

  /** Term of the entry at `index`, undefined when it is compacted away or not there yet. */
  termOf(index: LogIndex): Term | undefined {
    return this.#state.log.term(index);
  }

  checkInvariants(): void {
    this.#state.checkInvariants();
  }
}

function checkBoot({ hardState, snapshot, entries, applied }: RaftBoot): void {
  let last = snapshot;
  for (const entry of entries) {
    const follows = entry.index === last.index + 1 && entry.term >= last.term;
    if (!follows) throw invalid(`entry ${entry.index} does not follow entry ${last.index}`);
    last = entry;
  }
  if (hardState.commit > last.index) {
    throw invalid(`commit index ${hardState.commit} is beyond the last entry ${last.index}`);
  }
  if (applied > last.index) {
    throw invalid(`applied index ${applied} is beyond the last entry ${last.index}`);
  }
  if (applied < snapshot.index) {
    throw invalid(`applied index ${applied} is before the snapshot at ${snapshot.index}`);
  }
}

function invalid(message: string): RaftError {
  return new RaftError('RAFT_BOOT_INVALID', message);
}
