/** What a leader sends to a member, how much and when, as etcd members expect it of each other. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfState, MessageType } from '../../../src/pb/index.ts';
import { Disk } from '../../support/raft/disk.ts';
import { entriesOf, names, payload } from '../../support/raft/entries.ts';
import type { Member } from '../../support/raft/member.ts';
import { Network } from '../../support/raft/network.ts';

const { MsgApp, MsgAppResp, MsgHeartbeatResp } = MessageType;

function clusterOf(options: ConstructorParameters<typeof Network>[1] = {}): {
  network: Network;
  leader: Member;
} {
  const network = new Network(3, options);
  return { network, leader: network.elect(1n) };
}

/** `after: entries` of each append to member 3 since the last call. */
function appends(leader: Member): string[] {
  return leader
    .sent()
    .filter(({ to, type }) => to === 3n && type === MsgApp)
    .map(({ index, entries }) => `${index}: ${names(entries).join(' ')}`);
}

describe('flow control', () => {
  it('proposals -> appends follow one another without waiting for answers', () => {
    const { leader } = clusterOf();
    leader.raft.propose([payload('a')]);
    leader.raft.propose([payload('b'), payload('c')]);
    assert.deepEqual(appends(leader), ['1: 2/1', '2: 3/1 4/1']);
  });

  it('inflightMessagesMax -> no more until an answer makes room; then all that is due', () => {
    const { leader } = clusterOf({ inflightMessagesMax: 2 });
    for (const text of ['a', 'b', 'c', 'd']) leader.raft.propose([payload(text)]);
    assert.deepEqual(appends(leader), ['1: 2/1', '2: 3/1']);
    leader.receive({ type: MsgAppResp, from: 3n, index: 2 });
    assert.deepEqual(appends(leader).at(-1), '3: 4/1 5/1');
  });

  it('inflightBytesMax -> the same, by bytes', () => {
    const { leader } = clusterOf({ inflightBytesMax: 60 });
    for (const text of ['a', 'b', 'c']) leader.raft.propose([payload(text)]);
    assert.deepEqual(appends(leader), ['1: 2/1', '2: 3/1']);
  });

  it('a full window and a sign of life -> an empty append; its refusal starts all over', () => {
    const { leader } = clusterOf({ inflightMessagesMax: 2 });
    for (const text of ['a', 'b', 'c']) leader.raft.propose([payload(text)]);
    leader.sent();
    leader.receive({ type: MsgHeartbeatResp, from: 3n });
    assert.deepEqual(appends(leader), ['3: ']);
    leader.receive({
      type: MsgAppResp,
      from: 3n,
      index: 3,
      reject: true,
      rejectHint: 1,
      logTerm: 1,
    });
    assert.deepEqual(appends(leader), ['1: 2/1 3/1 4/1']);
  });

  it('a member out of reach -> one append at a time, from what it is known to have', () => {
    const { leader } = clusterOf();
    leader.raft.propose([payload('a')]);
    leader.raft.propose([payload('b')]);
    leader.sent();
    leader.raft.reportUnreachable(3n);
    leader.raft.propose([payload('c')]);
    leader.raft.propose([payload('d')]);
    assert.deepEqual(appends(leader), ['1: 2/1 3/1 4/1']);
    leader.receive({ type: MsgAppResp, from: 3n, index: 4 });
    assert.deepEqual(appends(leader), ['4: 5/1']);
  });

  it('a member that has all, out of reach for a moment -> asked by an empty append', () => {
    const { leader } = clusterOf();
    leader.raft.reportUnreachable(3n);
    leader.receive({ type: MsgHeartbeatResp, from: 3n });
    assert.deepEqual(appends(leader), ['1: ']);
    leader.receive({ type: MsgAppResp, from: 3n, index: 1 });
    assert.equal(leader.raft.progressOf(3n)?.state, 'replicate');
  });

  it('reports of members that are not there, or on a follower -> nothing', () => {
    const { leader, network } = clusterOf();
    for (const member of [leader, network.member(2n)]) {
      member.raft.reportUnreachable(9n);
      member.raft.reportSnapshot(9n, true);
      assert.deepEqual(member.sent(), []);
    }
  });

  it('an answer that comes after the commit -> the member is told of the commit at once', () => {
    const { leader, network } = clusterOf();
    network.isolated.add(3n);
    leader.raft.propose([payload('a')]);
    leader.raft.reportUnreachable(3n);
    network.settle();
    assert.equal(leader.raft.commitIndex, 2);
    leader.receive({ type: MsgHeartbeatResp, from: 3n });
    leader.sent();
    leader.raft.propose([payload('b')]);
    leader.receive({ type: MsgAppResp, from: 2n, index: 3 });
    leader.settle();
    leader.outbox = [];
    leader.receive({ type: MsgAppResp, from: 3n, index: 2 });
    assert.deepEqual(
      leader.sent().map(({ to, commit, entries }) => [to, commit, names(entries)]),
      [[3n, 3, ['3/1']]],
    );
    leader.receive({ type: MsgAppResp, from: 3n, index: 3 });
    assert.deepEqual(leader.sent(), []);
  });

  it('several appends between two syncs -> one answer, for the last', () => {
    const { leader, network } = clusterOf();
    leader.raft.propose([payload('a')]);
    leader.raft.propose([payload('b')]);
    const third = network.member(3n);
    for (const message of leader.sent()) if (message.to === 3n) third.raft.step(message);
    assert.deepEqual(
      third.sent().map(({ type, index }) => [type, index]),
      [[MsgAppResp, 3]],
    );
  });
});

describe('flow control: where logs that differ meet', () => {
  /** Indexes that a new leader with the log `own` asks at, until a follower with `other` agrees. */
  function probes(own: readonly number[], other: readonly number[]): number[] {
    const network = new Network(3);
    for (const [id, terms] of [
      [1n, own],
      [2n, other],
    ] as const) {
      const member = network.member(id);
      const hardState = { term: 9, vote: 0n, commit: 0 };
      const confState = ConfState.create({ voters: [1n, 2n, 3n] });
      Object.assign(member.disk, Disk.of({ hardState, confState, entries: entriesOf(terms) }));
      member.crash();
    }
    const leader = network.member(1n);
    const follower = network.member(2n);
    leader.raft.campaign();
    leader.sent();
    leader.receive({ type: MessageType.MsgVoteResp, from: 3n });
    const asked: number[] = [];
    for (;;) {
      const append = leader.sent().find(({ to, type }) => to === 2n && type === MsgApp);
      assert.ok(append !== undefined);
      asked.push(append.index);
      follower.raft.step(append);
      const [answer] = follower.sent();
      assert.ok(answer !== undefined);
      if (!answer.reject) return asked;
      leader.raft.step(answer);
    }
  }

  it('the follower has a tail of lower terms -> the leader skips its own higher ones', () => {
    assert.deepEqual(probes([1, 3, 3, 3, 5, 5, 5, 5, 5], [1, 1, 1, 1, 2, 2]), [9, 1]);
  });

  it('the follower has a tail of higher terms -> it skips those itself', () => {
    assert.deepEqual(probes([1, 3, 3, 3, 3, 3, 3, 3, 7], [1, 3, 3, 4, 4, 5, 5, 5, 6]), [9, 8, 3]);
  });

  it('the follower’s log is shorter -> the second append hits its end', () => {
    assert.deepEqual(probes([1, 1, 2, 2, 2, 2], [1, 1, 2]), [6, 3]);
    assert.deepEqual(probes([1, 1, 2], []), [3, 0]);
  });
});
