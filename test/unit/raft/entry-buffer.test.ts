import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EntryBuffer, entryBytes, totalBytes } from '../../../src/raft/entry-buffer.ts';
import { entriesOf, entry, names } from '../../support/raft/entries.ts';

/** Entries 4/1, 5/2, 6/2 after base 3/1. */
function buffer(): EntryBuffer {
  const made = new EntryBuffer({ index: 3, term: 1 });
  for (const each of entriesOf([1, 2, 2], 4)) made.push(each);
  return made;
}

describe('entry buffer', () => {
  it('term: known for the base and the run only', () => {
    const terms = [2, 3, 4, 5, 6, 7].map((index) => buffer().term(index));
    assert.deepEqual(terms, [undefined, 1, 1, 2, 2, undefined]);
  });

  it('last: of an empty run is the base', () => {
    const empty = new EntryBuffer({ index: 3, term: 1 });
    assert.deepEqual([empty.lastIndex, empty.lastTerm, empty.bytes], [3, 1, 0]);
  });

  it('push: a gap or a falling term -> assertion', () => {
    assert.throws(() => buffer().push(entry(8, 2)), { name: 'InvariantError' });
    assert.throws(() => buffer().push(entry(7, 1)), { name: 'InvariantError' });
  });

  it('tailBase: the first index after which not too many bytes remain', () => {
    const all = buffer().bytes;
    const each = all / 3;
    const bounds = [all, all - 1, each * 2, each, each - 1, 0];
    assert.deepEqual(
      bounds.map((bytes) => buffer().tailBase(bytes)),
      [3, 4, 4, 5, 6, 6],
    );
  });

  it('truncateFrom: cuts the end off and says how many bytes went', () => {
    const cut = buffer();
    const before = cut.bytes;
    const dropped = cut.truncateFrom(5);
    assert.equal(dropped, totalBytes(entriesOf([2, 2], 5)));
    assert.equal(cut.bytes, before - dropped);
    assert.deepEqual([cut.lastIndex, cut.lastTerm], [4, 1]);
    cut.push(entry(5, 3));
    cut.checkInvariants();
  });

  it('compactTo: the base moves, its term stays known, the rest stays', () => {
    const compacted = buffer();
    compacted.compactTo(5);
    compacted.checkInvariants();
    assert.deepEqual(compacted.base, { index: 5, term: 2 });
    assert.deepEqual([compacted.term(4), compacted.term(5), compacted.term(6)], [undefined, 2, 2]);
    assert.equal(compacted.bytes, entryBytes(entry(6, 2)));
    assert.throws(() => compacted.compactTo(7), { name: 'InvariantError' });
  });

  it('slice: half-open, a new array', () => {
    const whole = buffer();
    const part = whole.slice(4, 6);
    assert.deepEqual(names(part), ['4/1', '5/2']);
    part.pop();
    assert.equal(whole.lastIndex, 6);
    assert.throws(() => whole.slice(3, 6), { name: 'InvariantError' });
    assert.throws(() => whole.slice(4, 8), { name: 'InvariantError' });
  });

  it('sliceEnd: as many as fit, one even if it does not, none of nothing', () => {
    const size = entryBytes(entry(4, 1));
    const ends = [1, size, 2 * size - 1, 2 * size, 99 * size];
    assert.deepEqual(
      ends.map((bytesMax) => buffer().sliceEnd(4, 7, bytesMax)),
      [5, 5, 5, 6, 7],
    );
    assert.equal(buffer().sliceEnd(7, 7, 100), 7);
  });
});
