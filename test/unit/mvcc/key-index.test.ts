import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { concatBytes, EMPTY_BYTES, fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import { SUBS_MAX } from '../../../src/mvcc/index/revision-tag.ts';
import { KeyIndex, type KeySpan, NO_SLOT, type Slot } from '../../../src/mvcc/key-index.ts';
import { revisionText } from '../../support/mvcc/index-model.ts';

const ALL: KeySpan = { start: EMPTY_BYTES, end: undefined };
const bytes = fromLatin1;

function keysOf(index: KeyIndex, slots: readonly Slot[]): string[] {
  return slots.map((slot) => latin1(index.key(slot)));
}

/** Compacts in slices of `keysMax`; returns what was forgotten, slice by slice. */
function compact(index: KeyIndex, floor: number, keysMax = 1000): string[][] {
  const slices: string[][] = [];
  let from: Uint8Array | undefined = EMPTY_BYTES;
  while (from !== undefined) {
    const slice: string[] = [];
    const report = {
      forgot: (revision: Parameters<typeof revisionText>[0]) => slice.push(revisionText(revision)),
      freed: () => undefined,
    };
    from = index.compact(floor, { from, keysMax }, report);
    slices.push(slice);
    index.checkInvariants();
  }
  return slices;
}

/** One key with put 2, put 3, delete 4, put 5 and put 6. */
function twoGenerations(): { index: KeyIndex; slot: Slot } {
  const index = new KeyIndex();
  index.put(bytes('k'), 2, 0);
  const slot = index.put(bytes('k'), 3, 1);
  index.tombstone(slot, 4, 0);
  index.put(bytes('k'), 5, 0);
  index.put(bytes('k'), 6, 2);
  return { index, slot };
}

function visible(index: KeyIndex, slot: Slot, to: number): (string | undefined)[] {
  return Array.from({ length: to + 1 }, (_, revision) => {
    const pair = index.at(slot, revision);
    return pair && `${pair.main}.${pair.sub}`;
  });
}

describe('key index: one key', () => {
  it('find: a key that was never put -> NO_SLOT', () => {
    const index = new KeyIndex();
    assert.equal(index.find(bytes('k')), NO_SLOT);
    index.put(bytes('k'), 2, 0);
    for (const other of ['', 'j', 'k\0', 'l']) assert.equal(index.find(bytes(other)), NO_SLOT);
  });

  it('put: version counts within a generation, create is the first of it', () => {
    const { index, slot } = twoGenerations();
    assert.equal(index.find(bytes('k')), slot);
    assert.equal(index.modMain(slot), 6);
    assert.equal(index.modSub(slot), 2);
    assert.equal(index.createMain(slot), 5);
    assert.equal(index.version(slot), 2);
    index.checkInvariants();
  });

  it('tombstone: held but not live; create and version are 0', () => {
    const { index, slot } = twoGenerations();
    index.tombstone(slot, 7, 0);
    assert.equal(index.isLive(slot), false);
    assert.equal(index.createMain(slot), 0);
    assert.equal(index.version(slot), 0);
    assert.equal(index.liveKeys, 0);
    assert.equal(index.heldKeys, 1);
    assert.equal(index.find(bytes('k')), slot);
  });

  it('at: newest revision not above, nothing where that is a tombstone or missing', () => {
    const { index, slot } = twoGenerations();
    const none = undefined;
    assert.deepEqual(visible(index, slot, 7), [
      none,
      none,
      '2.0',
      '3.1',
      none,
      '5.0',
      '6.2',
      '6.2',
    ]);
  });

  it('put: the key is copied', () => {
    const index = new KeyIndex();
    const key = bytes('k');
    const slot = index.put(key, 2, 0);
    key[0] = 0;
    assert.equal(latin1(index.key(slot)), 'k');
  });

  it('key: the copy is owned', () => {
    const { index, slot } = twoGenerations();
    index.key(slot)[0] = 0;
    assert.equal(index.find(bytes('k')), slot);
  });

  it('our own mistakes are caught', () => {
    const { index, slot } = twoGenerations();
    assert.throws(() => index.put(bytes('k'), 6, 2), /ascend/);
    assert.throws(() => index.put(bytes('k'), 5, 9), /ascend/);
    assert.throws(() => index.put(bytes('l'), 9, SUBS_MAX), /sub-revision/);
    index.tombstone(slot, 9, 0);
    assert.throws(() => index.tombstone(slot, 10, 0), /live/);
  });

  it('sub-revisions up to the bound are kept exactly', () => {
    const index = new KeyIndex();
    const slot = index.put(bytes('k'), 2, SUBS_MAX - 1);
    index.put(bytes('k'), 3, 0);
    assert.deepEqual(index.at(slot, 2), { main: 2, sub: SUBS_MAX - 1 });
  });
});

describe('key index: compaction', () => {
  it('keeps what is above the floor and the newest below it', () => {
    const { index, slot } = twoGenerations();
    assert.deepEqual(compact(index, 5), [['4.0t', '3.1', '2.0']]);
    assert.deepEqual(visible(index, slot, 7).slice(5), ['5.0', '6.2', '6.2']);
    assert.equal(index.heldRevisions, 2);
  });

  it('IDX-I6 a tombstone with main exactly the floor is kept, below it goes', () => {
    const { index, slot } = twoGenerations();
    assert.deepEqual(compact(index, 4), [['3.1', '2.0']]);
    assert.equal(index.at(slot, 4), undefined);
    assert.equal(index.heldRevisions, 3);
    assert.deepEqual(compact(index, 5), [['4.0t']]);
  });

  it('a tombstone below the floor with puts above it goes, the puts stay', () => {
    const index = new KeyIndex();
    const slot = index.put(bytes('k'), 2, 0);
    index.tombstone(slot, 3, 0);
    index.put(bytes('k'), 9, 0);
    assert.deepEqual(compact(index, 5), [['2.0', '3.0t']]);
    assert.deepEqual(index.at(slot, 9), { main: 9, sub: 0 });
    assert.equal(index.at(slot, 8), undefined);
  });

  it('IDX-I6 a deleted key: kept at the floor of its tombstone, freed above it', () => {
    const { index, slot } = twoGenerations();
    index.tombstone(slot, 7, 0);
    compact(index, 7);
    assert.equal(index.heldKeys, 1);
    const freed: Slot[] = [];
    const report = { forgot: () => undefined, freed: (gone: Slot) => freed.push(gone) };
    index.compact(8, { from: EMPTY_BYTES, keysMax: 10 }, report);
    assert.deepEqual(freed, [slot]);
    assert.equal(index.heldKeys, 0);
    assert.equal(index.find(bytes('k')), NO_SLOT);
    index.checkInvariants();
  });

  it('a long history: forgotten in bounded slices, right at the floor after each', () => {
    const index = new KeyIndex();
    for (let main = 2; main <= 1001; main++) index.put(bytes('hot'), main, 0);
    const slot = index.find(bytes('hot'));
    let from: Uint8Array | undefined = EMPTY_BYTES;
    let forgotten = 0;
    for (let slices = 1; from !== undefined; slices++) {
      const before = forgotten;
      const report = { forgot: () => forgotten++, freed: () => assert.fail('still live') };
      from = index.compact(901, { from, keysMax: 50 }, report);
      assert.ok(forgotten - before <= 50);
      assert.ok(slices <= 19);
      for (const revision of [901, 902, 950, 1001]) {
        assert.deepEqual(index.at(slot, revision), { main: revision, sub: 0 });
      }
      index.put(bytes('hot'), 1001 + slices, 0);
      index.checkInvariants();
    }
    assert.equal(forgotten, 899);
  });

  it('slices: each visits keysMax keys and says where the next starts', () => {
    const index = new KeyIndex();
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      index.put(bytes(key), index.heldKeys * 2 + 2, 0);
      index.put(bytes(key), index.heldKeys * 2 + 1, 0);
    }
    assert.deepEqual(compact(index, 99, 2), [['2.0', '4.0'], ['6.0', '8.0'], ['10.0']]);
  });
});

