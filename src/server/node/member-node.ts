/**
 * Drives raft: gathers what arrives in a turn, takes Readys, and does with each what it says, in
 * its order (persist, send, apply, advance). Entries go to the WAL thread at once; while it
 * syncs, the next batch forms here and the WAL writes whatever has queued with one sync.
 */
import { defined } from '../../base/assert.ts';
import type { LogIndex, MemberId, Term } from '../../base/ids.ts';
import type { Clock } from '../../base/ports/clock.ts';
import type { Logger } from '../../base/ports/logger.ts';
import type { PeerTransport } from '../../base/ports/peer-transport.ts';
import type { Scheduler } from '../../base/ports/scheduler.ts';
import {
  type Entry,
  type HardState,
  type Message,
  MessageType,
  type Snapshot,
  type SnapshotMetadata,
} from '../../pb/index.ts';
import { NO_MEMBER, type Raft, type Ready, type SoftState } from '../../raft/index.ts';
import { encodeBatch, LOG_COMMANDS_MAX, type LogWriter, type WalBatch } from '../../wal/index.ts';
import { ServerError } from '../errors.ts';
import { AppliedReads } from './applied-reads.ts';
import { guarded } from './guarded.ts';
import { HeartbeatPace } from './heartbeat-pace.ts';
import { LateMessages } from './late-messages.ts';
import { type LinearizableRead, LinearizableReads } from './linearizable-reads.ts';
import { readContext, readContextId } from './read-context.ts';
import type { RequestIds } from './request-ids.ts';
import { WaitingEntries, type WaitingRequest } from './waiting-entries.ts';

/** Time that one turn may spend on applying, and on reads, before others get theirs. */
const APPLY_SLICE_MS = 5;
/** Entries applied between two looks at the clock. */
const APPLY_ENTRIES_PER_LOOK = 64;

/** What applies committed entries to the replicated state. */
export interface EntrySink {
  /** Applies the next entry and tells raft. */
  apply(entry: Entry, nowMs: number): void;
  /**
   * False while so much is unflushed that applying must wait; whoever says so calls
   * {@link MemberNode.wake} when that is over.
   */
  readonly hasRoom: boolean;
}

/** What puts the state of another member in the place of this one's. */
export interface StateTaker {
  /** Whether the state of the snapshot at `index` has come, and is on disk. */
  has(index: LogIndex): boolean;
  /** Puts it in place, and calls `done` in the turn in which it is; the log begins there by now. */
  install(metadata: SnapshotMetadata, done: () => void): void;
}

export interface MemberNodePorts {
  readonly raft: Raft;
  readonly log: LogWriter;
  /** What entries are applied to now. */
  readonly entries: () => EntrySink;
  /** A member without it takes in no snapshots. */
  readonly states: StateTaker | undefined;
  /** Takes messages to other members. */
  readonly transport: Pick<PeerTransport<Message>, 'send'>;
  /** Names reads in the whole cluster. */
  readonly ids: RequestIds;
  /** Membership changes that wait for raft to take them. */
  readonly confChanges: { offerTo(raft: Raft): void };
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when leadership or the known leader changes. */
  readonly onSoftState: (state: SoftState) => void;
  /** The member cannot go on; it stops this node. */
  readonly fatal: (error: unknown) => void;
}

export interface MemberNodeOptions {
  readonly requestTimeoutMs: number;
  readonly tickMs: number;
}

export class MemberNode {
  /** Times that a leader became known, also if it is the one that was lost before. */
  leaderChanges = 0;
  /** Monotonic ms since when this member leads, or has led the last time; 0 if it never has. */
  leaderSinceMs = 0;
  readonly #ports: MemberNodePorts;
  readonly #requestTimeoutMs: number;
  readonly #reads: LinearizableReads;
  readonly #appliedReads = new AppliedReads();
  readonly #waiting = new WaitingEntries();
  readonly #late: LateMessages;
  readonly #heartbeats: HeartbeatPace;
  /** What has come since the last turn, which takes all of it: a turn is as long as sockets are read. */
  #received: Message[] = [];
  #committed: Entry[] = [];
  #committedAt = 0;
  #turnPlanned = false;
  #isStopped = false;
  #knownLeader: MemberId = NO_MEMBER;
  /** A commit index that is to be written with the next entries, or with the next tick. */
  #unwrittenState: HardState | undefined;

