/** Pre-votes (Raft thesis §9.6) and CheckQuorum (§6.2, §4.2.3): who disturbs whom. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfState, MessageType } from '../../../src/pb/index.ts';
import { Disk } from '../../support/raft/disk.ts';
import { entriesOf, payload } from '../../support/raft/entries.ts';
import { Member, type MemberOptions } from '../../support/raft/member.ts';
import { Network } from '../../support/raft/network.ts';

const { MsgAppResp, MsgHeartbeat, MsgHeartbeatResp, MsgPreVote, MsgPreVoteResp, MsgVote } =
  MessageType;

function ticks(member: Member, count: number): void {
  for (let tick = 0; tick < count; tick++) member.raft.tick();
}

/** Member 1 of three, in `term`, with one committed entry of term 1. */
function memberIn(term: number, options: Partial<MemberOptions>): Member {
  const confState = ConfState.create({ voters: [1n, 2n, 3n] });
  const hardState = { term, vote: 0n, commit: 1 };
  const disk = Disk.of({ hardState, confState, entries: entriesOf([1]), applied: 1 });
  return new Member({ id: 1n, disk, ...options });
}

const BOTH = { preVote: true, checkQuorum: true };
const last = { index: 1, logTerm: 1 };

describe('pre-vote', () => {
  it('asks for the next term at once, and changes neither its own nor its vote', () => {
    const member = memberIn(5, BOTH);
    ticks(member, 10);
    const ready = member.take();
    assert.deepEqual(
      [member.raft.role, ready.hardState, ready.mustSync],
      ['pre-candidate', undefined, false],
    );
    assert.deepEqual(
      ready.messages.map(({ type, to, term, index, logTerm }) => [type, to, term, index, logTerm]),
      [
        [MsgPreVote, 2n, 6, 1, 1],
        [MsgPreVote, 3n, 6, 1, 1],
      ],
    );
  });

  it('a sole voter -> stands at once, as without pre-votes', () => {
    const member = new Member({ id: 1n, voters: [1n], ...BOTH });
    member.raft.campaign();
    assert.deepEqual([member.raft.role, member.raft.term], ['candidate', 1]);
  });

  it('a grant of another round, or a refusal of another term -> does not count', () => {
    const member = memberIn(5, BOTH);
    member.raft.campaign();
    member.receive({ type: MsgPreVoteResp, term: 7 });
    member.receive({ type: MsgPreVoteResp, term: 5 });
    member.receive({ type: MsgPreVoteResp, term: 3, reject: true });
    member.receive({ type: MsgPreVoteResp, from: 3n, term: 3, reject: true });
    assert.deepEqual([member.raft.role, member.raft.term], ['pre-candidate', 5]);
    member.receive({ type: MsgPreVoteResp, term: 6 });
    assert.deepEqual([member.raft.role, member.raft.term], ['candidate', 6]);
  });

  it('an answer to a pre-vote waits for the disk, and binds nobody', () => {
    const member = memberIn(5, BOTH);
    for (const from of [2n, 3n]) member.receive({ type: MsgPreVote, from, term: 6, ...last });
    const ready = member.take();
    assert.deepEqual([ready.messages.length, ready.hardState], [0, undefined]);
    assert.deepEqual(
      ready.messagesAfterPersist.map(({ type, to, term, reject }) => [type, to, term, reject]),
      [
        [MsgPreVoteResp, 2n, 6, false],
        [MsgPreVoteResp, 3n, 6, false],
      ],
    );
  });

  it('a log that lacks something -> refused, in the term of who refuses', () => {
    const member = memberIn(5, BOTH);
    member.receive({ type: MsgPreVote, term: 9, index: 0, logTerm: 0 });
    assert.deepEqual(
      member.sent().map(({ term, reject }) => [term, reject]),
      [[5, true]],
    );
  });

  it('a member that was cut off -> comes back without a new term', () => {
    const network = new Network(3, BOTH);
    const leader = network.elect(1n);
    network.isolated.add(3n);
    for (let round = 0; round < 50; round++) {
      for (const member of network.members.values()) member.raft.tick();
      network.settle();
    }
    assert.equal(network.member(3n).raft.role, 'pre-candidate');
    network.isolated.clear();
    for (let round = 0; round < 20; round++) {
      for (const member of network.members.values()) member.raft.tick();
      network.settle();
    }
    assert.deepEqual([leader.raft.role, leader.raft.term], ['leader', 1]);
    assert.equal(network.member(3n).raft.leader, 1n);
  });
});