describe('key index: ranges', () => {
  function letters(): KeyIndex {
    const index = new KeyIndex();
    for (const [at, key] of [...'dbfaec'].entries()) index.put(bytes(key), at + 2, 0);
    index.tombstone(index.find(bytes('c')), 9, 0);
    return index;
  }

  it('liveSlots and countLive: half-open, without tombstones', () => {
    const index = letters();
    const span = { start: bytes('b'), end: bytes('e') };
    assert.deepEqual(keysOf(index, index.liveSlots(span, 0)), ['b', 'd']);
    assert.equal(index.countLive(span), 2);
    assert.deepEqual(keysOf(index, index.liveSlots(ALL, 3)), ['a', 'b', 'd']);
    assert.equal(index.countLive(ALL), 5);
  });

  it('an end at or below the start -> empty', () => {
    const index = letters();
    for (const end of ['b', 'd']) {
      const span = { start: bytes('d'), end: bytes(end) };
      assert.equal(index.countLive(span), 0);
      assert.deepEqual(index.liveSlots(span, 0), []);
      assert.equal(
        index.walk(span, 10, () => assert.fail('nothing to visit')),
        undefined,
      );
    }
  });

  it('walk: tombstones too, in slices', () => {
    const index = letters();
    const seen: Slot[] = [];
    const span = { start: bytes('b'), end: bytes('f') };
    const next = index.walk(span, 3, (slot) => seen.push(slot));
    assert.equal(next && latin1(next), 'e');
    assert.equal(
      index.walk({ ...span, start: next ?? EMPTY_BYTES }, 3, (slot) => seen.push(slot)),
      undefined,
    );
    assert.deepEqual(keysOf(index, seen), ['b', 'c', 'd', 'e']);
  });
});

