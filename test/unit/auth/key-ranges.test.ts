import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeyRanges } from '../../../src/auth/key-ranges.ts';
import { fromLatin1 } from '../../../src/base/bytes.ts';

const range = (key: string, rangeEnd = '') => ({
  key: fromLatin1(key),
  rangeEnd: fromLatin1(rangeEnd),
});

function set(...ranges: ReturnType<typeof range>[]): KeyRanges {
  const made = new KeyRanges(ranges);
  made.checkInvariants();
  return made;
}

describe('key ranges', () => {
  it('AUTH-I1: a single key -> itself only', () => {
    const one = set(range('b'));
    assert.ok(one.covers(range('b')));
    assert.ok(one.covers(range('b', 'b\0')));
    for (const other of [range('a'), range('b\0'), range('b', 'c'), range('b', '\0')]) {
      assert.ok(!one.covers(other));
    }
  });

  it('AUTH-I1: ranges that touch or overlap -> one range; a gap of one key -> two', () => {
    const joined = set(range('c', 'e'), range('a', 'c'), range('d', 'h'), range('h'));
    assert.ok(joined.covers(range('a', 'h\0')));
    assert.ok(!joined.covers(range('a', 'h\0\0')));
    const apart = set(range('a', 'c'), range('c\0', 'e'));
    assert.ok(apart.covers(range('c\0', 'e')));
    assert.ok(!apart.covers(range('a', 'e')));
    assert.ok(!apart.covers(range('c')));
  });

  it('AUTH-I1: without an end -> everything from there on', () => {
    const tail = set(range('m', '\0'), range('p', 'q'));
    for (const inside of [range('m'), range('z'), range('m', '\0'), range('n', '\xff')]) {
      assert.ok(tail.covers(inside));
    }
    assert.ok(!tail.covers(range('l', '\0')));
    assert.ok(set(range('\0', '\0')).covers(range('\0', '\0')));
  });

  it('AUTH-I1: the empty key, and ranges without keys -> hold nothing, and nothing holds them', () => {
    const odd = set(range('', '\0'), range('', 'z'), range('q', 'c'));
    for (const asked of [range(''), range('', '\0'), range('d'), range('q')]) {
      assert.ok(!odd.covers(asked));
    }
    assert.ok(!set(range('\0', '\0')).covers(range('')));
  });

  it('AUTH-I1: asked for a range that ends before it begins -> whether it holds the first key', () => {
    const one = set(range('c', 'f'));
    assert.ok(one.covers(range('d', 'a')));
    assert.ok(!one.covers(range('g', 'a')));
  });
});