  constructor(options: MemberNodeOptions, ports: MemberNodePorts) {
    this.#ports = ports;
    this.#requestTimeoutMs = options.requestTimeoutMs;
    this.#reads = new LinearizableReads(options.requestTimeoutMs);
    this.#late = new LateMessages(ports.transport);
    this.#heartbeats = new HeartbeatPace(options.tickMs, ports);
  }

  get id(): MemberId {
    return this.#ports.raft.id;
  }

  get term(): Term {
    return this.#ports.raft.term;
  }

  /** 0 when no leader is known. */
  get leader(): MemberId {
    return this.#ports.raft.leader;
  }

  get isLeader(): boolean {
    return this.#ports.raft.role === 'leader';
  }

  get committedIndex(): LogIndex {
    return this.#ports.raft.commitIndex;
  }

  get appliedIndex(): LogIndex {
    return this.#ports.raft.appliedIndex;
  }

  /** Memory that the log takes. */
  get logBytes(): number {
    return this.#ports.raft.logBytes;
  }

  get lastIndex(): LogIndex {
    return this.#ports.raft.lastIndex;
  }

  /** Up to where the log of `id` is known to be this leader's; undefined if it leads no such member. */
  matchOf(id: MemberId): LogIndex | undefined {
    return this.#ports.raft.progressOf(id)?.match;
  }

  /** Heartbeats that this member sent too late. */
  get lateHeartbeats(): number {
    return this.#heartbeats.late;
  }

  /** How rounds of ReadIndex have ended that no read came of. */
  get readIndexes(): { readonly slowRounds: number; readonly failedRounds: number } {
    return this.#reads;
  }

