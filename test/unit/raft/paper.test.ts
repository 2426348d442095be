/**
 * What the Raft paper ("In Search of an Understandable Consensus Algorithm", extended version)
 * says, section by section.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfState, MessageType } from '../../../src/pb/index.ts';
import { Disk } from '../../support/raft/disk.ts';
import { entriesOf, entry, names, payload } from '../../support/raft/entries.ts';
import { Member } from '../../support/raft/member.ts';
import { Network } from '../../support/raft/network.ts';

const { MsgApp, MsgAppResp, MsgHeartbeat, MsgVote, MsgVoteResp } = MessageType;

/** Member 1 of three voters with the given log, none of it committed, in the last entry's term. */
function memberWith(terms: readonly number[], term = terms.at(-1) ?? 0): Member {
  const hardState = { term, vote: 0n, commit: 0 };
  const confState = ConfState.create({ voters: [1n, 2n, 3n] });
  return new Member({ id: 1n, disk: Disk.of({ hardState, confState, entries: entriesOf(terms) }) });
}

/** The same as leader of the next term, with its first appends sent. */
function leaderWith(terms: readonly number[]): Member {
  const member = memberWith(terms);
  member.raft.campaign();
  member.settle();
  member.receive({ type: MsgVoteResp });
  member.sent();
  assert.equal(member.raft.role, 'leader');
  return member;
}

describe('§5.1 terms', () => {
  it('a newer term in any message -> follower of that term, without a vote', () => {
    for (const type of [MsgApp, MsgAppResp, MsgVoteResp, MsgHeartbeat]) {
      const member = leaderWith([1]);
      member.receive({ type, term: 9 });
      assert.deepEqual([member.raft.role, member.raft.term], ['follower', 9]);
      assert.equal(member.take().hardState?.vote, 0n);
    }
  });

  it('an answer of an older term -> ignored', () => {
    const leader = leaderWith([1]);
    leader.receive({ type: MsgAppResp, term: 1, index: 2 });
    assert.equal(leader.raft.commitIndex, 0);
  });
});

describe('§5.2 leader election', () => {
  it('members start as followers', () => {
    assert.equal(memberWith([]).raft.role, 'follower');
  });

  it('election timeout: drawn from [n, 2n) ticks, anew for each election', () => {
    const draws = [0, 9, 4];
    const random = { below: () => draws.shift() ?? 0 };
    const member = new Member({ id: 1n, voters: [1n, 2n, 3n], random });
    const waits: number[] = [];
    for (let election = 1; election <= 3; election++) {
      let ticks = 0;
      while (member.raft.term < election) {
        member.raft.tick();
        ticks++;
      }
      waits.push(ticks);
    }
    assert.deepEqual(waits, [10, 19, 14]);
  });

  it('a candidate: next term, its own vote, requests to all others with its last entry', () => {
    const member = memberWith([1, 3]);
    member.raft.campaign();
    const ready = member.take();
    assert.deepEqual(ready.hardState, { term: 4, vote: 1n, commit: 0 });
    const requests = ready.messagesAfterPersist.map(({ type, to, term, index, logTerm }) => ({
      type,
      to,
      term,
      index,
      logTerm,
    }));
    assert.deepEqual(requests, [
      { type: MsgVote, to: 2n, term: 4, index: 2, logTerm: 3 },
      { type: MsgVote, to: 3n, term: 4, index: 2, logTerm: 3 },
    ]);
  });

  it('votes: first come, first served, one per term; the same candidate may ask again', () => {
    const member = memberWith([]);
    const answers = [2n, 3n, 2n].map((from) => {
      member.receive({ type: MsgVote, from, term: 1 });
      return member.sent().map(({ to, reject }) => [to, reject]);
    });
    assert.deepEqual(answers, [[[2n, false]], [[3n, true]], [[2n, false]]]);
  });

  it('a vote survives a restart -> still only one per term', () => {
    const member = memberWith([]);
    member.receive({ type: MsgVote, from: 2n, term: 1 });
    member.settle();
    member.crash();
    member.receive({ type: MsgVote, from: 3n, term: 1 });
    assert.deepEqual(
      member.sent().map(({ reject }) => reject),
      [true],
    );
  });

  it('a majority elects: 1 of 1, 2 of 3, 3 of 5; a leader says so at once', () => {
    for (const [size, needed] of [
      [3, 1],
      [5, 2],
    ] as const) {
      const voters = Array.from({ length: size }, (_, at) => BigInt(at + 1));
      const member = new Member({ id: 1n, voters });
      member.raft.campaign();
      member.sent();
      for (let granted = 1; granted <= needed; granted++) {
        assert.equal(member.raft.role, 'candidate');
        member.receive({ type: MsgVoteResp, from: BigInt(granted + 1) });
      }
      assert.equal(member.raft.role, 'leader');
      const to = member.sent().map((message) => message.to);
      assert.deepEqual(to, voters.slice(1));
    }
  });

  it('two votes of one member -> count once', () => {
    const member = new Member({ id: 1n, voters: [1n, 2n, 3n, 4n, 5n] });
    member.raft.campaign();
    member.settle();
    member.receive({ type: MsgVoteResp });
    member.receive({ type: MsgVoteResp });
    assert.equal(member.raft.role, 'candidate');
  });

  it('a refused candidate of a newer term -> does not hold back a better one', () => {
    const member = memberWith([1, 1]);
    for (let tick = 1; tick <= 9; tick++) member.raft.tick();
    member.receive({ type: MsgVote, term: 2 });
    assert.equal(member.sent()[0]?.reject, true);
    member.raft.tick();
    assert.deepEqual([member.raft.role, member.raft.term], ['candidate', 3]);
  });

  it('a granted vote, a heartbeat or an append -> the election clock starts again', () => {
    for (const type of [MsgVote, MsgHeartbeat, MsgApp]) {
      const member = memberWith([]);
      for (let tick = 1; tick <= 9; tick++) member.raft.tick();
      member.receive({ type, term: 1 });
      for (let tick = 1; tick <= 9; tick++) member.raft.tick();
      assert.equal(member.raft.role, 'follower');
    }
  });
});

