import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import { SPARED_SLABS_MAX, ValueCache } from '../../../src/mvcc/value-cache.ts';

const SLAB_BYTES = 1024;

function cacheOf(slabs: number): ValueCache {
  return new ValueCache({ bytesMax: slabs * SLAB_BYTES, slabBytes: SLAB_BYTES });
}

function value(slot: number, length = 56): Uint8Array {
  return fromLatin1(`value ${slot} `.padEnd(length, '.'));
}

function kept(cache: ValueCache, slots: number): number[] {
  const all = Array.from({ length: slots }, (_, slot) => slot);
  return all.filter((slot) => cache.view(slot) !== undefined);
}

/** Sets slots 0, 1, … until the cache evicts for the first time; returns how many were set. */
function fill(cache: ValueCache): number {
  let slots = 0;
  while (cache.values === slots) {
    cache.set(slots, value(slots));
    slots++;
  }
  cache.checkInvariants();
  return slots;
}

describe('value cache', () => {
  it('set and view: the bytes, copied; a miss is undefined', () => {
    const cache = cacheOf(8);
    const bytes = value(3);
    cache.set(3, bytes);
    bytes.fill(0);
    assert.deepEqual(cache.view(3), value(3));
    for (const slot of [0, 4, 100_000]) assert.equal(cache.view(slot), undefined);
  });

  it('set again: longer, shorter, empty', () => {
    const cache = cacheOf(8);
    for (const text of ['a', 'a much longer value than before', 'bb', '']) {
      cache.set(0, fromLatin1(text));
      assert.equal(latin1(cache.view(0) ?? fromLatin1('miss')), text);
    }
    assert.equal(cache.values, 1);
    cache.checkInvariants();
  });

  it('remove: a miss from then on; nothing happens twice', () => {
    const cache = cacheOf(8);
    cache.set(1, value(1));
    cache.remove(1);
    cache.remove(1);
    cache.remove(9999);
    assert.equal(cache.view(1), undefined);
    assert.equal(cache.values, 0);
    cache.checkInvariants();
  });

  it('VAL-I2 a value above the bound is not kept, and the former one is gone, too', () => {
    const cache = cacheOf(8);
    cache.set(0, value(0));
    cache.set(1, value(1));
    cache.set(0, new Uint8Array(8 * SLAB_BYTES));
    assert.equal(cache.view(0), undefined);
    assert.deepEqual(cache.view(1), value(1));
  });

  it('VAL-I1 a long value evicts as much as it needs', () => {
    const cache = cacheOf(8);
    const slots = fill(cache);
    const long = new Uint8Array(5 * SLAB_BYTES).fill(7);
    cache.set(slots, long);
    cache.checkInvariants();
    assert.deepEqual(cache.view(slots), long);
    assert.ok(cache.bytesUsed <= 8 * SLAB_BYTES);
  });

  it('VAL-I3 second chance: values that are read stay while others pass through', () => {
    const cache = cacheOf(16);
    const hot = [0, 1, 2, 3, 4];
    for (const slot of hot) cache.set(slot, value(slot));
    for (let slot = 100; slot < 3000; slot++) {
      cache.set(slot, value(slot));
      for (const read of hot) assert.deepEqual(cache.view(read), value(read), `after ${slot}`);
    }
    assert.ok(cache.values < 300);
    cache.checkInvariants();
  });

  it('VAL-I3 all values referenced -> after SPARED_SLABS_MAX slabs one is emptied', () => {
    const cache = cacheOf(3 * SPARED_SLABS_MAX);
    const slots = fill(cache);
    const perSlab = SLAB_BYTES / 64;
    const lost = slots - kept(cache, slots).length;
    assert.equal(lost, perSlab);
    const firstLost = SPARED_SLABS_MAX * perSlab;
    assert.equal(cache.view(firstLost - 1) !== undefined, true);
    assert.equal(cache.view(firstLost), undefined);
  });

  it('VAL-I3 space of removed values serves new ones before anything is evicted', () => {
    const cache = cacheOf(32);
    const slots = fill(cache);
    const before = kept(cache, slots);
    for (const slot of before) if (slot % 10 !== 0) cache.remove(slot);
    for (let slot = slots; slot < slots + before.length / 2; slot++) cache.set(slot, value(slot));
    cache.checkInvariants();
    assert.deepEqual(
      kept(cache, slots),
      before.filter((slot) => slot % 10 === 0),
    );
  });

  it('slabs of short values make room for long ones and the other way round', () => {
    const cache = cacheOf(16);
    for (const length of [16, 240, 16, 5000, 100, 700]) {
      for (let slot = 0; slot < 1000; slot++) {
        cache.set(slot, value(slot, length));
        assert.deepEqual(cache.view(slot), value(slot, length));
      }
      cache.checkInvariants();
      const bytes = kept(cache, 1000).reduce((sum, at) => sum + (cache.view(at)?.length ?? 0), 0);
      assert.ok(bytes > 5 * SLAB_BYTES, `${bytes} bytes of values of ${length} kept`);
    }
  });

  it('our own mistakes are caught: a bound of fewer than four slabs, or beyond references', () => {
    assert.throws(() => cacheOf(3), /at least/);
    assert.throws(() => new ValueCache({ bytesMax: 2 ** 34 }), /reach/);
  });
});
