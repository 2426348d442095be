/**
 * A Raft with the node loop around it, one duty at a time: `take` hands out a Ready and sends
 * what may go at once, `sync` completes the oldest write, `apply` the oldest committed batch.
 */
import assert from 'node:assert/strict';
import type { Random } from '../../../src/base/ports/random.ts';
import { ConfChange, ConfState, type Entry, EntryType, Message } from '../../../src/pb/index.ts';
import {
  RAFT_DEFAULTS,
  Raft,
  type RaftOptions,
  type ReadState,
  type Ready,
} from '../../../src/raft/index.ts';
import { Disk } from './disk.ts';

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
    return new Raft(this.#options, this.disk, { random: this.#random });
  }

  take(): Ready {
    const ready = this.raft.ready();
    this.outbox.push(...ready.messages);
    this.writes.push(ready);
    if (ready.committedEntries.length > 0) this.batches.push(ready.committedEntries);
    this.readStates.push(...ready.readStates);
    this.raft.checkInvariants();
    return ready;
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
    const batch = this.batches.shift();
    if (batch === undefined) return;
    for (const entry of batch) {
      this.appliedEntries.push(entry);
      if (entry.type === EntryType.EntryNormal) continue;
      this.raft.applyConfChange(ConfChange.decode(entry.data ?? new Uint8Array(0)));
    }
    this.raft.applied(batch.at(-1)?.index ?? 0);
    this.raft.checkInvariants();
  }

  /** Syncs the state machine, as a backend batch does. */
  checkpoint(): void {
    this.disk.applied = this.raft.appliedIndex;
    this.disk.confState = this.raft.confState;
  }

  /** Carries out everything there is to do. */
  settle(): void {
    for (let round = 0; this.raft.hasReady() || this.writes.length > 0; round++) {
      assert.ok(round < 100_000, 'a member without input comes to rest');
      if (this.raft.hasReady()) this.take();
      while (this.writes.length > 0) this.sync();
      while (this.batches.length > 0) this.apply();
    }
  }

  /** Loses what was not synced, but for the first `records` of the write under way; restarts. */
  crash(records = 0): void {
    const torn = this.writes[0];
    if (torn !== undefined) this.disk.write(torn, records);
    this.outbox = [];
    this.writes = [];
    this.batches = [];
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