describe('key index: restore and memory', () => {
  it('restore: in revision order, as after the writes themselves', () => {
    const index = new KeyIndex();
    const put = { createMain: 2, tombstone: false };
    const slot = index.restore(bytes('a'), { main: 5, sub: 0, version: 4, ...put });
    index.restore(bytes('b'), { main: 5, sub: 1, createMain: 0, version: 0, tombstone: true });
    index.restore(bytes('a'), { main: 6, sub: 0, version: 5, ...put });
    index.restore(bytes('c'), { main: 7, sub: 0, version: 1, createMain: 7, tombstone: false });
    index.restore(bytes('c'), { main: 8, sub: 0, version: 0, createMain: 0, tombstone: true });
    index.checkInvariants();
    assert.equal(index.liveKeys, 1);
    assert.equal(index.heldKeys, 3);
    assert.equal(index.createMain(slot), 2);
    assert.equal(index.version(slot), 5);
    assert.deepEqual(visible(index, slot, 6), [...Array<undefined>(5), '5.0', '6.0']);
    index.put(bytes('a'), 9, 0);
    assert.equal(index.version(slot), 6);
  });

  it('keys of more than a megabyte that differ in their last byte', () => {
    const index = new KeyIndex();
    const long = new Uint8Array(1_500_000).fill(0x61);
    const keys = ['', 'a', 'b'].map((end) => concatBytes([long, bytes(end)]));
    for (const [at, key] of keys.entries()) index.put(key, at + 2, 0);
    const held = index.bytesUsed;
    for (const [at, key] of keys.entries()) {
      assert.equal(index.modMain(index.find(key)), at + 2);
      index.tombstone(index.find(key), at + 5, 0);
    }
    assert.equal(index.find(long.subarray(1)), NO_SLOT);
    index.checkInvariants();
    compact(index, 100);
    assert.ok(index.bytesUsed < held - 4_000_000, 'their space is given back');
  });

  /** 2000 keys in ascending order, of which only each tenth is left live. */
  function thinned(): { index: KeyIndex; held: number } {
    const index = new KeyIndex({ slabBytes: 1024 });
    const nameOf = (i: number): string => `key ${String(i).padStart(60, '0')}`;
    for (let i = 0; i < 2000; i++) index.put(bytes(nameOf(i)), i + 2, 0);
    for (let i = 0; i < 2000; i++) {
      if (i % 10 !== 0) index.tombstone(index.find(bytes(nameOf(i))), 3000 + i, 0);
    }
    return { index, held: index.bytesUsed };
  }

  it('IDX-I4 compaction gives the space of dropped keys back as it goes', () => {
    const { index, held } = thinned();
    compact(index, 9000, 20);
    assert.ok(index.bytesUsed < held - 100_000, `${index.bytesUsed} of ${held}`);
  });

  it('IDX-I4 space that compaction had no time to give back serves new keys', () => {
    const { index } = thinned();
    compact(index, 9000, 10_000);
    const held = index.bytesUsed;
    for (let i = 0; i < 1000; i++) index.put(bytes(`new ${i}`.padEnd(90, 'x')), 9000 + i, 0);
    assert.ok(index.bytesUsed <= held + 12_000, `${index.bytesUsed} of ${held}`);
    index.checkInvariants();
  });
});

