import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RANGE_BYTES_MAX, RANGES_MAX } from '../../../../src/mvcc/range/range-budget.ts';
import { SLICE_BYTES_MAX } from '../../../../src/mvcc/range/range-scan.ts';
import { SLICE_KEYS_MAX } from '../../../../src/mvcc/store-ports.ts';
import { SortOrder, SortTarget } from '../../../../src/pb/index.ts';
import { codeOf, ok, rangeOf, rowsOf } from '../../../support/mvcc/requests.ts';
import {
  type HarnessOptions,
  StoreHarness,
  turn,
  VALUE_BYTES_TINY,
} from '../../../support/mvcc/store-harness.ts';

const VALUE = 'v'.repeat(100);

/** A store with `count` keys on disk, few of them in memory. */
async function onDisk(count: number, options: HarnessOptions = {}): Promise<StoreHarness> {
  const harness = await StoreHarness.open({ valueBytesMax: VALUE_BYTES_TINY, ...options });
  for (let i = 0; i < count; i++) harness.put(key(i), VALUE);
  await harness.now.buffer.flush();
  await harness.restart();
  return harness;
}

function key(i: number): string {
  return `k${10_000 + i}`;
}

const ALL = rangeOf('\0', '\0');

describe('range in slices', () => {
  it('all in memory and within a slice -> at once; beyond a slice -> in turns', async () => {
    const harness = await StoreHarness.open({ valueBytesMax: 1 << 20 });
    for (let i = 0; i < SLICE_KEYS_MAX; i++) harness.put(key(i), '');
    const atOnce = harness.store.range(ALL);
    assert.ok(!(atOnce instanceof Promise));
    assert.equal(ok(atOnce).kvs.length, SLICE_KEYS_MAX);
    harness.put('z', '');
    const inTurns = harness.store.range(ALL);
    assert.ok(inTurns instanceof Promise);
    assert.equal(ok(await inTurns).kvs.length, SLICE_KEYS_MAX + 1);
    await harness.close();
  });

  it('values of more than SLICE_BYTES_MAX -> in turns, and all of them', async () => {
    const harness = await StoreHarness.open();
    const value = 'v'.repeat(SLICE_BYTES_MAX / 4);
    for (let i = 0; i < 9; i++) harness.put(key(i), value);
    const answer = harness.store.range(ALL);
    assert.ok(answer instanceof Promise);
    const { kvs, count } = ok(await answer);
    assert.deepEqual([kvs.length, count], [9, 9]);
    const before = await harness.store.range(rangeOf('\0', '\0', { revision: 9 }));
    assert.equal(ok(before).kvs.length, 8);
    await harness.close();
  });

  it('writes between the slices -> not seen', async () => {
    const harness = await onDisk(20, { store: { sliceKeysMax: 4 } });
    const { turns, buffer } = harness.now;
    turns.hold();
    const answer = harness.store.range(ALL);
    for (let round = 0; turns.waiting > 0 || round < 3; round++) {
      harness.put(key(round), 'new');
      harness.delete(key(19 - round));
      harness.put(`k1000${round}x`, 'new');
      await buffer.flush();
      await turns.step();
    }
    const expected = Array.from({ length: 20 }, (_, i) => `${key(i)}=${VALUE}`);
    const response = ok(await answer);
    assert.deepEqual(rowsOf(response), expected);
    assert.deepEqual([response.count, response.header?.revision], [20, 21]);
    await harness.close();
  });

  it('a compaction above its revision waits for it (MVCC-I5)', async () => {
    const harness = await onDisk(12, { store: { sliceKeysMax: 2 } });
    const { turns, index } = harness.now;
    for (let i = 0; i < 12; i++) harness.put(key(i), 'new');
    turns.hold();
    const answer = harness.store.range(rangeOf('\0', '\0', { revision: 13 }));
    assert.ok(answer instanceof Promise);
    ok(harness.compact(25));
    assert.equal(
      codeOf(harness.store.range(rangeOf(key(0), '', { revision: 13 }))),
      'MVCC_COMPACTED',
    );
    const held = index.heldRevisions;
    let isAnswered = false;
    const rows = answer.then((response) => {
      isAnswered = true;
      return rowsOf(response);
    });
    while (!isAnswered) {
      assert.equal(index.heldRevisions, held);
      await turns.step();
    }
    assert.deepEqual(
      await rows,
      Array.from({ length: 12 }, (_, i) => `${key(i)}=${VALUE}`),
    );
    turns.release();
    await harness.store.compactionsSettled();
    assert.equal(index.heldRevisions, 12);
    await harness.close();
  });

  it('a sort of many rows -> in order', async () => {
    const harness = await StoreHarness.open({ valueBytesMax: 1 << 22 });
    for (let i = 0; i < 5000; i++) harness.put(key((i * 7919) % 5000), '');
    const request = rangeOf('\0', '\0', {
      sortTarget: SortTarget.MOD,
      sortOrder: SortOrder.DESCEND,
    });
    const rows = rowsOf(await harness.store.range(request));
    const expected = Array.from({ length: 5000 }, (_, i) => key((i * 7919) % 5000)).reverse();
    assert.deepEqual(rows, expected);
    await harness.close();
  });

  it('a limit behind many deleted keys -> found without walking them', async () => {
    const harness = await StoreHarness.open();
    for (let i = 0; i < 3 * SLICE_KEYS_MAX; i++) harness.put(key(i), '');
    harness.delete('k', '\0');
    harness.put('z', '1');
    const answer = harness.store.range(rangeOf('a', '\0', { limit: 1 }));
    assert.ok(!(answer instanceof Promise));
    assert.deepEqual(rowsOf(answer), ['z=1']);
    await harness.close();
  });
});

