import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfChange, ConfChangeType, ConfState, EntryType } from '../../../src/pb/index.ts';
import { bootstrapLog } from '../../../src/raft/index.ts';
import { Disk } from '../../support/raft/disk.ts';
import { entriesOf, names, payload } from '../../support/raft/entries.ts';
import { Member } from '../../support/raft/member.ts';

function leader(): Member {
  const member = new Member({ id: 1n, voters: [1n] });
  member.raft.campaign();
  member.settle();
  assert.equal(member.raft.role, 'leader');
  return member;
}

describe('single voter: election', () => {
  it('campaign -> leads once its ballot is on disk, not before', () => {
    const member = new Member({ id: 1n, voters: [1n] });
    assert.equal(member.raft.campaign(), true);
    const ready = member.take();
    assert.deepEqual(
      { hardState: ready.hardState, mustSync: ready.mustSync, entries: ready.entries },
      { hardState: { term: 1, vote: 1n, commit: 0 }, mustSync: true, entries: [] },
    );
    assert.equal(member.raft.role, 'candidate');
    member.sync();
    assert.equal(member.raft.role, 'leader');
    assert.deepEqual(member.take().softState, { role: 'leader', leader: 1n });
  });

  it('ticks alone -> campaigns after the election timeout', () => {
    const member = new Member({ id: 1n, voters: [1n], random: { below: () => 4 } });
    for (let tick = 1; tick < 14; tick++) member.raft.tick();
    assert.equal(member.raft.role, 'follower');
    member.raft.tick();
    assert.equal(member.raft.role, 'candidate');
  });

  it('campaign of a leader, a learner or a stranger -> refused', () => {
    assert.equal(leader().raft.campaign(), false);
    const learner = new Member({ id: 2n, voters: [1n], learners: [2n] });
    assert.equal(learner.raft.campaign(), false);
    assert.equal(new Member({ id: 3n, voters: [1n] }).raft.campaign(), false);
  });

  it('a learner -> never campaigns, however long it waits', () => {
    const learner = new Member({ id: 2n, voters: [1n], learners: [2n] });
    for (let tick = 0; tick < 100; tick++) learner.raft.tick();
    assert.deepEqual([learner.raft.role, learner.raft.term], ['follower', 0]);
  });
});

describe('single voter: commit', () => {
  it('RAFT-I3: proposal -> committed when persisted, handed out to apply after that', () => {
    const member = leader();
    const outcome = member.raft.propose([payload('a'), payload('b')]);
    assert.deepEqual(outcome, { kind: 'appended', index: 2, term: 1 });
    const write = member.take();
    assert.deepEqual(names(write.entries), ['2/1', '3/1']);
    assert.deepEqual([write.mustSync, write.committedEntries], [true, []]);
    assert.equal(member.raft.commitIndex, 1);
    assert.equal(member.raft.hasReady(), false);
    member.sync();
    assert.equal(member.raft.commitIndex, 3);
    const commit = member.take();
    assert.deepEqual(names(commit.committedEntries), ['2/1', '3/1']);
    assert.deepEqual(commit.hardState, { term: 1, vote: 1n, commit: 3 });
    assert.equal(commit.mustSync, false);
  });

  it('RAFT-I4: proposals during a write -> form the next batch, nothing comes out twice', () => {
    const member = leader();
    member.raft.propose([payload('a')]);
    assert.deepEqual(names(member.take().entries), ['2/1']);
    member.raft.propose([payload('b')]);
    member.raft.propose([payload('c')]);
    assert.deepEqual(names(member.take().entries), ['3/1', '4/1']);
    assert.equal(member.raft.hasReady(), false);
    member.sync();
    assert.deepEqual([member.raft.persistedIndex, member.raft.commitIndex], [2, 2]);
    assert.deepEqual(names(member.take().committedEntries), ['2/1']);
    member.sync();
    assert.deepEqual([member.raft.persistedIndex, member.raft.commitIndex], [4, 4]);
    assert.deepEqual(names(member.take().committedEntries), ['3/1', '4/1']);
  });

  it('one acknowledgement for several Readys -> covers them all', () => {
    const member = leader();
    member.raft.propose([payload('a')]);
    member.take();
    member.raft.propose([payload('b')]);
    member.raft.persisted(member.take().number);
    assert.equal(member.raft.commitIndex, 3);
  });

  it('readyBytesMax: more committed than one Ready holds -> the rest comes in the next', () => {
    const member = new Member({ id: 1n, voters: [1n], readyBytesMax: 100 });
    member.raft.campaign();
    member.settle();
    member.raft.propose([payload('a'), payload('b'), payload('c'), payload('d')]);
    member.take();
    member.sync();
    assert.deepEqual(names(member.take().committedEntries), ['2/1', '3/1', '4/1']);
    assert.equal(member.raft.hasReady(), true);
    assert.deepEqual(names(member.take().committedEntries), ['5/1']);
  });

  it('unappliedBytesMax: reached -> proposals are dropped until entries are applied', () => {
    const member = new Member({ id: 1n, voters: [1n], unappliedBytesMax: 60 });
    member.raft.campaign();
    member.settle();
    assert.equal(member.raft.propose([payload('0123456789'.repeat(5))]).kind, 'appended');
    const full = { kind: 'dropped', reason: 'log-full' };
    assert.deepEqual(member.raft.propose([payload('b')]), full);
    member.settle();
    assert.equal(member.raft.propose([payload('b')]).kind, 'appended');
  });
});