describe('key index: shape of the tree', () => {
  const nameOf = (i: number): string => `k${String(i).padStart(6, '0')}`;

  /** Puts keys 0 to count - 1, which fills nodes of 64, and drops those that do not stay. */
  function filled(count: number, stays: (i: number) => boolean): KeyIndex {
    const index = new KeyIndex();
    for (let i = 0; i < count; i++) index.put(bytes(nameOf(i)), i + 2, 0);
    for (let i = 0; i < count; i++) {
      if (!stays(i)) index.tombstone(index.find(bytes(nameOf(i))), count + i + 2, 0);
    }
    compact(index, 3 * count);
    return index;
  }

  it('IDX-I2 two inner nodes merge -> small leaves at the seam merge, too', () => {
    // The first inner node keeps ten full leaves and a last leaf of one key; the second one
    // keeps a first leaf of one key and nine full ones.
    const leafOf = (i: number): number => Math.floor(i / 64);
    const stays = (i: number): boolean =>
      leafOf(i) < 10 || i === 64 * 63 || i === 64 * 64 || (leafOf(i) > 64 && leafOf(i) < 74);
    const index = filled(64 * 128, stays);
    assert.equal(index.liveKeys, 19 * 64 + 2);
    const around = { start: bytes(nameOf(640)), end: bytes(nameOf(64 * 65)) };
    assert.deepEqual(keysOf(index, index.liveSlots(around, 0)), [nameOf(64 * 63), nameOf(64 * 64)]);
  });

  it('IDX-I2 a new last key in a full leaf with a small neighbour -> split in halves', () => {
    const index = filled(65, () => true);
    index.put(bytes(`${nameOf(63)}\0`), 100, 0);
    index.checkInvariants();
    assert.equal(index.countLive({ start: EMPTY_BYTES, end: bytes(nameOf(64)) }), 65);
  });

  it('IDX-I3 a separator outlives the key it was taken from', () => {
    const index = filled(200, (i) => i % 64 !== 0);
    for (let i = 0; i < 200; i++) {
      assert.equal(index.find(bytes(nameOf(i))) === NO_SLOT, i % 64 === 0);
    }
    for (let i = 0; i < 200; i += 64) index.put(bytes(nameOf(i)), 10_000 + i, 0);
    index.checkInvariants();
    assert.equal(index.countLive(ALL), 200);
  });
});