describe('CheckQuorum', () => {
  it('RAFT-I12: no majority heard from within an election timeout -> the leader steps down', () => {
    const network = new Network(3, BOTH);
    const leader = network.elect(1n);
    network.isolated.add(1n);
    // The answers that made it leader count for the first timeout.
    ticks(leader, 19);
    assert.equal(leader.raft.role, 'leader');
    ticks(leader, 1);
    assert.deepEqual([leader.raft.role, leader.raft.leader, leader.raft.term], ['follower', 0n, 1]);
  });

  it('an answer of any kind from a majority -> it leads on; from learners -> it does not', () => {
    for (const type of [MsgAppResp, MsgHeartbeatResp]) {
      for (const [from, role] of [
        [2n, 'leader'],
        [4n, 'follower'],
      ] as const) {
        const member = new Member({ id: 1n, voters: [1n, 2n, 3n], learners: [4n], ...BOTH });
        member.raft.campaign();
        member.receive({ type: MsgPreVoteResp, term: 1 });
        member.settle();
        member.receive({ type: MessageType.MsgVoteResp });
        member.settle();
        member.receive({ type, from, index: 0 });
        ticks(member, 10);
        assert.equal(member.raft.role, role);
      }
    }
  });

  it('switched off -> a leader that is cut off leads on', () => {
    const network = new Network(3);
    const leader = network.elect(1n);
    network.isolated.add(1n);
    ticks(leader, 50);
    assert.equal(leader.raft.role, 'leader');
  });

  it('RAFT-I12: a leader heard from within an election timeout -> votes and pre-votes are ignored', () => {
    for (const type of [MsgVote, MsgPreVote]) {
      const member = memberIn(5, { ...BOTH, random: { below: () => 5 } });
      member.receive({ type: MsgHeartbeat, from: 2n });
      member.sent();
      ticks(member, 9);
      member.receive({ type, from: 3n, term: 6, ...last });
      assert.deepEqual([member.sent(), member.raft.term], [[], 5]);
      ticks(member, 1);
      member.receive({ type, from: 3n, term: 6, ...last });
      assert.deepEqual(
        member.sent().map(({ to, term, reject }) => [to, term, reject]),
        [[3n, 6, false]],
      );
    }
  });

  it('switched off -> a vote request of a newer term is heard, whoever leads', () => {
    const member = memberIn(5, { preVote: false, checkQuorum: false });
    member.receive({ type: MsgHeartbeat, from: 2n });
    member.receive({ type: MsgVote, from: 3n, term: 6, ...last });
    assert.equal(member.raft.term, 6);
  });

  it('a candidate of a newer term that nobody heard -> the old leader hears of it and gives way', () => {
    const network = new Network(3, { preVote: false, checkQuorum: true });
    const leader = network.elect(1n);
    const third = network.member(3n);
    network.isolated.add(3n);
    ticks(third, 30);
    third.settle();
    assert.ok(third.raft.term > leader.raft.term);
    third.outbox = [];
    network.isolated.clear();
    leader.raft.tick();
    network.settle();
    assert.deepEqual([leader.raft.role, leader.raft.term], ['follower', third.raft.term]);
  });

  it('a member that may not stand -> its clock runs on, so it does not shield a dead leader', () => {
    const disk = Disk.of({ confState: ConfState.create({ voters: [2n, 3n], learners: [1n] }) });
    const learner = new Member({ id: 1n, disk, ...BOTH });
    learner.receive({ type: MsgHeartbeat, from: 2n, term: 5 });
    learner.sent();
    ticks(learner, 21);
    learner.receive({ type: MsgVote, from: 3n, term: 6 });
    assert.deepEqual(
      learner.sent().map(({ reject }) => reject),
      [false],
    );
  });

  it('a new member -> has a whole election timeout to be heard from', () => {
    const network = new Network(2, { ...BOTH, voters: [1n] });
    const leader = network.elect(1n);
    ticks(leader, 9);
    network.isolated.add(2n);
    leader.raft.proposeConfChange({ id: 0n, type: 0, nodeId: 2n, context: payload('') });
    leader.settle();
    ticks(leader, 1);
    assert.equal(leader.raft.role, 'leader');
    ticks(leader, 10);
    assert.equal(leader.raft.role, 'follower');
  });
});
