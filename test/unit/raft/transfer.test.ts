/** Handing leadership over (Raft thesis §3.10). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfChange, ConfChangeType, MessageType } from '../../../src/pb/index.ts';
import { payload } from '../../support/raft/entries.ts';
import type { Member } from '../../support/raft/member.ts';
import { Network } from '../../support/raft/network.ts';

const { MsgAppResp, MsgTimeoutNow, MsgTransferLeader } = MessageType;

function clusterOf(size: number): { network: Network; leader: Member } {
  const network = new Network(size, { preVote: true, checkQuorum: true });
  return { network, leader: network.elect(1n) };
}

function types(member: Member): (readonly [number, bigint])[] {
  return member.sent().map(({ type, to }) => [type, to] as const);
}

describe('transfer', () => {
  it('to a member that is up to date -> it leads the next term, though others know a leader', () => {
    const { network, leader } = clusterOf(3);
    assert.equal(leader.raft.transferLeadership(3n), 'started');
    assert.equal(leader.raft.transferee, 3n);
    network.settle();
    const { role, term } = network.member(3n).raft;
    assert.deepEqual(
      [role, term, leader.raft.role, leader.raft.leader],
      ['leader', 2, 'follower', 3n],
    );
  });

  it('asked of a follower -> the leader does it', () => {
    const { network, leader } = clusterOf(3);
    assert.equal(network.member(2n).raft.transferLeadership(3n), 'forwarded');
    const [message] = network.member(2n).sent();
    assert.deepEqual(
      [message?.type, message?.to, message?.from, message?.term],
      [MsgTransferLeader, 1n, 3n, 1],
    );
    leader.receive({ ...message });
    network.settle();
    assert.equal(network.member(3n).raft.role, 'leader');
  });

  it('to a member that lags -> it gets the log first; no proposal is taken meanwhile', () => {
    const { network, leader } = clusterOf(3);
    network.isolated.add(3n);
    leader.raft.propose([payload('a')]);
    network.settle();
    leader.raft.transferLeadership(3n);
    assert.deepEqual(
      types(leader).filter(([type]) => type === MsgTimeoutNow),
      [],
    );
    const dropped = { kind: 'dropped', reason: 'leader-transfer' };
    assert.deepEqual(leader.raft.propose([payload('b')]), dropped);
    const add = { type: ConfChangeType.ConfChangeAddNode, nodeId: 4n };
    assert.deepEqual(leader.raft.proposeConfChange(ConfChange.create(add)), dropped);
    leader.receive({
      type: MessageType.MsgProp,
      term: 0,
      entries: [{ type: 0, term: 0, index: 0, data: payload('c') }],
    });
    assert.equal(leader.raft.lastIndex, 2);
    leader.receive({ type: MsgAppResp, from: 3n, index: 2 });
    assert.deepEqual(types(leader), [[MsgTimeoutNow, 3n]]);
  });

  it('not done within an election timeout -> given up, proposals are taken again', () => {
    const { network, leader } = clusterOf(3);
    for (let tick = 0; tick < 5; tick++) {
      leader.raft.tick();
      network.settle();
    }
    network.isolated.add(3n);
    leader.raft.transferLeadership(3n);
    for (let tick = 0; tick < 9; tick++) {
      leader.raft.tick();
      network.settle();
    }
    assert.equal(leader.raft.propose([payload('a')]).kind, 'dropped');
    leader.raft.tick();
    assert.deepEqual([leader.raft.transferee, leader.raft.role], [0n, 'leader']);
    assert.equal(leader.raft.propose([payload('a')]).kind, 'appended');
  });

  it('to another one meanwhile -> that one; to the same again -> goes on', () => {
    const { network, leader } = clusterOf(3);
    network.isolated.add(2n);
    leader.raft.transferLeadership(2n);
    assert.deepEqual(types(leader), [[MsgTimeoutNow, 2n]]);
    assert.equal(leader.raft.transferLeadership(2n), 'started');
    assert.deepEqual(types(leader), []);
    assert.equal(leader.raft.transferLeadership(3n), 'started');
    network.settle();
    assert.equal(network.member(3n).raft.role, 'leader');
  });

  it('to the leader itself -> nothing, but an earlier one is given up', () => {
    const { leader } = clusterOf(3);
    leader.raft.transferLeadership(2n);
    assert.equal(leader.raft.transferLeadership(1n), 'leads-already');
    assert.equal(leader.raft.transferee, 0n);
  });

  it('to a learner or a stranger, or without a leader -> nothing', () => {
    const network = new Network(3, { voters: [1n, 2n], learners: [3n] });
    assert.equal(network.member(2n).raft.transferLeadership(1n), 'no-leader');
    const leader = network.elect(1n);
    assert.equal(leader.raft.transferLeadership(3n), 'not-a-voter');
    assert.equal(leader.raft.transferLeadership(9n), 'not-a-voter');
    assert.equal(network.member(2n).raft.transferLeadership(1n), 'leads-already');
    assert.deepEqual(types(leader), []);
  });

  it('the member is removed meanwhile -> given up', () => {
    const { network, leader } = clusterOf(3);
    const remove = { type: ConfChangeType.ConfChangeRemoveNode, nodeId: 3n };
    leader.raft.proposeConfChange(ConfChange.create(remove));
    leader.raft.transferLeadership(3n);
    network.isolated.add(3n);
    network.settle();
    assert.deepEqual([leader.raft.confState.voters, leader.raft.transferee], [[1n, 2n], 0n]);
  });

  it('told to stand, but no voter -> stays what it is', () => {
    const network = new Network(3, { voters: [1n, 2n], learners: [3n] });
    network.elect(1n);
    const learner = network.member(3n);
    learner.receive({ type: MsgTimeoutNow, from: 1n });
    assert.deepEqual([learner.raft.role, learner.raft.term], ['follower', 1]);
  });
});