  /**
   * Queues one entry for the batch of this turn; it waits while there is no leader or the log is
   * full. When that lasts for the request time-out it is dropped, which {@link sweep} tells.
   */
  propose(data: Uint8Array, request: WaitingRequest): void {
    if (this.#isStopped) return;
    this.#waiting.add(data, request);
    this.wake();
  }

  /**
   * Appends one entry at once, ahead of what is queued; false when this member does not lead, or its
   * log is full.
   */
  proposeAsLeader(data: Uint8Array): boolean {
    const { raft } = this.#ports;
    if (this.#isStopped || raft.role !== 'leader') return false;
    if (raft.propose([data]).kind === 'dropped') return false;
    this.wake();
    return true;
  }

  /** Bytes of entries that raft has not taken yet. */
  get queuedBytes(): number {
    return this.#waiting.bytes;
  }

  /** Messages of other members; all that come in a turn are taken in together. Owns them. */
  received(messages: readonly Message[]): void {
    if (this.#isStopped) return;
    for (const message of messages) {
      if (message.type !== MessageType.MsgSnap || this.#hasState(message)) {
        this.#received.push(message);
      }
    }
    this.wake();
  }

  /** Without its state, a snapshot would leave this member with none at all. */
  #hasState({ snapshot }: Message): boolean {
    const { states } = this.#ports;
    return snapshot !== undefined && states?.has(snapshot.metadata.index) === true;
  }

  /** A message to `id` was lost. */
  unreachable(id: MemberId): void {
    this.#ports.raft.reportUnreachable(id);
    this.wake();
  }

  /** The snapshot that was sent to `id` is saved there, or was lost. */
  snapshotSent(id: MemberId, isSaved: boolean): void {
    this.#ports.raft.reportSnapshot(id, isSaved);
    this.wake();
  }

  /** Hands leadership over to a voter, as leader. */
  transferLeadership(to: MemberId): void {
    this.#ports.raft.transferLeadership(to);
    this.wake();
  }

  /** Asks again for all reads that no answer came for: there may be one now. */
  askReadsAgain(): void {
    this.#askForReads(this.#reads.unconfirmed());
    this.wake();
  }

  /** Runs `read` when this member's state is at least as new as now. */
  linearizable(read: LinearizableRead): void {
    this.#reads.add(read);
    this.wake();
  }

  /** Runs `read` when everything committed by now is applied. */
  whenApplied(read: LinearizableRead): void {
    const { raft, clock } = this.#ports;
    const { appliedIndex: applied, commitIndex: index } = raft;
    this.#appliedReads.add(read, { index, applied, nowMs: clock.monotonicMs() });
  }

  /** One tick of raft's logical clock. */
  tick(): void {
    this.#ports.raft.tick();
    this.writeCommit();
    this.wake();
  }

  /**
   * Ends what has waited too long, and asks again for reads that no answer came for. Returns the
   * requests that raft never took, and now never will.
   */
  sweep(): readonly bigint[] {
    const nowMs = this.#ports.clock.monotonicMs();
    const neverTaken = this.#waiting.dropOverdue(nowMs - this.#requestTimeoutMs);
    this.#reads.expire(nowMs);
    this.#appliedReads.expire(nowMs);
    this.#askForReads(this.#reads.overdue(nowMs));
    this.wake();
    return neverTaken;
  }

  /** Plans a turn: call it when anything has changed that the node may act on. */
  wake(): void {
    if (this.#turnPlanned || this.#isStopped) return;
    this.#turnPlanned = true;
    this.#ports.scheduler.defer(() => {
      this.#turnPlanned = false;
      this.#turn();
    });
  }

  checkInvariants(): void {
    this.#ports.raft.checkInvariants();
  }

  /** Stops acting; what waits for a read fails. */
  stop(): void {
    this.#isStopped = true;
    const error = new ServerError('SERVER_STOPPED', 'server stopped');
    this.#reads.failAll(error);
    this.#appliedReads.failAll(error);
  }

  #turn(): void {
    if (this.#isStopped) return;
    const { raft, confChanges, ids } = this.#ports;
    const received = this.#received;
    this.#received = [];
    for (const message of received) raft.step(message);
    this.#waiting.offerTo(raft);
    confChanges.offerTo(raft);
    if (this.#reads.hasForming) {
      const context = ids.next();
      this.#reads.startRound(context, this.#ports.clock.monotonicMs());
      this.#askForReads([context]);
    }
    this.#advance();
  }

  #askForReads(contexts: readonly bigint[]): void {
    for (const context of contexts) this.#ports.raft.readIndex(readContext(context));
  }

  /** Handles every Ready there is, then applies and reads for a slice. */
  #advance(): void {
    const { raft } = this.#ports;
    while (this.#hasReady) this.#handle(raft.ready());
    this.#applySlice();
    this.#leadIfAlone();
  }

