import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { totalBytes } from '../../../src/raft/entry-buffer.ts';
import { RaftLog } from '../../../src/raft/raft-log.ts';
import { entriesOf, entry, names } from '../../support/raft/entries.ts';

/** Entries of `terms` from index 1 on, all on disk, `commit` of them committed. */
function log(terms: readonly number[], commit = 0): RaftLog {
  return new RaftLog({ index: 0, term: 0 }, entriesOf(terms), { applied: 0, commit });
}

function terms(of: RaftLog): number[] {
  return Array.from({ length: of.lastIndex }, (_, at) => of.term(at + 1) ?? -1);
}

describe('raft log: up-to-date rule (§5.4.1)', () => {
  const cases: [string, { index: number; term: number }, boolean][] = [
    ['a later term, shorter', { index: 1, term: 3 }, true],
    ['the same term, longer', { index: 4, term: 2 }, true],
    ['the same term and length', { index: 3, term: 2 }, true],
    ['the same term, shorter', { index: 2, term: 2 }, false],
    ['an earlier term, longer', { index: 9, term: 1 }, false],
  ];
  for (const [what, last, expected] of cases) {
    it(`${what} -> ${expected}`, () => {
      assert.equal(log([1, 1, 2]).isCoveredBy(last), expected);
    });
  }
});

describe('raft log: merge (§5.3)', () => {
  const cases: [string, { index: number; term: number }, number[], number | undefined, number[]][] =
    [
      ['previous missing', { index: 4, term: 2 }, [2], undefined, [1, 1, 2]],
      ['previous of another term', { index: 3, term: 1 }, [2], undefined, [1, 1, 2]],
      ['nothing new', { index: 1, term: 1 }, [1], 2, [1, 1, 2]],
      ['a heartbeat-like empty append', { index: 2, term: 1 }, [], 2, [1, 1, 2]],
      ['new at the end', { index: 3, term: 2 }, [2, 3], 5, [1, 1, 2, 2, 3]],
      ['overlap, then new', { index: 1, term: 1 }, [1, 2, 2], 4, [1, 1, 2, 2]],
      ['conflict', { index: 1, term: 1 }, [3], 2, [1, 3]],
      ['conflict in the middle', { index: 0, term: 0 }, [1, 1, 3, 3], 4, [1, 1, 3, 3]],
    ];
  for (const [what, previous, entries, agreed, after] of cases) {
    it(`${what} -> ${agreed ?? 'refused'}`, () => {
      const merged = log([1, 1, 2]);
      assert.equal(merged.merge(previous, entriesOf(entries, previous.index + 1)), agreed);
      assert.deepEqual(terms(merged), after);
      merged.checkInvariants();
    });
  }

  it('an old append inside what is there -> what follows it stays (§5.3: only on conflict)', () => {
    const merged = log([1, 1, 2]);
    merged.merge({ index: 0, term: 0 }, entriesOf([1]));
    assert.deepEqual(terms(merged), [1, 1, 2]);
  });

  it('a conflict with a committed entry -> RAFT_DIVERGED, nothing changed', () => {
    const merged = log([1, 1, 2], 3);
    assert.throws(() => merged.merge({ index: 2, term: 1 }, entriesOf([3], 3)), {
      code: 'RAFT_DIVERGED',
    });
    assert.deepEqual(terms(merged), [1, 1, 2]);
  });
});

describe('raft log: conflict point', () => {
  it('the last entry at or before the index whose term is not above', () => {
    const own = log([1, 1, 3, 3, 5]);
    assert.deepEqual(own.conflictPoint(5, 5), { index: 5, term: 5 });
    assert.deepEqual(own.conflictPoint(5, 4), { index: 4, term: 3 });
    assert.deepEqual(own.conflictPoint(4, 2), { index: 2, term: 1 });
    assert.deepEqual(own.conflictPoint(9, 3), { index: 4, term: 3 });
    assert.deepEqual(own.conflictPoint(2, 0), { index: 0, term: 0 });
  });

  it('compacted away -> the base, which is committed and agrees', () => {
    const own = new RaftLog({ index: 3, term: 4 }, [], { applied: 3, commit: 3 });
    assert.deepEqual(own.conflictPoint(3, 2), { index: 3, term: 0 });
    assert.deepEqual(own.conflictPoint(1, 2), { index: 1, term: 0 });
  });
});

