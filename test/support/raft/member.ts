/**
 * A Raft with the node loop around it, one duty at a time: `take` hands out a Ready and sends
 * what may go at once, `sync` completes the oldest write, `apply` the oldest committed batch or
 * the snapshot that replaces them all.
 */
import assert from 'node:assert/strict';
import type { Random } from '../../../src/base/ports/random.ts';
import {
  ConfState,
  type Entry,
  EntryType,
  Message,
  MessageType,
  Snapshot,
  type SnapshotMetadata,
} from '../../../src/pb/index.ts';
import {
  confChangeOf,
  RAFT_DEFAULTS,
  Raft,
  type RaftOptions,
  type ReadState,
  type Ready,
} from '../../../src/raft/index.ts';
import { Disk, digestAfter, digestBytes } from './disk.ts';

/** Without pre-votes and CheckQuorum unless they are asked for: as in the paper. */
export interface MemberOptions extends Partial<RaftOptions> {
  readonly id: bigint;
  readonly disk?: Disk;
  /** Configuration of a fresh disk. */
  readonly voters?: readonly bigint[];
  readonly learners?: readonly bigint[];
  readonly random?: Random;
}

/** Draws 0: every election timeout is the shortest one. */
const shortest: Random = { below: () => 0 };

export class Member {
  readonly id: bigint;
  readonly disk: Disk;
  raft: Raft;
  /** Sent and not collected by the test yet. */
  outbox: Message[] = [];
  /** Handed out and not on disk yet, in order. */
  writes: Ready[] = [];
  /** Committed and not applied yet, in order. */
  batches: (readonly Entry[])[] = [];
  /** To be installed, in place of all that was committed before it. */
  snapshot: Snapshot | undefined;
  /** State of the state machine. */
  digest = 0;
  /** What this incarnation's state machine saw. */
  appliedEntries: Entry[] = [];
  readStates: ReadState[] = [];
  readonly #options: RaftOptions;
  readonly #random: Random;

  constructor({ disk, voters, learners, random, ...options }: MemberOptions) {
    this.id = options.id;
    this.#options = { ...RAFT_DEFAULTS, preVote: false, checkQuorum: false, ...options };
    this.#random = random ?? shortest;
    const confState = ConfState.create({
      voters: [...(voters ?? [])],
      learners: [...(learners ?? [])],
    });
    this.disk = disk ?? Disk.of({ confState });
    this.raft = this.#boot();
  }

  #boot(): Raft {
    this.digest = this.disk.checkpoint.digest;
    return new Raft(this.#options, this.disk.boot, {
      random: this.#random,
      snapshots: { newest: () => this.#newestSnapshot() },
    });
  }

  #newestSnapshot(): SnapshotMetadata | undefined {
    const { index, term, confState } = this.disk.checkpoint;
    return index === 0 ? undefined : { index, term, confState };
  }

  take(): Ready {
    const ready = this.raft.ready();
    for (const message of ready.messages) this.#send(message);
    this.writes.push(ready);
    if (ready.snapshot !== undefined) {
      this.snapshot = ready.snapshot;
      this.batches = [];
    }
    if (ready.committedEntries.length > 0) this.batches.push(ready.committedEntries);
    this.readStates.push(...ready.readStates);
    this.raft.checkInvariants();
    return ready;
  }

  /** Puts the state itself into a snapshot message: the newest there is by now. */
  #send(message: Message): void {
    const metadata = this.#newestSnapshot();
    if (message.type !== MessageType.MsgSnap || metadata === undefined) {
      this.outbox.push(message);
      return;
    }
    const data = digestBytes(this.disk.checkpoint.digest);
    this.outbox.push({ ...message, snapshot: Snapshot.create({ data, metadata }) });
  }

  sync(): void {
    const ready = this.writes.shift();
    if (ready === undefined) return;
    this.disk.write(ready);
    this.outbox.push(...ready.messagesAfterPersist);
    this.raft.persisted(ready.number);
    this.raft.checkInvariants();
  }

  apply(): void {
    if (this.raft.isInstalling) this.#install();
    else this.#applyBatch();
    this.raft.checkInvariants();
  }

  /** Not before a Ready has handed it out and it is on disk. */
  #install(): void {
    const index = this.snapshot?.metadata.index;
    if (index === undefined || this.raft.persistedIndex < index) return;
    this.snapshot = undefined;
    this.digest = this.disk.checkpoint.digest;
    this.raft.applied(index);
  }

  #applyBatch(): void {
    const batch = this.batches.shift();
    if (batch === undefined) return;
    for (const entry of batch) {
      this.appliedEntries.push(entry);
      this.digest = digestAfter(this.digest, entry);
      if (entry.type !== EntryType.EntryNormal) this.raft.applyConfChange(confChangeOf(entry));
    }
    this.raft.applied(batch.at(-1)?.index ?? 0);
  }

  /** Syncs the state machine, as a backend batch does. */
  checkpoint(): void {
    if (this.raft.isInstalling) return;
    const { appliedIndex: index, confState } = this.raft;
    const term = this.raft.termOf(index) ?? 0;
    this.disk.checkpoint = { index, term, confState, digest: this.digest };
  }

  /** Gives up the log that the last checkpoint covers. */
  compact(): void {
    this.raft.compact(Math.min(this.disk.checkpoint.index, this.raft.appliedIndex));
    this.disk.compactTo(this.disk.checkpoint.index);
  }

  /** Carries out everything there is to do. */
  settle(): void {
    for (let round = 0; this.raft.hasReady() || this.#hasDuties; round++) {
      assert.ok(round < 100_000, 'a member without input comes to rest');
      if (this.raft.hasReady()) this.take();
      while (this.writes.length > 0) this.sync();
      while (this.#hasDuties) this.apply();
    }
  }

  get #hasDuties(): boolean {
    return this.writes.length > 0 || this.batches.length > 0 || this.snapshot !== undefined;
  }

  /** Loses what was not synced, but for the first `records` of the write under way; restarts. */
  crash(records = 0): void {
    const torn = this.writes[0];
    if (torn !== undefined) this.disk.write(torn, records);
    this.outbox = [];
    this.writes = [];
    this.batches = [];
    this.snapshot = undefined;
    this.appliedEntries = [];
    this.readStates = [];
    this.raft = this.#boot();
    this.raft.checkInvariants();
  }

  /** Steps a message of member 2 in the current term, unless `message` says otherwise. */
  receive(message: Partial<Message>): void {
    this.raft.step(Message.create({ to: this.id, from: 2n, term: this.raft.term, ...message }));
    this.raft.checkInvariants();
  }

  /** Settles and takes the messages sent since the last call. */
  sent(): Message[] {
    this.settle();
    return this.outbox.splice(0);
  }
}
