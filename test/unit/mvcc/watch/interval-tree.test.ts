import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvariantError } from '../../../../src/base/assert.ts';
import { IntervalTree } from '../../../../src/mvcc/watch/interval-tree.ts';

type Interval = readonly [start: string, end: string | undefined];

function treeOf(intervals: readonly Interval[]): IntervalTree<string> {
  const tree = new IntervalTree<string>();
  for (const [start, end] of intervals) tree.add(start, end, name(start, end));
  tree.checkInvariants();
  return tree;
}

function name(start: string, end: string | undefined): string {
  return `[${start},${end ?? '∞'})`;
}

function stabbed(tree: IntervalTree<string>, key: string): string[] {
  const found: string[] = [];
  tree.stab(key, (value) => found.push(value));
  return found.sort();
}

describe('interval tree', () => {
  it('stab: finds the intervals with the key inside, the start but not the end included', () => {
    const tree = treeOf([
      ['b', 'd'],
      ['a', 'c'],
      ['c', undefined],
      ['d', 'e'],
    ]);
    assert.deepEqual(stabbed(tree, 'a'), ['[a,c)']);
    assert.deepEqual(stabbed(tree, 'b'), ['[a,c)', '[b,d)']);
    assert.deepEqual(stabbed(tree, 'c'), ['[b,d)', '[c,∞)']);
    assert.deepEqual(stabbed(tree, 'd'), ['[c,∞)', '[d,e)']);
    assert.deepEqual(stabbed(tree, 'zz'), ['[c,∞)']);
    assert.deepEqual(stabbed(tree, ''), []);
  });

  it('stab: bytes above 0x7f are ordered as bytes', () => {
    const tree = treeOf([['\x7f', '\xff']]);
    assert.deepEqual(stabbed(tree, '\x80'), ['[\x7f,\xff)']);
    assert.deepEqual(stabbed(tree, '\xff'), []);
  });

  it('get: one start with several ends -> each its own value', () => {
    const tree = treeOf([
      ['a', 'b'],
      ['a', undefined],
      ['a', 'c'],
    ]);
    assert.equal(tree.get('a', 'c'), '[a,c)');
    assert.equal(tree.get('a', undefined), '[a,∞)');
    assert.equal(tree.get('a', 'd'), undefined);
    assert.equal(tree.get('b', 'c'), undefined);
  });

  it('add of what is there, remove of what is not -> assertions', () => {
    const tree = treeOf([['a', 'b']]);
    assert.throws(() => tree.add('a', 'b', ''), InvariantError);
    assert.throws(() => tree.remove('a', 'c'), InvariantError);
  });

  it('WATCH-I1 add and remove in any order -> as a list, and balanced', () => {
    const keys = ['', 'a', 'ab', 'b', 'ba', 'c', 'd', 'e', undefined];
    const all: Interval[] = keys.flatMap((start) =>
      start === undefined
        ? []
        : keys
            .filter((end) => end === undefined || start < end)
            .map((end) => [start, end] as const),
    );
    const tree = new IntervalTree<string>();
    const list = new Set<Interval>();
    // A fixed walk that adds each interval and, in another order, removes two thirds of them.
    for (let step = 0; step < all.length * 3; step++) {
      const interval = all[(step * 7) % all.length] as Interval;
      if (!list.delete(interval)) {
        list.add(interval);
        tree.add(...interval, name(...interval));
      } else tree.remove(...interval);
      tree.checkInvariants();
      assert.equal(tree.size, list.size);
      for (const key of ['', 'a', 'aa', 'b', 'cc', 'd', 'f']) {
        const expected = [...list]
          .filter(([start, end]) => start <= key && (end === undefined || key < end))
          .map(([start, end]) => name(start, end));
        assert.deepEqual(stabbed(tree, key), expected.sort());
      }
    }
  });
});
