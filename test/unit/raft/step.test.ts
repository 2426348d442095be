import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Entry, type Message, MessageType, Snapshot } from '../../../src/pb/index.ts';
import { entriesOf } from '../../support/raft/entries.ts';
import { Member } from '../../support/raft/member.ts';

const { MsgApp, MsgHeartbeat, MsgProp, MsgReadIndex } = MessageType;

function snapshotOf(term: number): Snapshot {
  const snapshot = Snapshot.create({});
  Object.assign(snapshot.metadata, { index: 7, term });
  return snapshot;
}

describe('step: what no member of the cluster can have sent is ignored', () => {
  const cases: [string, Partial<Message>][] = [
    ['addressed to another member', { type: MsgHeartbeat, to: 9n }],
    ['from nobody', { type: MsgHeartbeat, from: 0n }],
    ['from ourselves', { type: MsgHeartbeat, from: 1n }],
    ['without a term', { type: MsgHeartbeat, term: 0 }],
    ['an append with a gap', { type: MsgApp, entries: entriesOf([5], 2) }],
    ['an append with a falling term', { type: MsgApp, entries: entriesOf([5, 4]) }],
    ['an append with a term above its own', { type: MsgApp, entries: entriesOf([6]) }],
    ['an empty proposal', { type: MsgProp, term: 0 }],
    ['a read without context', { type: MsgReadIndex, term: 0 }],
    ['a local type', { type: MessageType.MsgHup }],
    ['a snapshot message without one', { type: MessageType.MsgSnap }],
    ['a snapshot of a term above its own', { type: MessageType.MsgSnap, snapshot: snapshotOf(6) }],
    ['a hand-over without a term', { type: MessageType.MsgTimeoutNow, term: 0 }],
    ['an unknown type', { type: 99 }],
  ];
  for (const [what, message] of cases) {
    it(what, () => {
      const member = new Member({ id: 1n, voters: [1n, 2n, 3n] });
      member.receive({ term: 5, ...message });
      assert.equal(member.raft.hasReady(), false);
      assert.equal(member.raft.term, 0);
    });
  }

  it('answers to a leader that go beyond its log, or come from strangers', () => {
    const member = new Member({ id: 1n, voters: [1n, 2n, 3n] });
    member.raft.campaign();
    member.settle();
    member.receive({ type: MessageType.MsgVoteResp });
    member.settle();
    member.receive({ type: MessageType.MsgAppResp, index: 2 });
    member.receive({ type: MessageType.MsgAppResp, index: 1, from: 9n });
    member.receive({ type: MessageType.MsgHeartbeatResp, from: 9n });
    assert.equal(member.raft.commitIndex, 0);
  });

  it('our own requests, passed on by who led before us -> taken in', () => {
    const member = new Member({ id: 1n, voters: [1n] });
    member.raft.campaign();
    member.settle();
    const entries = [Entry.create({ data: Uint8Array.of(7) })];
    member.receive({ type: MsgProp, term: 0, from: 1n, entries });
    member.receive({ type: MsgReadIndex, term: 0, from: 1n, entries });
    member.settle();
    assert.equal(member.raft.appliedIndex, 2);
    assert.deepEqual(member.readStates, [{ index: 1, context: Uint8Array.of(7) }]);
  });

  it('two leaders in one term -> RAFT_DIVERGED', () => {
    const member = new Member({ id: 1n, voters: [1n, 2n, 3n] });
    member.receive({ type: MsgHeartbeat, term: 5, from: 2n });
    assert.throws(() => member.receive({ type: MsgHeartbeat, term: 5, from: 3n }), {
      code: 'RAFT_DIVERGED',
    });
  });
});
