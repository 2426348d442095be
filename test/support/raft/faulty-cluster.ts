/**
 * A cluster at the mercy of a list of events: messages are delivered in any order, twice, late or
 * never; writes and applies lag; members crash and lose what was not synced.
 */
import assert from 'node:assert/strict';
import {
  ConfChange,
  ConfChangeTransition,
  ConfChangeType,
  ConfChangeV2,
  Entry,
  EntryType,
  Message,
  MessageType,
} from '../../../src/pb/index.ts';
import type { RaftOptions } from '../../../src/raft/index.ts';
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
  | 'cut'
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
  | 'transfer'
  | 'change'
  | 'joint';

export interface Event {
  readonly kind: EventKind;
  /** Picks the member, modulo their number. */
  readonly member: number;
  /** Picks the message, how far, how many, ... by kind. */
  readonly pick: number;
}

export interface ClusterOptions extends Pick<RaftOptions, 'checkQuorum' | 'preVote'> {
  readonly voters: number;
  readonly learners?: number;
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
  /** Links, from-to, whose messages are lost; the other direction may work. */
  readonly #cut = new Set<string>();
  /** Whose disks hold what is committed; nobody known while members come and go. */
  readonly #voters: readonly Member[];
  #proposals = 0;
  #reads = 0;

  constructor({ voters, learners = 0, strangers = 0, seed, ...options }: ClusterOptions) {
    const size = voters + learners + strangers;
    const ids = Array.from({ length: size }, (_, at) => BigInt(at + 1));
    this.members = ids.map(
      (id) =>
        new Member({
          id,
          voters: ids.slice(0, voters),
          learners: ids.slice(voters, voters + learners),
          electionTicks: 6,
          appendBytesMax: 100,
          inflightMessagesMax: 3,
          inflightBytesMax: 200,
          readyBytesMax: 100,
          random: seededRandom(seed + Number(id)),
          ...options,
        }),
    );
    this.#voters = strangers === 0 ? this.members.slice(0, voters) : [];
  }

  run(events: readonly Event[]): void {
    for (const event of events) {
      this.#happen(event);
      this.checker.check(this.members);
      if (this.#voters.length > 0) this.checker.checkDurability(this.#voters, 10);
    }
    this.checker.checkLogMatching(this.members);
    if (this.#voters.length > 0) this.checker.checkDurability(this.#voters);
  }

  readonly #happenings: Record<EventKind, (member: Member, pick: number) => void> = {
    tick: ({ raft }) => raft.tick(),
    timeout: ({ raft }, pick) => {
      for (let tick = 0; tick <= pick % 12; tick++) raft.tick();
    },
    flow: (_, pick) => this.#flow(1 + (pick % 30)),
    deliver: (_, pick) => this.#deliver(pick, true),
    duplicate: (_, pick) => this.#deliver(pick, false),
    drop: (_, pick) => {
      for (const lost of this.#network.splice(pick % (this.#network.length + 1), 1)) {
        this.#lose(lost, pick);
      }
    },
    isolate: ({ id }) => {
      this.#isolated = id;
    },
    cut: ({ id }, pick) => this.#cut.add(`${id}-${1 + (pick % this.members.length)}`),
    join: () => this.#join(),
    take: (member) => {
      if (member.raft.hasReady()) member.take();
    },
    sync: (member) => member.sync(),
    apply: (member) => member.apply(),
    work: (member) => member.settle(),
    crash: (member, pick) => member.crash(pick % 4),
    checkpoint: (member) => member.checkpoint(),
    compact: (member) => member.compact(),
    propose: ({ raft }) => {
      raft.propose([Uint8Array.of(++this.#proposals), Uint8Array.of(++this.#proposals)]);
    },
    read: (member) => this.#read(member),
    transfer: ({ raft }, pick) => raft.transferLeadership(this.#idAt(pick)),
    change: (member, pick) => this.#change(member, pick),
    joint: (member, pick) => this.#jointChange(member, pick),
  };

  #happen({ kind, member: at, pick }: Event): void {
    const member = this.members[at % this.members.length] as Member;
    this.#happenings[kind](member, pick);
    member.raft.checkInvariants();
    this.#network.push(...member.outbox.splice(0));
  }

  #idAt(pick: number): bigint {
    return BigInt(1 + (pick % this.members.length));
  }

  #memberOf(id: bigint): Member | undefined {
    return this.members.find((member) => member.id === id);
  }

  #join(): void {
    this.#isolated = undefined;
    this.#cut.clear();
  }

  /** Old messages are likelier to be picked, or a long queue would never move on. */
  #deliver(pick: number, remove: boolean): void {
    if (this.#network.length === 0) return;
    const at = pick % Math.min(this.#network.length, 6);
    const message = this.#network[at] as Message;
    if (remove) this.#network.splice(at, 1);
    const { from, to, type } = message;
    const isCut = to === this.#isolated || from === this.#isolated;
    if (isCut || this.#cut.has(`${from}-${to}`)) {
      if (remove) this.#lose(message, pick);
      return;
    }
    const receiver = this.#memberOf(to);
    receiver?.raft.step(message);
    receiver?.raft.checkInvariants();
    if (type === MessageType.MsgSnap) this.#memberOf(from)?.raft.reportSnapshot(to, true);
  }

  /** The sender always hears what became of a snapshot, and now and then of other messages. */
  #lose({ from, to, type }: Message, pick: number): void {
    const sender = this.#memberOf(from);
    if (pick % 2 === 0) sender?.raft.reportUnreachable(to);
    if (type === MessageType.MsgSnap) sender?.raft.reportSnapshot(to, false);
    sender?.raft.checkInvariants();
  }

  /** Some messages in a row arrive in order and are acted on: without such luck little happens. */
  #flow(count: number): void {
    for (let delivered = 0; delivered < count && this.#network.length > 0; delivered++) {
      const to = this.#network[0]?.to;
      this.#deliver(0, true);
      this.#network.push(...(to === undefined ? [] : (this.#memberOf(to)?.sent() ?? [])));
    }
  }