describe('what ranges hold in memory', () => {
  it('by default RANGE_BYTES_MAX', () => {
    assert.equal(RANGE_BYTES_MAX, 256 * 1024 * 1024);
  });

  it('at the bound younger ones wait, the oldest goes on, and all are answered (MVCC-I6)', async () => {
    const harness = await onDisk(40, { store: { sliceKeysMax: 4, rangeBytesMax: 1 } });
    const { turns } = harness.now;
    turns.hold();
    const answered: number[] = [];
    const answers = [0, 1, 2].map(async (i) => {
      const response = ok(await harness.store.range(ALL));
      answered.push(i);
      return response.kvs.length;
    });
    await turn();
    while (turns.waiting > 0) {
      harness.store.checkInvariants();
      await turns.step();
    }
    assert.deepEqual(await Promise.all(answers), [40, 40, 40]);
    assert.deepEqual(answered, [0, 1, 2]);
    await harness.close();
  });

  it('a range that memory can answer never waits', async () => {
    const harness = await onDisk(40, { store: { sliceKeysMax: 4, rangeBytesMax: 1 } });
    harness.put('hot', '1');
    const slow = harness.store.range(ALL);
    const quick = harness.store.range(rangeOf('hot'));
    assert.ok(slow instanceof Promise && !(quick instanceof Promise));
    assert.deepEqual(rowsOf(quick), ['hot=1']);
    assert.equal(ok(await slow).kvs.length, 41);
    await harness.close();
  });

  it('more than RANGES_MAX unfinished -> MVCC_TOO_MANY_READS', async () => {
    const harness = await onDisk(40, { store: { sliceKeysMax: 40 } });
    const answers = Array.from({ length: RANGES_MAX }, () => harness.store.range(ALL));
    assert.equal(codeOf(harness.store.range(ALL)), 'MVCC_TOO_MANY_READS');
    for (const answer of answers) assert.equal(ok(await answer).kvs.length, 40);
    assert.equal(ok(await harness.store.range(ALL)).kvs.length, 40);
    await harness.close();
  });

  it('a failing disk -> the range rejects, and holds nothing any more', async () => {
    const harness = await onDisk(40);
    const { backend } = harness.now;
    const getMany = backend.getMany.bind(backend);
    backend.getMany = async () => {
      throw new Error('unreadable');
    };
    await assert.rejects(async () => harness.store.range(ALL), /unreadable/);
    backend.getMany = getMany;
    assert.equal(ok(await harness.store.range(ALL)).kvs.length, 40);
    await harness.close();
  });

  it('a row that the index knows and the disk does not -> BACKEND_CORRUPT', async () => {
    const harness = await onDisk(40);
    const { backend } = harness.now;
    backend.getMany = async (_, keys) => keys.map(() => undefined);
    await assert.rejects(async () => harness.store.range(ALL), { code: 'BACKEND_CORRUPT' });
    await harness.close();
  });
});

describe('a closing store', () => {
  it('waits for ranges, refuses new ones with MVCC_CLOSED', async () => {
    const harness = await onDisk(40, { store: { sliceKeysMax: 4 } });
    const answer = harness.store.range(ALL);
    let isAnswered = false;
    const check = Promise.resolve(answer).then((response) => {
      isAnswered = true;
      return ok(response).kvs.length;
    });
    const closing = harness.store.close();
    assert.equal(codeOf(harness.store.range(ALL)), 'MVCC_CLOSED');
    await closing;
    assert.ok(isAnswered);
    assert.equal(await check, 40);
    await harness.now.backend.close();
  });
});