  /** At its bound the log's writer catches up first; each batch that it ends leads back here. */
  get #hasReady(): boolean {
    const { raft, log } = this.#ports;
    return raft.hasReady() && log.pending < LOG_COMMANDS_MAX / 2;
  }

  #handle(ready: Ready): void {
    const { log, transport } = this.#ports;
    const { snapshot } = ready;
    if (snapshot !== undefined) this.#beginAnew(snapshot);
    if (ready.softState !== undefined) this.#softState(ready.softState);
    if (ready.messages.length > 0) {
      this.#heartbeats.sent(ready.messages);
      transport.send(ready.messages);
    }
    this.#late.add(ready, ready.mustSync);
    // What is committed may be lost, and learned again: it goes to the disk with what may not.
    this.#unwrittenState = ready.hardState ?? this.#unwrittenState;
    if (ready.mustSync) {
      log.append(this.#batchOf(ready.entries), (error) => {
        this.#persisted(ready.number, error);
        if (snapshot !== undefined) this.#install(snapshot.metadata);
      });
    }
    // A Ready with nothing to write is not reported: to raft that would say that all before it
    // are on disk, and one of them may be on its way there.
    for (const entry of ready.committedEntries) this.#committed.push(entry);
    for (const state of ready.readStates) {
      this.#reads.confirmed(readContextId(state.context), state.index);
    }
  }

  #batchOf(entries: readonly Entry[]): WalBatch {
    const state = this.#unwrittenState;
    this.#unwrittenState = undefined;
    return encodeBatch(entries, state);
  }

  /** So that the log tells what is committed, too, on an idle member and before a stop in good order. */
  writeCommit(): void {
    const { log, fatal } = this.#ports;
    if (this.#unwrittenState === undefined || log.pending >= LOG_COMMANDS_MAX / 2) return;
    log.append(this.#batchOf([]), (error) => {
      if (error !== undefined && !this.#isStopped) fatal(error);
    });
  }

  /** The state of `snapshot` is to take the place of the one that entries were applied to. */
  #beginAnew(snapshot: Snapshot): void {
    this.#committed = [];
    this.#committedAt = 0;
    this.#ports.log.saveSnapshot(snapshot, (error) => {
      if (error !== undefined) this.#ports.fatal(error);
    });
  }

  #install(metadata: SnapshotMetadata): void {
    const { raft, states } = this.#ports;
    if (this.#isStopped) return;
    defined(states, 'snapshots without a state are dropped').install(metadata, () => {
      raft.applied(metadata.index);
      this.wake();
    });
  }

  #persisted(number: number, error: Error | undefined): void {
    if (this.#isStopped) return;
    const { raft, fatal } = this.#ports;
    if (error !== undefined) {
      // A failed write or sync is never retried: the log on disk is in an unknown state.
      fatal(error);
      return;
    }
    guarded(() => {
      raft.persisted(number);
      this.#late.persisted(number);
      this.#advance();
    }, fatal);
  }

  #softState(state: SoftState): void {
    this.#heartbeats.reset();
    const isNew = state.leader !== this.#knownLeader;
    this.#knownLeader = state.leader;
    if (isNew && state.leader !== NO_MEMBER) {
      this.leaderChanges++;
      if (state.role === 'leader') this.leaderSinceMs = this.#ports.clock.monotonicMs();
      this.#reads.leaderChanged();
    }
    this.#ports.onSoftState(state);
  }

  /** A sole voter need not wait for an election time-out to find out that nobody else leads. */
  #leadIfAlone(): void {
    const { raft } = this.#ports;
    if (raft.role !== 'follower') return;
    const { voters } = raft.confState;
    if (voters.length === 1 && voters[0] === raft.id && raft.campaign()) this.wake();
  }

  get #canApply(): boolean {
    const { entries, raft } = this.#ports;
    return entries().hasRoom && !raft.isInstalling && !this.#isStopped;
  }

  /**
   * Applies what is committed, then runs the reads that waited for that, for about a slice of time;
   * then lets other events in.
   */
  #applySlice(): void {
    const { raft, clock } = this.#ports;
    const entries = this.#ports.entries();
    const startMs = clock.monotonicMs();
    let nowMs = startMs;
    while (this.#committedAt < this.#committed.length && this.#canApply) {
      const end = Math.min(this.#committed.length, this.#committedAt + APPLY_ENTRIES_PER_LOOK);
      while (this.#committedAt < end && this.#canApply) {
        const entry = this.#committed[this.#committedAt++] as Entry;
        entries.apply(entry, nowMs);
      }
      nowMs = clock.monotonicMs();
      if (nowMs - startMs >= APPLY_SLICE_MS) break;
    }
    if (this.#committedAt === this.#committed.length) {
      this.#committed = [];
      this.#committedAt = 0;
    } else if (this.#canApply) {
      this.wake();
    }
    const areReadsLeft = this.#reads.applied(
      raft.appliedIndex,
      () => clock.monotonicMs() - startMs >= APPLY_SLICE_MS,
    );
    if (areReadsLeft) this.wake();
    this.#appliedReads.applied(raft.appliedIndex);
    if (this.#hasReady) this.wake();
  }
}