  #read(member: Member): void {
    const context = Uint8Array.of(Number(member.id), ++this.#reads);
    if (member.raft.readIndex(context) === 'pending') this.checker.readAsked(context);
  }

  #change(member: Member, pick: number): void {
    const type = CHANGES[pick % CHANGES.length] as ConfChangeType;
    member.raft.proposeConfChange(ConfChange.create({ type, nodeId: this.#idAt(pick) }));
  }

  /** Proposes several changes at once, or to leave the joint configuration they have led to. */
  #jointChange(member: Member, pick: number): void {
    const change = ConfChangeV2.create({});
    if (pick % 4 > 0) {
      change.transition = JOINT_TRANSITIONS[pick % JOINT_TRANSITIONS.length] ?? 0;
      change.changes = [pick, pick * 7 + 1].map((draw) => ({
        type: CHANGES[draw % CHANGES.length] as ConfChangeType,
        nodeId: this.#idAt(draw),
      }));
    }
    const data = ConfChangeV2.encode(change);
    const entries = [Entry.create({ type: EntryType.EntryConfChangeV2, data })];
    const from = this.#idAt(Number(member.id));
    if (from === member.id) return;
    member.raft.step(Message.create({ type: MessageType.MsgProp, from, to: member.id, entries }));
  }

  /**
   * Ends all faults; asserts that a leader emerges, commits, and that all catch up with it who are
   * members then.
   */
  heal(): void {
    this.#join();
    for (let round = 0; round < 100; round++) this.#faultlessRound();
    const leader = this.#leader();
    const outcome = leader.raft.propose([Uint8Array.of(0)]);
    for (let round = 0; round < 3; round++) this.#faultlessRound();
    assert.ok(outcome.kind === 'appended', 'a leader takes proposals');
    const { voters, votersOutgoing, learners } = leader.raft.confState;
    for (const id of [...voters, ...votersOutgoing, ...learners]) {
      const { raft } = this.#memberOf(id) as Member;
      assert.equal(raft.leader, leader.id, `member ${id} follows`);
      assert.equal(raft.appliedIndex, outcome.index, `member ${id} caught up`);
      assert.equal(raft.termOf(outcome.index), outcome.term, `member ${id} agrees`);
      assert.deepEqual(raft.confState, leader.raft.confState, `member ${id} knows all members`);
    }
    this.checker.check(this.members);
  }

  /** Of those that take themselves for leaders, the one of the newest term. */
  #leader(): Member {
    const leaders = this.members.filter(({ raft }) => raft.role === 'leader');
    leaders.sort((a, b) => b.raft.term - a.raft.term);
    assert.ok(leaders[0] !== undefined, 'a healed cluster has a leader');
    return leaders[0];
  }

  /** One tick everywhere, and all that follows from it. */
  #faultlessRound(): void {
    for (const member of this.members) {
      member.checkpoint();
      member.raft.tick();
    }
    for (let round = 0; round === 0 || this.#network.length > 0; round++) {
      assert.ok(round < 1000, 'a cluster without input comes to rest');
      while (this.#network.length > 0) this.#deliver(0, true);
      for (const member of this.members) this.#network.push(...member.sent());
    }
  }
}

const CHANGES: readonly ConfChangeType[] = [
  ConfChangeType.ConfChangeRemoveNode,
  ConfChangeType.ConfChangeAddNode,
  ConfChangeType.ConfChangeAddLearnerNode,
];

const JOINT_TRANSITIONS: readonly ConfChangeTransition[] = [
  ConfChangeTransition.ConfChangeTransitionAuto,
  ConfChangeTransition.ConfChangeTransitionJointImplicit,
  ConfChangeTransition.ConfChangeTransitionJointExplicit,
];
