/** Snapshots to members that lack compacted entries (Raft §7), both sides. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ConfChange,
  ConfChangeType,
  ConfState,
  MessageType,
  Snapshot,
} from '../../../src/pb/index.ts';
import { Disk } from '../../support/raft/disk.ts';
import { entriesOf, names, payload } from '../../support/raft/entries.ts';
import { Member } from '../../support/raft/member.ts';
import { Network } from '../../support/raft/network.ts';

const { MsgApp, MsgAppResp, MsgHeartbeat, MsgHeartbeatResp, MsgSnap, MsgTimeoutNow, MsgVote } =
  MessageType;

/**
 * A leader whose log starts after entry 4 of term 1, and whose next append to member 3, which is
 * cut off with one entry, is due.
 */
function leaderAhead(): { network: Network; leader: Member; third: Member } {
  const network = new Network(3);
  const leader = network.elect(1n);
  network.isolated.add(3n);
  for (const text of ['a', 'b', 'c', 'd']) leader.raft.propose([payload(text)]);
  network.settle();
  leader.checkpoint();
  leader.raft.compact(4);
  return { network, leader, third: network.member(3n) };
}

/** An append that member 3 must refuse tells the leader that it lacks the rest. */
function refusal(leader: Member): void {
  leader.receive({ type: MsgHeartbeatResp, from: 3n });
  const { index } = leader.sent().at(-1) ?? {};
  assert.ok(index !== undefined);
  leader.receive({ type: MsgAppResp, from: 3n, index, reject: true, rejectHint: 1, logTerm: 1 });
}

describe('snapshot: the leader', () => {
  it('a member needs compacted entries -> word of the newest snapshot, then only heartbeats', () => {
    const { leader } = leaderAhead();
    refusal(leader);
    const [message, ...others] = leader.sent();
    assert.deepEqual([message?.type, message?.to, others], [MsgSnap, 3n, []]);
    const { confState, index, term } = message?.snapshot?.metadata ?? {};
    assert.deepEqual([index, term, confState?.voters], [5, 1, [1n, 2n, 3n]]);
    assert.equal(leader.raft.progressOf(3n)?.state, 'snapshot');
    leader.raft.propose([payload('e')]);
    leader.raft.tick();
    const types = leader.sent().filter(({ to }) => to === 3n);
    assert.deepEqual(
      types.map(({ type }) => type),
      [MsgHeartbeat],
    );
  });

  it('the snapshot has arrived -> appends go on after it, once the member gives a sign of life', () => {
    const { leader } = leaderAhead();
    refusal(leader);
    leader.raft.propose([payload('e')]);
    leader.sent();
    leader.raft.reportSnapshot(3n, true);
    assert.deepEqual(leader.sent(), []);
    leader.receive({ type: MsgHeartbeatResp, from: 3n });
    assert.deepEqual(
      leader.sent().map(({ type, index, entries }) => [type, index, names(entries)]),
      [[MsgApp, 5, ['6/1']]],
    );
  });

  it('while it is on its way -> what comes behind it is awaited, until it has arrived or is lost', () => {
    for (const hasArrived of [true, false]) {
      const { leader, third } = leaderAhead();
      assert.equal(leader.raft.awaitedAfter, Infinity);
      refusal(leader);
      assert.equal(leader.raft.awaitedAfter, 5);
      assert.equal(third.raft.awaitedAfter, Infinity, 'of nobody, unless it leads');
      leader.raft.reportSnapshot(3n, hasArrived);
      assert.equal(leader.raft.awaitedAfter, Infinity);
    }
  });

  it('the snapshot is lost -> another one, once the member gives a sign of life', () => {
    const { leader } = leaderAhead();
    refusal(leader);
    leader.sent();
    leader.raft.reportSnapshot(3n, false);
    assert.deepEqual(leader.sent(), []);
    leader.receive({ type: MsgHeartbeatResp, from: 3n });
    assert.deepEqual(
      leader.sent().map(({ type }) => type),
      [MsgSnap],
    );
  });

  it('the answer comes before the report -> appends go on at once', () => {
    const { leader } = leaderAhead();
    refusal(leader);
    leader.raft.propose([payload('e')]);
    leader.sent();
    leader.receive({ type: MsgAppResp, from: 3n, index: 5 });
    assert.deepEqual(
      leader.sent().map(({ type, index, entries }) => [type, index, names(entries)]),
      [[MsgApp, 5, ['6/1']]],
    );
    leader.raft.reportSnapshot(3n, true);
    assert.equal(leader.raft.progressOf(3n)?.state, 'replicate');
  });

  it('a member that was not heard from -> no snapshot', () => {
    const confState = ConfState.create({ voters: [1n, 2n, 3n] });
    const disk = Disk.of({
      hardState: { term: 1, vote: 0n, commit: 5 },
      snapshot: { index: 5, term: 1 },
      applied: 5,
      confState,
    });
    const leader = new Member({ id: 1n, disk });
    leader.raft.campaign();
    leader.settle();
    leader.receive({ type: MessageType.MsgVoteResp });
    leader.receive({ type: MsgAppResp, index: 5, reject: true, rejectHint: 0 });
    leader.sent();
    leader.raft.reportUnreachable(3n);
    assert.equal(leader.raft.progressOf(3n)?.isActive, false);
    assert.equal(leader.raft.progressOf(2n)?.state, 'snapshot');
  });

  it('no snapshot, one older than the log, or one that does not know the member -> none is sent', () => {
    const unfit = [
      { index: 0, term: 0 },
      { index: 3, term: 1 },
      { index: 5, term: 1, confState: ConfState.create({ voters: [1n, 2n] }) },
    ];
    for (const checkpoint of unfit) {
      const { leader } = leaderAhead();
      Object.assign(leader.disk.checkpoint, checkpoint);
      refusal(leader);
      assert.deepEqual(leader.sent(), []);
      assert.equal(leader.raft.progressOf(3n)?.state, 'probe');
    }
  });
});