describe('raft log: persistence', () => {
  it('takeUnsaved: everything once; persistedTo: up to the write that is done', () => {
    const own = log([1]);
    own.push(entry(2, 1));
    own.push(entry(3, 1));
    assert.deepEqual(names(own.takeUnsaved(1)), ['2/1', '3/1']);
    own.push(entry(4, 1));
    assert.deepEqual(names(own.takeUnsaved(2)), ['4/1']);
    assert.deepEqual(own.takeUnsaved(3), []);
    own.persistedTo(1);
    assert.equal(own.persisted, 3);
    own.persistedTo(3);
    assert.equal(own.persisted, 4);
    own.checkInvariants();
  });

  it('RAFT-I3: a write whose entries were replaced meanwhile -> vouches for none of them', () => {
    const own = log([1]);
    own.merge({ index: 1, term: 1 }, entriesOf([1, 1], 2));
    own.takeUnsaved(1);
    own.merge({ index: 1, term: 1 }, entriesOf([2, 2], 2));
    own.takeUnsaved(2);
    // And back to the first form, as a leader of term 3 that has it may ask.
    own.merge({ index: 1, term: 1 }, entriesOf([1, 1], 2));
    own.takeUnsaved(3);
    own.commitTo(3);
    own.persistedTo(1);
    assert.deepEqual([own.persisted, own.hasApplicable], [1, true]);
    assert.deepEqual(names(own.takeApplicable(1000)), ['1/1']);
    own.persistedTo(2);
    assert.deepEqual([own.persisted, own.hasApplicable], [1, false]);
    own.persistedTo(3);
    assert.deepEqual(names(own.takeApplicable(1000)), ['2/1', '3/1']);
  });
});

describe('raft log: apply', () => {
  it('takeApplicable: committed and persisted, each once; appliedTo frees the bytes', () => {
    const own = log([1, 1, 1], 2);
    assert.equal(own.unappliedBytes, totalBytes(entriesOf([1, 1, 1])));
    assert.deepEqual(names(own.takeApplicable(1000)), ['1/1', '2/1']);
    assert.deepEqual([own.hasApplicable, own.applied], [false, 0]);
    own.appliedTo(2);
    assert.equal(own.unappliedBytes, totalBytes(entriesOf([1], 3)));
    own.checkInvariants();
  });

  it('appliedTo: beyond what was handed out, or backwards -> assertion', () => {
    const own = log([1, 1, 1], 2);
    assert.throws(() => own.appliedTo(1), { name: 'InvariantError' });
    own.takeApplicable(1000);
    own.appliedTo(2);
    assert.throws(() => own.appliedTo(1), { name: 'InvariantError' });
  });

  it('compactTo: applied entries only; below the base -> nothing', () => {
    const own = log([1, 1, 1], 2);
    own.takeApplicable(1000);
    own.appliedTo(2);
    own.compactTo(2);
    assert.deepEqual(
      [own.firstIndex, own.lastIndex, own.bytes],
      [3, 3, totalBytes(entriesOf([1]))],
    );
    own.compactTo(1);
    assert.equal(own.firstIndex, 3);
    assert.throws(() => own.compactTo(3), { name: 'InvariantError' });
  });

  it('commitTo: beyond the end -> assertion; backwards -> ignored', () => {
    const own = log([1, 1], 2);
    own.commitTo(1);
    assert.equal(own.commit, 2);
    assert.throws(() => own.commitTo(3), { name: 'InvariantError' });
  });
});
