import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bucket } from '../../../src/base/ports/backend.ts';
import { loadMeta } from '../../../src/mvcc/backend/meta.ts';
import { readRevisionKey } from '../../../src/mvcc/backend/revision-key.ts';
import { COMPACTIONS_QUEUED_MAX } from '../../../src/mvcc/compactor.ts';
import { codeOf, ok, putOp, rangeOf, rowsOf, txnOf } from '../../support/mvcc/requests.ts';
import { StoreHarness, turn } from '../../support/mvcc/store-harness.ts';

/** Main revisions on disk; a tombstone has a t behind it. */
async function onDisk({ now }: StoreHarness): Promise<string[]> {
  await now.buffer.flush();
  const rows = await now.backend.scan({ bucket: Bucket.key }).next(10_000);
  return rows.map((row) => {
    const { main, tombstone } = readRevisionKey(row.key);
    return `${main}${tombstone ? 't' : ''}`;
  });
}

async function finished({ now }: StoreHarness): Promise<number | undefined> {
  await now.buffer.flush();
  return (await loadMeta(now.backend)).finishedCompactRev;
}

describe('compaction: the answer', () => {
  it('header.revision is the current one, which stays', async () => {
    const harness = await StoreHarness.open();
    for (const value of ['1', '2', '3']) harness.put('a', value);
    assert.equal(ok(harness.compact(3)).header?.revision, 4);
    assert.equal(harness.store.currentRevision, 4);
    await harness.close();
  });

  it('at or below the floor -> MVCC_COMPACTED; above the current -> MVCC_FUTURE_REVISION', async () => {
    const harness = await StoreHarness.open();
    for (const value of ['1', '2', '3']) harness.put('a', value);
    assert.equal(codeOf(harness.compact(5)), 'MVCC_FUTURE_REVISION');
    ok(harness.compact(3));
    assert.equal(codeOf(harness.compact(3)), 'MVCC_COMPACTED');
    assert.equal(codeOf(harness.compact(-1)), 'MVCC_COMPACTED');
    ok(harness.compact(4));
    assert.deepEqual(harness.now.sink.floors, [3, 4]);
    await harness.close();
  });

  it('revision 0 of a store never compacted -> accepted once, nothing goes', async () => {
    const harness = await StoreHarness.open();
    assert.equal(codeOf(harness.compact(-1)), 'MVCC_COMPACTED');
    harness.put('a', '1');
    ok(harness.compact(0));
    assert.equal(codeOf(harness.compact(0)), 'MVCC_COMPACTED');
    await harness.store.compactionsSettled();
    assert.deepEqual(await onDisk(harness), ['2']);
    assert.equal(await finished(harness), 0);
    await harness.close();
  });
});

describe('compaction: what goes', () => {
  it('of each key all before its newest revision at the floor, and that if deleted before', async () => {
    const harness = await StoreHarness.open();
    for (const key of ['a', 'b', 'c', 'a']) harness.put(key, ''); // 2 to 5
    harness.delete('b'); // 6
    harness.put('a', ''); // 7
    harness.delete('c'); // 8
    harness.put('c', ''); // 9
    ok(harness.compact(8));
    await harness.store.compactionsSettled();
    // The tombstone at exactly the floor stays, and goes with the next compaction.
    assert.deepEqual(await onDisk(harness), ['7', '8t', '9']);
    ok(harness.compact(9));
    await harness.store.compactionsSettled();
    assert.deepEqual(await onDisk(harness), ['7', '9']);
    assert.deepEqual(rowsOf(await harness.store.range(rangeOf('\0', '\0'))), ['a', 'c']);
    await harness.close();
  });

  it('the floor moves at once, history goes slice by slice with pauses (MVCC-I4)', async () => {
    const harness = await StoreHarness.open({
      store: { compactionBatchLimit: 10, sliceKeysMax: 7 },
    });
    for (let i = 0; i < 100; i++) harness.put(`k${i % 50}`, '');
    const { turns, buffer, index } = harness.now;
    await buffer.flush();
    turns.hold();
    ok(harness.compact(101));
    assert.equal(harness.store.compactRevision, 101);
    assert.equal(index.heldRevisions, 100);
    await turn();
    for (let held = 100; turns.waiting > 0; ) {
      const before = buffer.operations;
      await turns.step();
      assert.ok(buffer.operations - before <= 11, 'a batch is removed at a time');
      assert.ok(held - index.heldRevisions <= 8, 'a slice is forgotten at a time');
      held = index.heldRevisions;
      harness.put('between', '');
    }
    turns.release();
    await harness.store.compactionsSettled();
    assert.equal(index.heldRevisions - harness.store.currentRevision, 50 - 101);
    assert.equal(await finished(harness), 101);
    await harness.close();
  });

  it('removals fill batches: at the bound of the write buffer it waits for a flush', async () => {
    const harness = await StoreHarness.open({
      store: { compactionBatchLimit: 5 },
      buffer: { batchOperationsMax: 20, batchBytesMax: 1 << 20, keptBytesMax: 1 },
    });
    for (let i = 0; i < 100; i++) harness.put('a', '');
    const { backend, buffer } = harness.now;
    await buffer.flush();
    ok(harness.compact(101));
    backend.holdCommits = true;
    for (let i = 0; i < 200; i++) await turn();
    // One generation is being committed, the other is full.
    assert.equal(backend.heldCommits, 1);
    assert.ok(buffer.operations <= 25);
    backend.holdCommits = false;
    while (backend.heldCommits > 0) backend.answerCommit();
    await harness.store.compactionsSettled();
    assert.deepEqual(await onDisk(harness), ['101']);
    await harness.close();
  });
});