describe('single voter: restart', () => {
  it('entries and HardState on disk -> leads in a new term and applies what was committed', () => {
    const member = leader();
    member.raft.propose([payload('a')]);
    member.settle();
    member.crash();
    assert.deepEqual([member.raft.term, member.raft.commitIndex], [1, 2]);
    member.settle();
    assert.deepEqual(names(member.appliedEntries), ['1/1', '2/1']);
    member.raft.campaign();
    member.settle();
    assert.deepEqual(names(member.appliedEntries), ['1/1', '2/1', '3/2']);
  });

  it('applied index on disk -> only later entries are applied again', () => {
    const member = leader();
    member.checkpoint();
    member.raft.propose([payload('a')]);
    member.settle();
    member.crash();
    member.settle();
    assert.deepEqual(names(member.appliedEntries), ['2/1']);
  });

  it('applied index above the HardState commit, which is not synced -> commit catches up', () => {
    const entries = entriesOf([1, 1, 1]);
    const hardState = { term: 1, vote: 1n, commit: 1 };
    const confState = ConfState.create({ voters: [1n] });
    const disk = Disk.of({ hardState, entries, confState, applied: 2 });
    const member = new Member({ id: 1n, disk });
    assert.deepEqual([member.raft.commitIndex, member.raft.appliedIndex], [2, 2]);
    assert.equal(member.take().hardState?.commit, 2);
  });

  it('entries of a term whose HardState was torn off -> starts in that term without a vote', () => {
    const entries = entriesOf([1, 2]);
    const hardState = { term: 1, vote: 1n, commit: 1 };
    const confState = ConfState.create({ voters: [1n, 2n] });
    const member = new Member({ id: 1n, disk: Disk.of({ hardState, entries, confState }) });
    assert.deepEqual(member.take().hardState, { term: 2, vote: 0n, commit: 1 });
  });

  it('uncommitted entries of a crash -> committed by the first entry of the new term', () => {
    const member = leader();
    member.raft.propose([payload('a')]);
    member.take();
    member.crash(1);
    assert.deepEqual([member.raft.lastIndex, member.raft.commitIndex], [2, 1]);
    member.raft.campaign();
    member.settle();
    assert.equal(member.raft.commitIndex, 3);
  });

  const confState = ConfState.create({ voters: [1n] });
  const contradictions = {
    'commit beyond the log': { hardState: { term: 1, vote: 1n, commit: 3 } },
    'applied beyond the log': { applied: 3 },
    'applied before the snapshot': { snapshot: { index: 5, term: 1 }, entries: [] },
    'a gap between entries': { entries: entriesOf([1, 1]).filter(({ index }) => index !== 1) },
    'a term that falls': { entries: entriesOf([2, 1]) },
  };
  for (const [what, boot] of Object.entries(contradictions)) {
    it(`${what} -> RAFT_BOOT_INVALID`, () => {
      const disk = Disk.of({ entries: entriesOf([1, 1]), confState, ...boot });
      assert.throws(() => new Member({ id: 1n, disk }), { code: 'RAFT_BOOT_INVALID' });
    });
  }

  it('a configuration that contradicts itself -> RAFT_CONF_UNSUPPORTED', () => {
    const both = ConfState.create({ voters: [1n], learners: [1n] });
    assert.throws(() => new Member({ id: 1n, disk: Disk.of({ confState: both }) }), {
      code: 'RAFT_CONF_UNSUPPORTED',
    });
  });
});

describe('bootstrap', () => {
  const founders = [
    { id: 30n, context: payload('c') },
    { id: 10n, context: payload('a') },
    { id: 20n, context: payload('b') },
  ];

  it('bootstrapLog: n founders -> n AddNode entries by id, index 1..n, term 1, commit n', () => {
    const { entries, hardState } = bootstrapLog(founders);
    assert.deepEqual(hardState, { term: 1, vote: 0n, commit: 3 });
    assert.deepEqual(names(entries), ['1/1', '2/1', '3/1']);
    const changes = entries.map(({ data }) => ConfChange.decode(data ?? new Uint8Array(0)));
    assert.deepEqual(
      changes.map(({ id, type, nodeId, context }) => ({ id, type, nodeId, context })),
      [
        { id: 0n, type: ConfChangeType.ConfChangeAddNode, nodeId: 10n, context: payload('a') },
        { id: 0n, type: ConfChangeType.ConfChangeAddNode, nodeId: 20n, context: payload('b') },
        { id: 0n, type: ConfChangeType.ConfChangeAddNode, nodeId: 30n, context: payload('c') },
      ],
    );
    assert.ok(entries.every(({ type }) => type === EntryType.EntryConfChange));
  });

  it('a single founder -> may campaign once its own entry is applied', () => {
    const disk = Disk.of(bootstrapLog([{ id: 1n, context: payload('me') }]));
    const member = new Member({ id: 1n, disk });
    assert.equal(member.raft.campaign(), false);
    member.settle();
    assert.deepEqual(member.raft.confState.voters, [1n]);
    assert.equal(member.raft.campaign(), true);
    member.settle();
    assert.deepEqual([member.raft.role, member.raft.term], ['leader', 2]);
    assert.deepEqual(names(member.appliedEntries), ['1/1', '2/2']);
  });

  it('three founders -> the configuration holds all when all entries are applied', () => {
    const member = new Member({ id: 10n, disk: Disk.of(bootstrapLog(founders)) });
    member.settle();
    assert.deepEqual(member.raft.confState.voters, [10n, 20n, 30n]);
    assert.equal(member.raft.campaign(), true);
  });
});
