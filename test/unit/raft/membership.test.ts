/** Configuration changes (Raft §6), one at a time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ConfChange,
  ConfChangeTransition,
  ConfChangeType,
  ConfChangeV2,
  ConfState,
  Entry,
  EntryType,
  Message,
  MessageType,
} from '../../../src/pb/index.ts';
import { bootstrapLog, confChangeOf } from '../../../src/raft/index.ts';
import { changesWaitingMax } from '../../../src/raft/role.ts';
import { Disk } from '../../support/raft/disk.ts';
import { names, payload } from '../../support/raft/entries.ts';
import { Member } from '../../support/raft/member.ts';
import { Network } from '../../support/raft/network.ts';

const { ConfChangeAddNode, ConfChangeAddLearnerNode, ConfChangeRemoveNode } = ConfChangeType;

function change(type: ConfChangeType, nodeId: bigint): ConfChange {
  return ConfChange.create({ type, nodeId });
}

/**
 * A leader of the founders 1 to 3, whose log holds their three entries and one of its term;
 * member 4 is up, with an empty log, and knows nobody.
 */
function cluster(): { network: Network; leader: Member; fourth: Member } {
  const network = new Network(4);
  const log = bootstrapLog([1n, 2n, 3n].map((id) => ({ id, context: payload('') })));
  for (const { id, disk } of network.members.values()) {
    Object.assign(disk, Disk.of(id === 4n ? {} : log));
    network.member(id).crash();
  }
  network.settle();
  return { network, leader: network.elect(1n), fourth: network.member(4n) };
}

/** Enough ticks for lost appends to be found out. */
function heartbeats(network: Network, leader: Member): void {
  for (let round = 0; round < 3; round++) {
    leader.raft.tick();
    network.settle();
  }
}