describe('compaction: several', () => {
  it('they queue, and are settled in order', async () => {
    const harness = await StoreHarness.open();
    for (let i = 0; i < 20; i++) harness.put('a', '');
    const { turns } = harness.now;
    turns.hold();
    ok(harness.compact(5));
    const first = harness.store.compactionsSettled();
    ok(harness.compact(10));
    const second = harness.store.compactionsSettled();
    let done = 0;
    const firstDone = first.then(() => done++);
    const secondDone = second.then(() => done++);
    while (done === 0) await turns.step();
    assert.equal(await firstDone, 0);
    assert.equal(await finished(harness), 5);
    turns.release();
    assert.equal(await secondDone, 1);
    assert.equal(await finished(harness), 10);
    await harness.close();
  });

  it('more than COMPACTIONS_QUEUED_MAX -> the last waiting takes the higher floor', async () => {
    const harness = await StoreHarness.open();
    const count = COMPACTIONS_QUEUED_MAX + 10;
    for (let i = 0; i < count; i++) harness.put('a', '');
    const { turns } = harness.now;
    turns.hold();
    for (let i = 0; i < count; i++) ok(harness.compact(2 + i));
    harness.store.checkInvariants();
    turns.release();
    await harness.store.compactionsSettled();
    assert.equal(await finished(harness), count + 1);
    assert.deepEqual(await onDisk(harness), [`${count + 1}`]);
    await harness.close();
  });
});

describe('compaction: interrupted', () => {
  it('a crash half way -> goes on after the restart, with the floor where it was', async () => {
    const harness = await StoreHarness.open({
      store: { compactionBatchLimit: 3, sliceKeysMax: 2 },
    });
    for (let i = 0; i < 40; i++) harness.put(`k${i % 10}`, `${i}`);
    harness.now.turns.hold();
    ok(harness.compact(35));
    let left = 40;
    while (left === 40) {
      await harness.now.turns.step();
      left = (await onDisk(harness)).length;
    }
    assert.ok(left > 16, `${left} rows left`);
    assert.equal(await finished(harness), undefined);
    await harness.restart();
    assert.equal(harness.store.compactRevision, 35);
    assert.equal(
      codeOf(harness.store.range(rangeOf('k1', '', { revision: 34 }))),
      'MVCC_COMPACTED',
    );
    await harness.store.compactionsSettled();
    assert.equal((await onDisk(harness)).length, 16);
    assert.equal(await finished(harness), 35);
    await harness.close();
  });

  it('close -> stops between two slices, who waits gets MVCC_CLOSED', async () => {
    const harness = await StoreHarness.open({ store: { sliceKeysMax: 1 } });
    for (let i = 0; i < 40; i++) harness.put(`k${i % 10}`, '');
    const { turns } = harness.now;
    turns.hold();
    ok(harness.compact(41));
    const settled = harness.store.compactionsSettled();
    await turns.step();
    const closing = harness.store.close();
    turns.release();
    await closing;
    await assert.rejects(settled, { code: 'MVCC_CLOSED' });
    assert.equal(await finished(harness), undefined);
    await harness.now.backend.close();
  });

  it('a failing disk -> reported as fatal, who waits gets an error', async () => {
    const harness = await StoreHarness.open({
      store: { compactionBatchLimit: 1 },
      buffer: { batchOperationsMax: 2, batchBytesMax: 1 << 20, keptBytesMax: 1 },
    });
    for (let i = 0; i < 10; i++) harness.put('a', '');
    await harness.now.buffer.flush();
    harness.now.backend.failCommit(1);
    ok(harness.compact(11));
    await assert.rejects(harness.store.compactionsSettled(), { code: 'MVCC_CLOSED' });
    assert.deepEqual(
      harness.fatal.map((error) => (error as { code?: string }).code),
      ['BACKEND_IO'],
    );
  });
});

describe('compaction: while a txn changes one key several times', () => {
  it('the last change at the floor is the one that stays', async () => {
    const harness = await StoreHarness.open();
    ok(harness.txn(txnOf([putOp('a', '1'), putOp('a', '2'), putOp('a', '3')])));
    ok(harness.compact(2));
    await harness.store.compactionsSettled();
    assert.deepEqual(await onDisk(harness), ['2']);
    assert.deepEqual(rowsOf(await harness.store.range(rangeOf('a', '', { revision: 2 }))), ['a=3']);
    await harness.close();
  });
});

describe('compaction: who measures it', () => {
  it('is told of each begin and end, with the rows removed in between', async () => {
    const told: (string | number)[] = [];
    const harness = await StoreHarness.open({
      compactionObserver: {
        began: () => told.push('began'),
        ended: (removedRows) => told.push(removedRows),
      },
    });
    for (const value of ['1', '2', '3', '4']) harness.put('a', value);
    ok(harness.compact(4));
    await harness.store.compactionsSettled();
    ok(harness.compact(5));
    await harness.store.compactionsSettled();
    assert.deepEqual(told, ['began', 2, 'began', 1]);
    await harness.close();
  });
});
