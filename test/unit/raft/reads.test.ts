import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfChange, ConfChangeType, MessageType } from '../../../src/pb/index.ts';
import { payload } from '../../support/raft/entries.ts';
import { Member } from '../../support/raft/member.ts';
import { Network } from '../../support/raft/network.ts';

const context = (byte: number): Uint8Array => Uint8Array.of(byte);

function answers(member: Member): [number | undefined, number][] {
  member.settle();
  return member.readStates.splice(0).map(({ context: [byte], index }) => [byte, index]);
}

describe('reads', () => {
  it('a single voter -> answers at once, once an entry of its term is committed', () => {
    const member = new Member({ id: 1n, voters: [1n] });
    assert.equal(member.raft.readIndex(context(1)), 'no-leader');
    member.raft.campaign();
    member.take();
    member.sync();
    assert.equal(member.raft.role, 'leader');
    assert.equal(member.raft.readIndex(context(2)), 'pending');
    assert.deepEqual(member.take().readStates, []);
    assert.deepEqual(answers(member), [[2, 1]]);
    assert.equal(member.raft.readIndex(context(3)), 'pending');
    assert.deepEqual(member.take().readStates, [{ context: context(3), index: 1 }]);
  });

  it('RAFT-I8: a leader -> one round of heartbeats to a majority proves all reads before it', () => {
    const network = new Network(3);
    const leader = network.elect(1n);
    leader.raft.readIndex(context(1));
    leader.raft.propose([payload('a')]);
    leader.raft.readIndex(context(2));
    leader.settle();
    assert.deepEqual(answers(leader), []);
    leader.receive({ type: MessageType.MsgHeartbeatResp, from: 3n, context: context(2) });
    assert.deepEqual(answers(leader), [
      [1, 1],
      [2, 1],
    ]);
  });

  it('RAFT-I8: a leader cut off from the majority -> no answer', () => {
    const network = new Network(3);
    const leader = network.elect(1n);
    network.isolated.add(1n);
    leader.raft.readIndex(context(1));
    network.settle();
    assert.deepEqual(answers(leader), []);
  });

  it('a lost round -> the next heartbeat proves the read', () => {
    const network = new Network(3);
    const leader = network.elect(1n);
    leader.raft.readIndex(context(1));
    leader.sent();
    leader.raft.tick();
    network.settle();
    assert.deepEqual(answers(leader), [[1, 1]]);
  });

  it('reads before the first commit of a term -> wait for it, then share one round', () => {
    const network = new Network(3);
    network.elect(1n);
    const leader = network.member(2n);
    leader.raft.campaign();
    leader.settle();
    leader.receive({ type: MessageType.MsgVoteResp, from: 3n });
    leader.raft.readIndex(context(1));
    leader.raft.readIndex(context(2));
    leader.settle();
    const rounds = leader.outbox.filter(({ type }) => type === MessageType.MsgHeartbeat);
    assert.equal(rounds.length, 0);
    network.settle();
    assert.deepEqual(answers(leader), [
      [1, 2],
      [2, 2],
    ]);
  });

  it('a follower -> asks the leader and hears the index', () => {
    const network = new Network(3);
    network.elect(1n);
    const follower = network.member(3n);
    assert.equal(follower.raft.readIndex(context(7)), 'pending');
    network.settle();
    assert.deepEqual(answers(follower), [[7, 1]]);
    assert.deepEqual(answers(network.member(1n)), []);
  });

  it('pendingReadsMax: reached -> further reads are refused until some are answered', () => {
    const network = new Network(3, { pendingReadsMax: 2 });
    const leader = network.elect(1n);
    const outcomes = [1, 2, 3].map((byte) => leader.raft.readIndex(context(byte)));
    assert.deepEqual(outcomes, ['pending', 'pending', 'too-many-reads']);
    network.settle();
    assert.equal(leader.raft.readIndex(context(3)), 'pending');
  });

  it('the voters a read waits for are removed -> it is answered by those who are left', () => {
    const network = new Network(2);
    const leader = network.elect(1n);
    const change = { type: ConfChangeType.ConfChangeRemoveNode, nodeId: 2n };
    leader.raft.proposeConfChange(ConfChange.create(change));
    leader.settle();
    leader.raft.readIndex(context(1));
    leader.receive({ type: MessageType.MsgAppResp, from: 2n, index: 2 });
    assert.deepEqual(answers(leader), [[1, 1]]);
  });
});
