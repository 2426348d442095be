import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REVISION_KEY_BYTES } from '../../../src/mvcc/backend/revision-key.ts';
import { KEY_START_BYTES_MAX } from '../../../src/mvcc/key-sizes.ts';
import { StoreHarness, VALUE_BYTES_TINY } from '../../support/mvcc/store-harness.ts';

async function sizesOf(harness: StoreHarness): Promise<[string, number][]> {
  const sizes: [string, number][] = [];
  const whole = await harness.store.walkKeySizes((key, bytes) => {
    sizes.push([Buffer.from(key).toString(), bytes]);
  });
  assert.ok(whole);
  return sizes;
}

describe('key-sizes', () => {
  it('live keys in order, with the bytes of their newest rows: all of them are the rows', async () => {
    const harness = await StoreHarness.open({ store: { sliceKeysMax: 3 } });
    for (let i = 0; i < 20; i++) harness.put(`k${String(i).padStart(2, '0')}`, 'v'.repeat(i));
    const sizes = await sizesOf(harness);
    assert.deepEqual(
      sizes.map(([key]) => key),
      Array.from({ length: 20 }, (_, i) => `k${String(i).padStart(2, '0')}`),
    );
    assert.equal(
      sizes.reduce((sum, [, bytes]) => sum + bytes, 0),
      harness.store.rowBytes,
    );
    harness.delete('k03');
    harness.put('k04', 'x'.repeat(1000));
    const later = new Map(await sizesOf(harness));
    assert.equal(later.has('k03'), false);
    const overhead = (sizes[5]?.[1] ?? 0) - 5;
    assert.ok(Math.abs((later.get('k04') ?? 0) - 1000 - overhead) < 4);
    assert.ok(overhead > REVISION_KEY_BYTES);
    await harness.close();
  });

  it('values that are not in memory -> the sizes of their rows on disk', async () => {
    const value = (i: number): string => 'v'.repeat(100 + i);
    const harness = await StoreHarness.open({
      valueBytesMax: VALUE_BYTES_TINY,
      buffer: { batchOperationsMax: 5, batchBytesMax: 1 << 20, keptBytesMax: 1 },
    });
    for (let i = 0; i < 50; i++) harness.put(`k${10 + i}`, value(i));
    await harness.now.buffer.flush();
    const sizes = await sizesOf(harness);
    const [first = 0] = sizes.map(([, bytes]) => bytes);
    assert.deepEqual(
      sizes.map(([, bytes]) => bytes - first),
      // A length of 128 takes one byte more.
      Array.from({ length: 50 }, (_, i) => i + (i >= 28 ? 1 : 0)),
    );
    await harness.close();
  });

  it('a long key -> its first KEY_START_BYTES_MAX bytes', async () => {
    const harness = await StoreHarness.open();
    harness.put('k'.repeat(1000), '');
    const [[key, bytes] = ['', 0]] = await sizesOf(harness);
    assert.equal(key, 'k'.repeat(KEY_START_BYTES_MAX));
    assert.ok(bytes > 1000);
    await harness.close();
  });

  it('the store closes -> the walk ends early, and close waits for it', async () => {
    const harness = await StoreHarness.open({ store: { sliceKeysMax: 1 } });
    for (let i = 0; i < 10; i++) harness.put(`k${i}`, '');
    const { turns } = harness.now;
    turns.hold();
    let visited = 0;
    let isOver = false;
    const walk = harness.store
      .walkKeySizes(() => visited++)
      .finally(() => {
        isOver = true;
      });
    await turns.step();
    const closing = harness.store.close();
    turns.release();
    await closing;
    assert.ok(isOver);
    assert.equal(await walk, false);
    assert.ok(visited < 10);
    await harness.now.backend.close();
  });
});