describe('§5.3 log replication', () => {
  it('a proposal -> appended, sent to all, committed by a majority, applied everywhere', () => {
    const network = new Network(3);
    const leader = network.elect(1n);
    leader.raft.propose([payload('a')]);
    network.settle();
    for (const member of network.members.values()) {
      assert.deepEqual(names(member.appliedEntries), ['1/1', '2/1']);
      assert.deepEqual(member.appliedEntries[1]?.data, payload('a'));
    }
  });

  it('committed with a slow minority, which catches up later', () => {
    const network = new Network(5);
    const leader = network.elect(1n);
    network.isolated.add(4n).add(5n);
    leader.raft.propose([payload('a')]);
    network.settle();
    assert.equal(leader.raft.commitIndex, 2);
    network.isolated.add(3n);
    leader.raft.propose([payload('b')]);
    network.settle();
    assert.equal(leader.raft.commitIndex, 2);
    network.isolated.clear();
    for (let round = 0; round < 2; round++) {
      leader.raft.tick();
      network.settle();
    }
    for (const { raft } of network.members.values()) assert.equal(raft.appliedIndex, 3);
  });

  it('a refused append -> names where the logs can meet, term by term', () => {
    const follower = memberWith([1, 1, 2, 2, 2]);
    follower.receive({ type: MsgApp, term: 4, index: 9, logTerm: 4 });
    follower.receive({ type: MsgApp, term: 4, index: 5, logTerm: 1 });
    const refusals = follower.sent().map(({ index, reject, rejectHint, logTerm }) => ({
      index,
      reject,
      rejectHint,
      logTerm,
    }));
    assert.deepEqual(refusals, [
      { index: 9, reject: true, rejectHint: 5, logTerm: 2 },
      { index: 5, reject: true, rejectHint: 2, logTerm: 1 },
    ]);
  });

  it('a refusal -> the leader goes back whole terms at once', () => {
    const leader = leaderWith([1, 1, 1, 3, 3, 3]);
    const refusal = { type: MsgAppResp, reject: true };
    leader.receive({ ...refusal, index: 6, rejectHint: 5, logTerm: 2 });
    assert.deepEqual(
      leader.sent().map(({ to, index, logTerm }) => [to, index, logTerm]),
      [[2n, 3, 1]],
    );
    leader.receive({ ...refusal, index: 3, rejectHint: 0, logTerm: 0 });
    assert.deepEqual(
      leader.sent().map(({ to, index, entries }) => [to, index, entries.length]),
      [[2n, 0, 7]],
    );
  });

  it('figure 7: whatever the followers hold, all logs become the leader’s', () => {
    const leaders = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
    const followers = [
      [1, 1, 1, 4, 4, 5, 5, 6, 6],
      [1, 1, 1, 4],
      [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
      [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
      [1, 1, 1, 4, 4, 4, 4],
      [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    ];
    for (const terms of followers) {
      const network = new Network(3);
      for (const [id, log] of [
        [1n, leaders],
        [2n, terms],
        [3n, []],
      ] as const) {
        const member = network.member(id);
        member.disk.entries = entriesOf(log);
        member.disk.hardState = { term: 7, vote: 0n, commit: 0 };
        member.crash();
      }
      const leader = network.elect(1n);
      assert.equal(leader.raft.role, 'leader');
      for (const { disk } of network.members.values()) {
        assert.deepEqual(names(disk.entries), names([...entriesOf(leaders), entry(11, 8)]));
      }
    }
  });

  it('a follower commits no further than an append proves its log', () => {
    const follower = memberWith([1, 1, 1]);
    follower.receive({ type: MsgApp, term: 2, index: 1, logTerm: 1, commit: 3 });
    assert.equal(follower.raft.commitIndex, 1);
  });

  it('an append from before the commit index -> answered with the commit index', () => {
    const follower = memberWith([1, 1, 1]);
    follower.receive({ type: MsgApp, term: 1, index: 3, logTerm: 1, commit: 3 });
    follower.sent();
    follower.receive({ type: MsgApp, term: 1, index: 1, logTerm: 1 });
    assert.deepEqual(
      follower.sent().map(({ index, reject }) => [index, reject]),
      [[3, false]],
    );
  });

  it('a heartbeat beyond the log -> RAFT_LOG_LOST', () => {
    const heartbeat = { type: MsgHeartbeat, term: 1, commit: 4 };
    assert.throws(() => memberWith([1, 1, 1]).receive(heartbeat), { code: 'RAFT_LOG_LOST' });
  });

  it('appendBytesMax: a member far behind -> appends of that size, as far as the window goes', () => {
    const network = new Network(3, { appendBytesMax: 100, inflightMessagesMax: 2 });
    const leader = network.elect(1n);
    network.isolated.add(3n);
    leader.raft.propose(Array.from({ length: 20 }, () => payload('x')));
    network.settle();
    leader.raft.tick();
    leader.settle();
    network.isolated.clear();
    leader.outbox = [];
    leader.receive({ type: MessageType.MsgHeartbeatResp, from: 3n });
    const appends = leader.sent().filter(({ type }) => type === MsgApp);
    assert.deepEqual(
      appends.map(({ to, entries }) => [to, entries.length]),
      [[3n, 0]],
      'what was sent and lost is found out by an empty append',
    );
    leader.receive({
      type: MsgAppResp,
      from: 3n,
      index: 21,
      reject: true,
      rejectHint: 1,
      logTerm: 1,
    });
    const sent = (): [number, number][] =>
      leader.sent().map(({ index, entries }) => [index, entries.length]);
    assert.deepEqual(sent(), [[1, 3]], 'a probe goes alone');
    leader.receive({ type: MsgAppResp, from: 3n, index: 4 });
    const batches = [sent()];
    for (let index = 7; index <= 22; index += 3) {
      leader.receive({ type: MsgAppResp, from: 3n, index: Math.min(index, 21) });
      batches.push(sent());
    }
    assert.deepEqual(batches, [
      [
        [4, 3],
        [7, 3],
      ],
      [[10, 3]],
      [[13, 3]],
      [[16, 3]],
      [[19, 2]],
      [],
      [],
    ]);
  });
});

describe('§5.4 safety', () => {
  it('§5.4.1 RAFT-I5: a candidate whose log lacks something -> no vote', () => {
    const cases: [number[], { index: number; logTerm: number }, boolean][] = [
      [[1, 1], { index: 1, logTerm: 1 }, true],
      [[1, 2], { index: 9, logTerm: 1 }, true],
      [[1, 2], { index: 2, logTerm: 2 }, false],
      [[1, 1], { index: 1, logTerm: 2 }, false],
    ];
    for (const [terms, candidate, reject] of cases) {
      const member = memberWith(terms);
      member.receive({ type: MsgVote, term: 5, ...candidate });
      assert.equal(member.sent()[0]?.reject, reject, JSON.stringify([terms, candidate]));
    }
  });

  it('§5.4.2, figure 8: an entry of an older term on a majority -> not committed by counting', () => {
    const leader = leaderWith([1, 2]);
    leader.receive({ type: MsgAppResp, index: 2 });
    assert.equal(leader.raft.commitIndex, 0);
    leader.receive({ type: MsgAppResp, index: 3 });
    assert.equal(leader.raft.commitIndex, 3);
  });
});

describe('§8 client interaction', () => {
  it('a new leader -> an empty entry of its term, without data', () => {
    const leader = leaderWith([1]);
    assert.deepEqual(leader.disk.entries[1], { type: 0, term: 2, index: 2, data: undefined });
  });

  it('a proposal to a follower -> forwarded; without a leader -> dropped', () => {
    const network = new Network(3);
    assert.deepEqual(network.member(2n).raft.propose([payload('a')]), {
      kind: 'dropped',
      reason: 'no-leader',
    });
    const leader = network.elect(1n);
    const outcome = network.member(2n).raft.propose([payload('a'), payload('b')]);
    assert.deepEqual(outcome, { kind: 'forwarded', to: 1n });
    network.settle();
    assert.deepEqual(names(leader.appliedEntries), ['1/1', '2/1', '3/1']);
  });
});
