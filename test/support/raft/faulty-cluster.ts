/**
 * A cluster at the mercy of a list of events: messages are delivered in any order, twice, late or
 * never; writes and applies lag; members crash and lose what was not synced.
 */
import assert from 'node:assert/strict';
import { ConfChange, ConfChangeType, type Message } from '../../../src/pb/index.ts';
import { Member } from './member.ts';
import { SafetyChecker } from './safety-checker.ts';
import { seededRandom } from './seeded-random.ts';

export type EventKind =
  | 'tick'
  | 'timeout'
  | 'flow'
  | 'deliver'
  | 'duplicate'
  | 'drop'
  | 'isolate'
  | 'join'
  | 'take'
  | 'sync'
  | 'apply'
  | 'work'
  | 'propose'
  | 'read'
  | 'crash'
  | 'checkpoint'
  | 'compact'
  | 'change';

export interface Event {
  readonly kind: EventKind;
  /** Picks the member, modulo their number. */
  readonly member: number;
  /** Picks the message, how far, how many, ... by kind. */
  readonly pick: number;
}

export interface ClusterOptions {
  readonly voters: number;
  /** Members that start outside of the configuration. */
  readonly strangers?: number;
  readonly seed: number;
}

export class FaultyCluster {
  readonly members: readonly Member[];
  readonly checker: SafetyChecker = new SafetyChecker();
  readonly #network: Message[] = [];
  /** The member whose messages, in and out, are lost. */
  #isolated: bigint | undefined;
  #proposals = 0;
  #reads = 0;

  constructor({ voters, strangers = 0, seed }: ClusterOptions) {
    const ids = Array.from({ length: voters + strangers }, (_, at) => BigInt(at + 1));
    this.members = ids.map(
      (id) =>
        new Member({
          id,
          voters: ids.slice(0, voters),
          electionTicks: 6,
          appendBytesMax: 100,
          readyBytesMax: 100,
          random: seededRandom(seed + Number(id)),
        }),
    );
  }

  run(events: readonly Event[]): void {
    for (const event of events) {
      this.#happen(event);
      this.checker.check(this.members);
    }
    this.checker.checkLogMatching(this.members);
  }

  readonly #happenings: Record<EventKind, (member: Member, pick: number) => void> = {
    tick: ({ raft }) => raft.tick(),
    timeout: ({ raft }, pick) => {
      for (let tick = 0; tick <= pick % 12; tick++) raft.tick();
    },
    flow: (_, pick) => this.#flow(1 + (pick % 30)),
    deliver: (_, pick) => this.#deliver(pick, true),
    duplicate: (_, pick) => this.#deliver(pick, false),
    drop: (_, pick) => this.#network.splice(pick % (this.#network.length + 1), 1),
    isolate: ({ id }) => {
      this.#isolated = id;
    },
    join: () => {
      this.#isolated = undefined;
    },
    take: (member) => {
      if (member.raft.hasReady()) member.take();
    },
    sync: (member) => member.sync(),
    apply: (member) => member.apply(),
    work: (member) => member.settle(),
    crash: (member, pick) => member.crash(pick % 4),
    checkpoint: (member) => member.checkpoint(),
    compact: (member) => this.#compact(member),
    propose: ({ raft }) => {
      raft.propose([Uint8Array.of(++this.#proposals), Uint8Array.of(++this.#proposals)]);
    },
    read: (member) => this.#read(member),
    change: (member, pick) => this.#change(member, pick),
  };

  #happen({ kind, member: at, pick }: Event): void {
    const member = this.members[at % this.members.length] as Member;
    this.#happenings[kind](member, pick);
    member.raft.checkInvariants();
    this.#network.push(...member.outbox.splice(0));
  }

  /** Old messages are likelier to be picked, or a long queue would never move on. */
  #deliver(pick: number, remove: boolean): void {
    if (this.#network.length === 0) return;
    const at = pick % Math.min(this.#network.length, 6);
    const message = this.#network[at] as Message;
    if (remove) this.#network.splice(at, 1);
    if (message.to === this.#isolated || message.from === this.#isolated) return;
    const receiver = this.members.find(({ id }) => id === message.to);
    receiver?.raft.step(message);
    receiver?.raft.checkInvariants();
  }

  /** Some messages in a row arrive in order and are acted on: without such luck little happens. */
  #flow(count: number): void {
    for (let delivered = 0; delivered < count && this.#network.length > 0; delivered++) {
      const to = this.#network[0]?.to;
      this.#deliver(0, true);
      const receiver = this.members.find(({ id }) => id === to);
      this.#network.push(...(receiver?.sent() ?? []));
    }
  }

  #read(member: Member): void {
    const context = Uint8Array.of(Number(member.id), ++this.#reads);
    if (member.raft.readIndex(context) === 'pending') this.checker.readAsked(context);
  }

  /** Only as far as every disk goes, for a member left behind would need a snapshot. */
  #compact(member: Member): void {
    const index = Math.min(
      member.disk.applied,
      ...this.members.map(({ raft }) => Math.min(raft.persistedIndex, raft.commitIndex)),
    );
    member.raft.compact(index);
    member.disk.compactTo(index);
  }

  #change(member: Member, pick: number): void {
    const nodeId = BigInt(1 + (pick % this.members.length));
    const type =
      pick % 3 === 0
        ? ConfChangeType.ConfChangeRemoveNode
        : pick % 3 === 1
          ? ConfChangeType.ConfChangeAddNode
          : ConfChangeType.ConfChangeAddLearnerNode;
    member.raft.proposeConfChange(ConfChange.create({ type, nodeId }));
  }

  /** Ends all faults; asserts that a leader emerges, commits, and that all catch up with it. */
  heal(): void {
    this.#isolated = undefined;
    for (let round = 0; round < 100; round++) this.#faultlessRound();
    const leader = this.members.find(({ raft }) => raft.role === 'leader');
    assert.ok(leader !== undefined, 'a healed cluster has a leader');
    const outcome = leader.raft.propose([Uint8Array.of(0)]);
    for (let round = 0; round < 3; round++) this.#faultlessRound();
    assert.ok(outcome.kind === 'appended', 'a leader takes proposals');
    for (const { id, raft } of this.members) {
      assert.equal(raft.leader, leader.id, `member ${id} follows`);
      assert.equal(raft.appliedIndex, outcome.index, `member ${id} caught up`);
      assert.equal(raft.termOf(outcome.index), outcome.term, `member ${id} agrees`);
    }
    this.checker.check(this.members);
  }

  /** One tick everywhere, and all that follows from it. */
  #faultlessRound(): void {
    for (const member of this.members) member.raft.tick();
    do {
      while (this.#network.length > 0) this.#deliver(0, true);
      for (const member of this.members) this.#network.push(...member.sent());
    } while (this.#network.length > 0);
  }
}