describe('membership', () => {
  it('a new voter -> gets the log, and counts from when the change is applied', () => {
    const { network, leader, fourth } = cluster();
    leader.raft.proposeConfChange(change(ConfChangeAddNode, 4n));
    network.settle();
    heartbeats(network, leader);
    assert.deepEqual(fourth.raft.confState, leader.raft.confState);
    assert.equal(fourth.raft.appliedIndex, 5);
    network.isolated.add(2n).add(3n);
    leader.raft.propose([payload('a')]);
    network.settle();
    assert.deepEqual([fourth.raft.lastIndex, leader.raft.commitIndex], [6, 5]);
  });

  it('a learner -> gets the log and counts for nothing', () => {
    const { network, leader, fourth } = cluster();
    leader.raft.proposeConfChange(change(ConfChangeAddLearnerNode, 4n));
    network.settle();
    heartbeats(network, leader);
    assert.equal(fourth.raft.appliedIndex, 5);
    network.isolated.add(2n).add(3n);
    leader.raft.propose([payload('a')]);
    network.settle();
    assert.deepEqual([fourth.raft.lastIndex, leader.raft.commitIndex], [6, 5]);
  });

  it('a voter less -> what is on a majority of the rest is committed', () => {
    const network = new Network(2);
    const leader = network.elect(1n);
    leader.raft.proposeConfChange(change(ConfChangeRemoveNode, 2n));
    leader.raft.propose([payload('a')]);
    leader.settle();
    leader.receive({ type: MessageType.MsgAppResp, from: 2n, index: 2 });
    leader.settle();
    assert.equal(leader.raft.appliedIndex, 3);
    const after = leader.raft.propose([payload('b')]);
    leader.settle();
    assert.deepEqual([after.kind, leader.raft.appliedIndex], ['appended', 4]);
  });

  it('a leader that removes itself -> tells the others, takes nothing more, then steps down', () => {
    const { network, leader } = cluster();
    leader.raft.proposeConfChange(change(ConfChangeRemoveNode, 1n));
    network.isolated.add(2n).add(3n);
    leader.settle();
    for (const from of [2n, 3n]) leader.receive({ type: MessageType.MsgAppResp, from, index: 5 });
    leader.settle();
    assert.deepEqual([leader.raft.role, leader.raft.confState.voters], ['leader', [2n, 3n]]);
    assert.deepEqual(leader.raft.propose([payload('a')]), { kind: 'dropped', reason: 'no-leader' });
    leader.outbox = [];
    const heartbeats = Array.from({ length: 10 }, () => {
      leader.raft.tick();
      return leader.sent().map(({ commit }) => commit);
    });
    assert.deepEqual(heartbeats, [...Array.from({ length: 9 }, () => [5, 5]), []]);
    assert.deepEqual([leader.raft.role, leader.raft.leader], ['follower', 0n]);
    assert.equal(leader.raft.campaign(), false);
  });

  it('a leader that removes itself -> the others elect one of themselves', () => {
    const { network, leader } = cluster();
    leader.raft.proposeConfChange(change(ConfChangeRemoveNode, 1n));
    network.settle();
    network.isolated.add(1n);
    const next = network.elect(2n);
    assert.deepEqual([next.raft.role, next.raft.confState.voters], ['leader', [2n, 3n]]);
  });

  it('RAFT-I10: a second change before the first is applied -> dropped', () => {
    const { network, leader } = cluster();
    assert.equal(leader.raft.proposeConfChange(change(ConfChangeAddNode, 4n)).kind, 'appended');
    const pending = { kind: 'dropped', reason: 'conf-change-pending' };
    assert.deepEqual(leader.raft.proposeConfChange(change(ConfChangeRemoveNode, 3n)), pending);
    network.settle();
    assert.equal(leader.raft.proposeConfChange(change(ConfChangeRemoveNode, 3n)).kind, 'appended');
  });

  it('RAFT-I10: a new leader -> no change before the log of earlier terms is applied', () => {
    const { network, leader } = cluster();
    leader.raft.proposeConfChange(change(ConfChangeAddNode, 4n));
    const second = network.member(2n);
    for (const message of leader.sent()) if (message.to === 2n) second.raft.step(message);
    second.settle();
    network.isolated.add(1n);
    second.raft.campaign();
    second.settle();
    second.receive({ type: MessageType.MsgVoteResp, from: 3n });
    assert.equal(second.raft.role, 'leader');
    assert.deepEqual(second.raft.proposeConfChange(change(ConfChangeRemoveNode, 1n)), {
      kind: 'dropped',
      reason: 'conf-change-pending',
    });
    network.settle();
    assert.deepEqual(second.raft.confState.voters, [1n, 2n, 3n, 4n]);
    assert.equal(second.raft.proposeConfChange(change(ConfChangeRemoveNode, 1n)).kind, 'appended');
  });

  it('the last voter -> cannot be removed', () => {
    const member = new Member({ id: 1n, voters: [1n], learners: [2n] });
    member.raft.campaign();
    member.settle();
    for (const type of [ConfChangeRemoveNode, ConfChangeAddLearnerNode]) {
      assert.deepEqual(member.raft.proposeConfChange(change(type, 1n)), {
        kind: 'dropped',
        reason: 'last-voter',
      });
    }
  });

  it('a refused change, node id 0 -> applied without effect', () => {
    const { network, leader } = cluster();
    leader.raft.proposeConfChange(change(ConfChangeRemoveNode, 0n));
    network.settle();
    assert.deepEqual(leader.raft.confState.voters, [1n, 2n, 3n]);
    assert.equal(leader.raft.appliedIndex, 5);
  });

  it('forwarded entries -> taken in order, without a change that may not be or is garbage', () => {
    const { network, leader } = cluster();
    const add = ConfChange.encode(change(ConfChangeAddNode, 4n));
    const type = EntryType.EntryConfChange;
    leader.receive({
      type: MessageType.MsgProp,
      term: 0,
      entries: [
        Entry.create({ data: payload('a') }),
        Entry.create({ type, data: Uint8Array.of(0xff) }),
        Entry.create({ type: EntryType.EntryConfChangeV2, data: Uint8Array.of(0xff) }),
        Entry.create({ type: 9, data: add }),
        Entry.create({ type, data: ConfChange.encode(change(9, 4n)) }),
        Entry.create({ type, data: add }),
        Entry.create({ type, data: add }),
        Entry.create({ data: payload('b') }),
      ],
    });
    network.settle();
    // The second of the two good changes has waited for the first.
    assert.deepEqual(names(leader.appliedEntries.slice(4)), ['5/2', '6/2', '7/2', '8/2']);
    assert.deepEqual(leader.raft.confState.voters, [1n, 2n, 3n, 4n]);
  });

  it('RAFT-I10: forwarded while one is pending -> waits for it; all are made, in order', () => {
    const { network, leader } = cluster();
    for (const id of [4n, 5n]) leader.raft.proposeConfChange(change(ConfChangeAddLearnerNode, id));
    const { raft } = network.member(2n);
    raft.proposeConfChange(change(ConfChangeAddLearnerNode, 6n));
    raft.proposeConfChange(change(ConfChangeRemoveNode, 6n));
    raft.proposeConfChange(change(ConfChangeAddLearnerNode, 7n));
    network.settle();
    const changes = leader.appliedEntries.slice(4).map((entry) => confChangeOf(entry));
    assert.deepEqual(
      changes.map((each) => ('nodeId' in each ? each.nodeId : undefined)),
      [4n, 6n, 6n, 7n],
    );
    assert.deepEqual(leader.raft.confState.learners, [4n, 7n]);
  });

  it('changesWaitingMax wait -> further ones are dropped; with the leader all are', () => {
    const { network, leader } = cluster();
    network.isolated.add(2n).add(3n);
    const forward = (nodeId: bigint): void => {
      const data = ConfChange.encode(change(ConfChangeAddLearnerNode, nodeId));
      const entries = [Entry.create({ type: EntryType.EntryConfChange, data })];
      leader.raft.step(Message.create({ type: MessageType.MsgProp, from: 2n, to: 1n, entries }));
      leader.raft.checkInvariants();
    };
    for (let id = 0; id < changesWaitingMax + 10; id++) forward(BigInt(id + 10));
    network.isolated.clear();
    heartbeats(network, leader);
    assert.equal(leader.raft.confState.learners.length, changesWaitingMax + 1);
    forward(900n);
    forward(901n);
    leader.receive({ type: MessageType.MsgHeartbeat, from: 2n, term: leader.raft.term + 1 });
    assert.equal(leader.raft.role, 'follower');
    network.elect(1n);
    heartbeats(network, leader);
    assert.equal(leader.raft.confState.learners.includes(901n), false);
  });

  it('a change proposed on a follower -> forwarded', () => {
    const { network, leader } = cluster();
    const outcome = network.member(2n).raft.proposeConfChange(change(ConfChangeAddNode, 4n));
    assert.deepEqual(outcome, { kind: 'forwarded', to: 1n });
    network.settle();
    assert.deepEqual(leader.raft.confState.voters, [1n, 2n, 3n, 4n]);
  });

  it('a committed change that is not applied -> no campaign: whom to ask is not known', () => {
    const disk = Disk.of(bootstrapLog([1n, 2n].map((id) => ({ id, context: payload('') }))));
    disk.startFrom(1, ConfState.create({ voters: [1n] }));
    const member = new Member({ id: 1n, disk });
    assert.equal(member.raft.campaign(), false);
    member.settle();
    assert.equal(member.raft.campaign(), true);
  });
});

