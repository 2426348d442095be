import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfChange, MessageType } from '../../../src/pb/index.ts';
import type { Ready } from '../../../src/raft/index.ts';
import { entriesOf, names, payload } from '../../support/raft/entries.ts';
import { Member } from '../../support/raft/member.ts';
import { Network } from '../../support/raft/network.ts';

const { MsgApp, MsgAppResp, MsgHeartbeat, MsgHeartbeatResp, MsgVote, MsgVoteResp } = MessageType;

const follower = (): Member => new Member({ id: 1n, voters: [1n, 2n, 3n] });

function types(messages: Ready['messages']): number[] {
  return messages.map(({ type }) => type);
}

describe('ready: what waits for the disk', () => {
  it('RAFT-I3: votes, asked for or given, and append answers wait; the rest goes at once', () => {
    const cases: [number, (member: Member) => void][] = [
      [MsgVote, (member) => member.raft.campaign()],
      [MsgVoteResp, (member) => member.receive({ type: MsgVote, term: 1 })],
      [MsgAppResp, (member) => member.receive({ type: MsgApp, term: 1, entries: entriesOf([1]) })],
    ];
    for (const [type, act] of cases) {
      const member = follower();
      act(member);
      const ready = member.take();
      assert.deepEqual([types(ready.messages), ready.mustSync], [[], true]);
      assert.ok(ready.messagesAfterPersist.every((message) => message.type === type));
      assert.ok(ready.messagesAfterPersist.length > 0);
    }
    const member = follower();
    member.receive({ type: MsgHeartbeat, term: 1 });
    assert.deepEqual(types(member.take().messages), [MsgHeartbeatResp]);
  });

  it('a leader’s appends go before its own write, which alone does not commit', () => {
    const network = new Network(3);
    const leader = network.elect(1n);
    leader.raft.propose([payload('a')]);
    const ready = leader.take();
    assert.deepEqual(types(ready.messages), [MsgApp, MsgApp]);
    assert.deepEqual(names(ready.entries), ['2/1']);
    leader.sync();
    assert.equal(leader.raft.commitIndex, 1);
  });

  it('committed by the others first -> applied here only after the own sync', () => {
    const network = new Network(3);
    const leader = network.elect(1n);
    leader.raft.propose([payload('a')]);
    leader.take();
    leader.receive({ type: MsgAppResp, from: 2n, index: 2 });
    leader.receive({ type: MsgAppResp, from: 3n, index: 2 });
    assert.deepEqual([leader.raft.commitIndex, leader.take().committedEntries], [2, []]);
    leader.sync();
    assert.deepEqual(names(leader.take().committedEntries), ['2/1']);
  });

  it('votes of others before the own ballot is on disk -> leads only once it is', () => {
    const member = follower();
    member.raft.campaign();
    member.take();
    member.receive({ type: MsgVoteResp, from: 2n });
    member.receive({ type: MsgVoteResp, from: 3n });
    assert.equal(member.raft.role, 'candidate');
    member.sync();
    assert.equal(member.raft.role, 'leader');
  });

  it('RAFT-I3: an older ballot on disk -> does not elect in a newer term', () => {
    const member = new Member({ id: 1n, voters: [1n] });
    member.raft.campaign();
    member.take();
    member.raft.campaign();
    member.sync();
    assert.deepEqual([member.raft.role, member.raft.term], ['candidate', 2]);
    member.settle();
    assert.deepEqual([member.raft.role, member.raft.term], ['leader', 2]);
  });
});

describe('ready: bookkeeping', () => {
  it('nothing to do -> no Ready; numbers count up from 1', () => {
    const member = follower();
    assert.equal(member.raft.hasReady(), false);
    member.raft.campaign();
    assert.equal(member.take().number, 1);
    assert.equal(member.raft.hasReady(), false);
    member.raft.campaign();
    assert.equal(member.take().number, 2);
  });

  it('RAFT-I4: a HardState, a role or messages come out once', () => {
    const member = follower();
    member.receive({ type: MsgHeartbeat, term: 1 });
    const first = member.take();
    assert.deepEqual(first.hardState, { term: 1, vote: 0n, commit: 0 });
    assert.deepEqual(first.softState, { role: 'follower', leader: 2n });
    member.receive({ type: MsgHeartbeat, term: 1 });
    const { hardState, mustSync, softState, messages } = member.take();
    assert.deepEqual([hardState, mustSync, softState], [undefined, false, undefined]);
    assert.equal(messages.length, 1);
  });

  it('persisted of a Ready that was never handed out -> assertion', () => {
    assert.throws(() => follower().raft.persisted(1), { name: 'InvariantError' });
  });

  it('applied over a configuration change that was not applied -> assertion', () => {
    const member = new Member({ id: 1n, voters: [1n] });
    member.raft.campaign();
    member.settle();
    member.raft.proposeConfChange(ConfChange.create({ nodeId: 0n }));
    member.take();
    member.sync();
    member.take();
    assert.throws(() => member.raft.applied(2), { name: 'InvariantError' });
    member.raft.applyConfChange(ConfChange.create({ nodeId: 0n }));
    member.raft.applied(2);
    assert.throws(() => member.raft.applyConfChange(ConfChange.create({ nodeId: 0n })), {
      name: 'InvariantError',
    });
  });

  it('compact: memory is freed, later entries and the term at the edge stay', () => {
    const member = new Member({ id: 1n, voters: [1n] });
    member.raft.campaign();
    member.raft.propose([payload('dropped: no leader yet')]);
    member.settle();
    member.raft.propose([payload('a'), payload('b')]);
    member.settle();
    const before = member.raft.logBytes;
    member.raft.compact(2);
    member.raft.checkInvariants();
    assert.ok(member.raft.logBytes < before);
    assert.deepEqual([member.raft.firstIndex, member.raft.lastIndex], [3, 3]);
    assert.deepEqual(
      [1, 2, 3].map((index) => member.raft.termOf(index)),
      [undefined, 1, 1],
    );
  });

  it('compact: a member that lacks what is gone -> heartbeats only, the others go on', () => {
    const network = new Network(3);
    const leader = network.elect(1n);
    network.isolated.add(3n);
    leader.raft.propose([payload('a')]);
    network.settle();
    leader.raft.compact(2);
    network.isolated.clear();
    for (let round = 0; round < 3; round++) {
      leader.raft.tick();
      network.settle();
    }
    const third = network.member(3n).raft;
    assert.deepEqual([third.leader, third.lastIndex], [1n, 1]);
    leader.raft.propose([payload('b')]);
    network.settle();
    assert.equal(network.member(2n).raft.appliedIndex, 3);
  });
});