/** Voters 1 to 3 and a state up to `index` of `term`. */
function snapshotOf(index: number, term: number, voters = [1n, 2n, 3n]): Snapshot {
  const confState = ConfState.create({ voters });
  return Snapshot.create({ data: payload('data'), metadata: { index, term, confState } });
}

/** Member 1 with entries of terms 1, 1, 2; two are committed, one is applied. */
function follower(): Member {
  const confState = ConfState.create({ voters: [1n, 2n] });
  const hardState = { term: 2, vote: 0n, commit: 2 };
  const entries = entriesOf([1, 1, 2]);
  return new Member({ id: 1n, disk: Disk.of({ hardState, confState, entries, applied: 1 }) });
}

describe('snapshot: the follower', () => {
  it('a newer one -> its log and configuration start anew; the answer waits for the disk', () => {
    const member = follower();
    member.receive({ type: MsgSnap, term: 3, snapshot: snapshotOf(7, 3) });
    const { raft } = member;
    assert.deepEqual([raft.isInstalling, raft.firstIndex, raft.lastIndex], [true, 8, 7]);
    assert.deepEqual([raft.commitIndex, raft.appliedIndex, raft.persistedIndex], [7, 1, 2]);
    assert.deepEqual(raft.confState.voters, [1n, 2n, 3n]);
    const ready = member.take();
    assert.deepEqual(ready.snapshot?.data, payload('data'));
    assert.deepEqual([ready.mustSync, ready.hardState?.commit, ready.entries], [true, 7, []]);
    assert.deepEqual([ready.messages, ready.committedEntries], [[], []]);
    assert.deepEqual(
      ready.messagesAfterPersist.map(({ type, index, reject }) => [type, index, reject]),
      [[MsgAppResp, 7, false]],
    );
    assert.equal(raft.hasReady(), false);
  });

  it('RAFT-I11: until it is installed -> nothing is applied, the member does not stand, but votes and answers', () => {
    const member = follower();
    member.receive({ type: MsgSnap, term: 3, snapshot: snapshotOf(7, 3) });
    member.take();
    const { raft } = member;
    const next = entriesOf([3, 3], 8);
    member.receive({ type: MsgApp, index: 7, logTerm: 3, entries: next, commit: 9 });
    const ready = member.take();
    assert.deepEqual([names(ready.entries), ready.committedEntries], [['8/3', '9/3'], []]);
    assert.equal(ready.messagesAfterPersist[0]?.index, 9);
    member.receive({ type: MsgHeartbeat, commit: 9 });
    assert.deepEqual(
      member.take().messages.map(({ type }) => type),
      [MsgHeartbeatResp],
    );
    assert.equal(raft.campaign(), false);
    member.receive({ type: MsgTimeoutNow });
    assert.equal(raft.role, 'follower');
    member.sync();
    member.sync();
    assert.deepEqual([raft.persistedIndex, raft.hasReady()], [9, false]);
    raft.applied(7);
    assert.deepEqual([raft.isInstalling, raft.appliedIndex], [false, 7]);
    assert.deepEqual(names(member.take().committedEntries), ['8/3', '9/3']);
    assert.equal(raft.campaign(), true);
  });

  it('RAFT-I11: what was handed out to be applied is void', () => {
    const change = ConfChange.create({ type: ConfChangeType.ConfChangeAddNode, nodeId: 4n });
    const network = new Network(2);
    const leader = network.elect(1n);
    leader.raft.proposeConfChange(change);
    const member = network.member(2n);
    for (const message of leader.sent()) member.raft.step(message);
    member.take();
    member.sync();
    member.receive({ type: MsgHeartbeat, from: 1n, commit: 2 });
    assert.deepEqual(names(member.take().committedEntries).at(-1), '2/1');
    member.receive({ type: MsgSnap, from: 1n, snapshot: snapshotOf(7, 1) });
    assert.throws(() => member.raft.applied(1), { name: 'InvariantError' });
    assert.throws(() => member.raft.applyConfChange(change), { name: 'InvariantError' });
    member.take();
    assert.deepEqual(member.batches, []);
    assert.throws(() => member.raft.applied(7), { name: 'InvariantError' }, 'it is not on disk');
    member.settle();
    assert.deepEqual([member.raft.appliedIndex, member.raft.confState.voters.length], [7, 3]);
  });

  it('a write of the old log ends after the snapshot came -> says nothing about the snapshot', () => {
    const member = follower();
    member.receive({ type: MsgApp, term: 2, index: 3, logTerm: 2, entries: entriesOf([2, 2], 4) });
    member.take();
    member.receive({ type: MsgSnap, term: 3, snapshot: snapshotOf(7, 3) });
    member.take();
    member.sync();
    assert.equal(member.raft.persistedIndex, 2);
    member.sync();
    assert.equal(member.raft.persistedIndex, 7);
  });

  const ignored: [string, Snapshot, number][] = [
    ['of what is committed', snapshotOf(2, 1), 2],
    ['of what is applied', snapshotOf(1, 1), 2],
    ['that does not know this member', snapshotOf(7, 3, [2n, 3n]), 2],
  ];
  for (const [what, snapshot, answer] of ignored) {
    it(`one ${what} -> ignored, and answered with the commit index`, () => {
      const member = follower();
      member.receive({ type: MsgSnap, term: 3, snapshot });
      assert.equal(member.raft.isInstalling, false);
      assert.deepEqual(
        member.sent().map(({ type, index }) => [type, index]),
        [[MsgAppResp, answer]],
      );
      assert.deepEqual([member.raft.lastIndex, member.raft.confState.voters.length], [3, 2]);
    });
  }

  it('one of which the log holds the last entry -> only the commit index moves', () => {
    const member = follower();
    member.receive({ type: MsgSnap, term: 3, snapshot: snapshotOf(3, 2) });
    assert.deepEqual([member.raft.isInstalling, member.raft.commitIndex], [false, 3]);
    assert.deepEqual([member.raft.firstIndex, member.raft.confState.voters], [1, [1n, 2n]]);
    assert.equal(member.sent()[0]?.index, 3);
  });

  it('another one while one is being installed -> ignored; the leader hears how far this one goes', () => {
    const member = follower();
    member.receive({ type: MsgSnap, term: 3, snapshot: snapshotOf(7, 3) });
    member.take();
    member.receive({ type: MsgSnap, term: 3, snapshot: snapshotOf(9, 3) });
    const ready = member.take();
    assert.deepEqual([ready.snapshot, ready.messagesAfterPersist[0]?.index], [undefined, 7]);
  });

  it('a crash before it is on disk -> as if it had never come; after it -> starts from it', () => {
    for (const [records, applied] of [
      [0, 1],
      [1, 7],
    ]) {
      const member = follower();
      member.receive({ type: MsgSnap, term: 3, snapshot: snapshotOf(7, 3) });
      member.take();
      member.crash(records);
      assert.deepEqual([member.raft.appliedIndex, member.raft.isInstalling], [applied, false]);
    }
  });

  it('a vote while one is being installed -> for who has at least as much', () => {
    for (const [index, reject] of [
      [6, true],
      [7, false],
    ] as const) {
      const member = follower();
      member.receive({ type: MsgSnap, term: 3, snapshot: snapshotOf(7, 3) });
      member.take();
      member.receive({ type: MsgVote, from: 3n, term: 4, index, logTerm: 3 });
      assert.equal(member.take().messagesAfterPersist[0]?.reject, reject);
    }
  });
});

describe('snapshot: both', () => {
  it('a member far behind -> installs the snapshot, gets the rest, and counts again', () => {
    const { network, leader, third } = leaderAhead();
    network.isolated.clear();
    leader.raft.tick();
    network.settle();
    leader.raft.reportSnapshot(3n, true);
    leader.raft.tick();
    network.settle();
    assert.deepEqual([third.raft.firstIndex, third.raft.appliedIndex], [6, 5]);
    assert.equal(third.digest, leader.digest);
    network.isolated.add(2n);
    leader.raft.propose([payload('e')]);
    network.settle();
    assert.equal(leader.raft.commitIndex, 6);
  });
});