describe('membership: several changes at once', () => {
  /** As another member would forward it; our own API makes changes of the first form. */
  function forwarded(leader: Member, change: Partial<ConfChangeV2>): void {
    const data = ConfChangeV2.encode(ConfChangeV2.create(change));
    const entries = [Entry.create({ type: EntryType.EntryConfChangeV2, data })];
    leader.receive({ type: MessageType.MsgProp, term: 0, entries });
  }

  const swap = [
    { type: ConfChangeAddNode, nodeId: 4n },
    { type: ConfChangeRemoveNode, nodeId: 3n },
  ];

  for (const [first, second] of [
    [3n, 4n],
    [4n, 3n],
  ] as const) {
    it(`joint, ${first} answers before ${second} -> both majorities commit, and it is left`, () => {
      const { leader } = cluster();
      forwarded(leader, { changes: swap });
      leader.settle();
      for (const from of [2n, 3n]) leader.receive({ type: MessageType.MsgAppResp, from, index: 5 });
      leader.settle();
      assert.deepEqual(leader.raft.confState.votersOutgoing, [1n, 2n, 3n]);
      assert.equal(leader.raft.lastIndex, 6, 'the entry that leaves it');
      leader.receive({ type: MessageType.MsgAppResp, from: first, index: 6 });
      leader.settle();
      assert.equal(leader.raft.commitIndex, 5, 'a majority of one set of voters');
      leader.receive({ type: MessageType.MsgAppResp, from: second, index: 6 });
      leader.settle();
      assert.equal(leader.raft.commitIndex, 6, 'and of the other');
      assert.deepEqual(leader.raft.confState, ConfState.create({ voters: [1n, 2n, 4n] }));
      assert.equal(leader.raft.progressOf(3n), undefined);
    });
  }

  it('joint until told otherwise -> no other change; then left', () => {
    const { network, leader } = cluster();
    const transition = ConfChangeTransition.ConfChangeTransitionJointExplicit;
    forwarded(leader, { changes: swap, transition });
    network.settle();
    heartbeats(network, leader);
    assert.deepEqual(leader.raft.confState.voters, [1n, 2n, 4n]);
    assert.deepEqual(leader.raft.proposeConfChange(change(ConfChangeAddNode, 5n)), {
      kind: 'dropped',
      reason: 'conf-change-pending',
    });
    forwarded(leader, {});
    network.settle();
    assert.deepEqual(leader.raft.confState, ConfState.create({ voters: [1n, 2n, 4n] }));
    forwarded(leader, {});
    network.settle();
    assert.equal(leader.raft.lastIndex, 6, 'there is nothing to leave any more');
  });

  it('a member that starts in a joint configuration -> asks the voters of both', () => {
    const state = { voters: [1n, 2n], votersOutgoing: [1n, 3n] };
    const disk = Disk.of({ confState: ConfState.create(state) });
    const member = new Member({ id: 1n, disk });
    member.raft.campaign();
    assert.deepEqual(
      member.sent().map(({ to }) => to),
      [2n, 3n],
    );
    member.receive({ type: MessageType.MsgVoteResp, from: 2n });
    assert.equal(member.raft.role, 'candidate');
    member.receive({ type: MessageType.MsgVoteResp, from: 3n });
    assert.equal(member.raft.role, 'leader');
  });
});
