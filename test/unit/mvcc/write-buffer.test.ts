import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BackendError, Bucket } from '../../../src/base/ports/backend.ts';
import { utf8Bytes } from '../../../src/base/utf8.ts';
import { loadMeta, MetaKey } from '../../../src/mvcc/backend/meta.ts';
import { revisionKey } from '../../../src/mvcc/backend/revision-key.ts';
import type { HistoryRow } from '../../../src/mvcc/ports.ts';
import {
  BATCH_BYTES_MAX,
  BATCH_OPERATIONS_MAX,
  KEPT_BYTES_MAX,
  WriteBuffer,
  type WriteBufferBounds,
} from '../../../src/mvcc/write-buffer.ts';
import { MemoryBackend, type MemoryBackendDisk } from '../../sim/memory-backend.ts';

const b = utf8Bytes;

function row(main: number, sub = 0, value = `v${main}/${sub}`, tombstone = false): HistoryRow {
  return { main, sub, tombstone, kv: b(value) };
}

async function opened(disk?: MemoryBackendDisk, bounds?: WriteBufferBounds) {
  const backend = await MemoryBackend.open(disk);
  const buffer = new WriteBuffer(await loadMeta(backend), backend, bounds);
  return { backend, buffer };
}

/** Lets everything run that waits for no held commit. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Applies one entry that puts one row. */
function apply(buffer: WriteBuffer, index: number, main: number): void {
  buffer.putRevision(row(main));
  buffer.setApplied(index, 1);
}

describe('write buffer: flush', () => {
  test('given up behind a flush that has not begun -> it rejects, nothing lands', async () => {
    const { backend, buffer } = await opened();
    apply(buffer, 1, 2);
    const asked = buffer.flush();
    buffer.putRevision(row(3));
    buffer.abandon();
    await assert.rejects(asked, BackendError);
    await assert.rejects(buffer.flush(), BackendError);
    assert.equal(backend.crash().batches.length, 0);
  });

  test('rows and log position land in one batch (WB-I1)', async () => {
    const { backend, buffer } = await opened();
    buffer.put(Bucket.lease, b('l'), b('1'));
    buffer.putRevision(row(2));
    buffer.setConfState(b('{"voters":[1],"auto_leave":false}'));
    buffer.setApplied(5, 3);
    assert.equal(backend.getSync(Bucket.key, revisionKey(2, 0)), undefined);
    assert.equal(buffer.durableIndex, 0);
    await buffer.flush();
    assert.equal(buffer.durableIndex, 5);
    assert.equal(backend.crash().batches.length, 1);
    const again = await opened(backend.crash());
    assert.deepEqual(again.backend.getSync(Bucket.key, revisionKey(2, 0)), b('v2/0'));
    assert.deepEqual(again.backend.getSync(Bucket.lease, b('l')), b('1'));
    assert.deepEqual(
      again.backend.getSync(Bucket.meta, MetaKey.consistentIndex),
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 5),
    );
    assert.deepEqual(
      again.backend.getSync(Bucket.meta, MetaKey.term),
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 3),
    );
    assert.equal(again.buffer.appliedIndex, 5);
    assert.equal(again.buffer.durableIndex, 5);
    again.buffer.checkInvariants();
  });

  test('an entry that wrote nothing still moves consistent_index', async () => {
    const { backend, buffer } = await opened();
    buffer.setApplied(9, 2);
    await buffer.flush();
    assert.equal((await loadMeta(backend)).consistentIndex, 9);
  });

  test('nothing new -> no batch', async () => {
    const { backend, buffer } = await opened();
    await buffer.flush();
    apply(buffer, 1, 2);
    await buffer.flush();
    await buffer.flush();
    assert.equal(backend.crash().batches.length, 1);
  });

  test('written before any entry -> no consistent_index row', async () => {
    const { backend, buffer } = await opened();
    buffer.put(Bucket.meta, MetaKey.storageVersion, b('3.6.0'));
    await buffer.flush();
    assert.equal(backend.getSync(Bucket.meta, MetaKey.consistentIndex), undefined);
    assert.equal(backend.getSync(Bucket.meta, MetaKey.term), undefined);
    assert.equal((await loadMeta(backend)).storageVersion, '3.6.0');
  });

  test('called inside an entry -> the cut comes after the entry (WB-I2)', async () => {
    const { backend, buffer } = await opened();
    buffer.putRevision(row(2, 0));
    const flushed = buffer.flush();
    buffer.putRevision(row(2, 1));
    buffer.setApplied(1, 1);
    await flushed;
    assert.equal(backend.crash().batches.length, 1);
    assert.equal(buffer.durableIndex, 1);
  });

  test('while a commit is in flight, calls join the one after it (WB-I3)', async () => {
    const { backend, buffer } = await opened();
    backend.holdCommits = true;
    apply(buffer, 1, 2);
    const first = buffer.flush();
    await settle();
    apply(buffer, 2, 3);
    const second = buffer.flush();
    assert.equal(buffer.flush(), second);
    await settle();
    assert.equal(backend.heldCommits, 1);
    apply(buffer, 3, 4);
    backend.answerCommit();
    await first;
    assert.equal(buffer.durableIndex, 1);
    await settle();
    assert.equal(backend.heldCommits, 1);
    buffer.checkInvariants();
    backend.answerCommit();
    await second;
    assert.equal(buffer.durableIndex, 3);
    buffer.checkInvariants();
  });

  test('a commit fails -> this and all later flushes reject, rows stay readable (WB-I4)', async () => {
    const { backend, buffer } = await opened();
    apply(buffer, 1, 2);
    await buffer.flush();
    backend.failCommit(1);
    apply(buffer, 2, 3);
    const isIoError = (error: unknown) =>
      error instanceof BackendError && error.code === 'BACKEND_IO';
    const failing = buffer.flush();
    const joined = buffer.flush();
    await assert.rejects(failing, isIoError);
    await assert.rejects(joined, isIoError);
    apply(buffer, 3, 4);
    await assert.rejects(buffer.flush(), isIoError);
    await assert.rejects(buffer.flush(), isIoError);
    assert.equal(buffer.durableIndex, 1);
    assert.deepEqual(buffer.row(3, 0), row(3));
    buffer.checkInvariants();
    const meta = await loadMeta((await opened(backend.crash())).backend);
    assert.equal(meta.consistentIndex, 1);
    assert.equal(meta.currentRevision, 2);
  });

  test('applied index or term going back -> assertion', async () => {
    const { buffer } = await opened();
    buffer.setApplied(5, 3);
    assert.throws(() => buffer.setApplied(5, 3), { name: 'InvariantError' });
    assert.throws(() => buffer.setApplied(6, 2), { name: 'InvariantError' });
  });
});

describe('write buffer: rows in memory', () => {
  test('a put, a tombstone and their bytes, before and after the commit', async () => {
    const { backend, buffer } = await opened();
    const kv = b('value');
    buffer.putRevision({ main: 2, sub: 0, tombstone: false, kv });
    kv.fill(0);
    buffer.putRevision(row(3, 0, 'k', true));
    for (const _ of ['unflushed', 'flushed']) {
      assert.deepEqual(buffer.row(2, 0), row(2, 0, 'value'));
      assert.deepEqual(buffer.row(3, 0), row(3, 0, 'k', true));
      assert.equal(buffer.row(2, 1), undefined);
      assert.equal(buffer.row(4, 0), undefined);
      await buffer.flush();
    }
    assert.deepEqual(backend.getSync(Bucket.key, revisionKey(3, 0, true)), b('k'));
  });

  test('memoryFrom: current + 1 on an empty buffer, then the first row put', async () => {
    const { backend, buffer } = await opened();
    assert.equal(buffer.memoryFrom, 2);
    apply(buffer, 1, 2);
    assert.equal(buffer.memoryFrom, 2);
    await buffer.flush();
    const again = await opened(backend.crash());
    assert.equal(again.buffer.memoryFrom, 3);
    assert.deepEqual(again.buffer.rowsInMemory(3, 10), []);
  });

  test('rowsInMemory: spans kept, committing and filling runs, in order', async () => {
    const { backend, buffer } = await opened();
    apply(buffer, 1, 2);
    await buffer.flush();
    buffer.putRevision(row(3, 0));
    buffer.putRevision(row(3, 1));
    buffer.setApplied(2, 1);
    await buffer.flush();
    backend.holdCommits = true;
    apply(buffer, 3, 4);
    const committing = buffer.flush();
    await settle();
    apply(buffer, 4, 5);
    const all = [row(2), row(3, 0), row(3, 1), row(4), row(5)];
    assert.deepEqual(buffer.rowsInMemory(2, 5), all);
    assert.deepEqual(buffer.rowsInMemory(3, 4), all.slice(1, 4));
    assert.deepEqual(buffer.rowsInMemory(5, 99), all.slice(4));
    assert.deepEqual(buffer.rowsInMemory(6, 99), []);
    for (const each of all) assert.deepEqual(buffer.row(each.main, each.sub), each);
    assert.throws(() => buffer.rowsInMemory(1, 5), { name: 'InvariantError' });
    buffer.checkInvariants();
    backend.answerCommit();
    await committing;
  });

  test('flushed rows beyond KEPT_BYTES_MAX -> the oldest batch is dropped (WB-I6)', async () => {
    assert.equal(KEPT_BYTES_MAX, 8 * 1024 * 1024);
    const { buffer } = await opened(undefined, {
      batchOperationsMax: BATCH_OPERATIONS_MAX,
      batchBytesMax: BATCH_BYTES_MAX,
      keptBytesMax: 30_000,
    });
    for (let main = 2; main < 12; main++) {
      buffer.putRevision({ main, sub: 0, tombstone: false, kv: new Uint8Array(8_000) });
      buffer.setApplied(main, 1);
      await buffer.flush();
      buffer.checkInvariants();
    }
    assert.equal(buffer.memoryFrom, 9);
    assert.equal(buffer.row(8, 0), undefined);
    assert.equal(buffer.rowsInMemory(9, 11).length, 3);
  });

  test('rows that do not ascend -> assertion', async () => {
    const { buffer } = await opened();
    buffer.putRevision(row(2, 1));
    assert.throws(() => buffer.putRevision(row(2, 1)), { name: 'InvariantError' });
    assert.throws(() => buffer.putRevision(row(2, 0)), { name: 'InvariantError' });
    await buffer.flush();
    assert.throws(() => buffer.putRevision(row(1, 0)), { name: 'InvariantError' });
    assert.throws(() => buffer.putRevision(row(2, 2)), { name: 'InvariantError' });
    buffer.putRevision(row(3, 0));
  });

  test('removeRevision: of an unflushed, a committing and a stored row -> gone on disk (WB-I9)', async () => {
    const { backend, buffer } = await opened();
    apply(buffer, 1, 2);
    await buffer.flush();
    backend.holdCommits = true;
    buffer.putRevision(row(3, 0, 'k', true));
    buffer.setApplied(2, 1);
    const committing = buffer.flush();
    await settle();
    apply(buffer, 3, 4);
    apply(buffer, 4, 5);
    buffer.removeRevision({ main: 2, sub: 0, tombstone: false });
    buffer.removeRevision({ main: 3, sub: 0, tombstone: true });
    buffer.removeRevision({ main: 4, sub: 0, tombstone: false });
    backend.answerCommit();
    await committing;
    backend.holdCommits = false;
    await buffer.flush();
    const cursor = backend.scan({ bucket: Bucket.key });
    assert.deepEqual(
      (await cursor.next(10)).map(({ key }) => key),
      [revisionKey(5, 0)],
    );
  });
});

describe('write buffer: pin', () => {
  test('unflushed rows stay with the pin when they land, later rows do not show (WB-I5)', async () => {
    const { backend, buffer } = await opened();
    apply(buffer, 1, 2);
    await buffer.flush();
    backend.holdCommits = true;
    apply(buffer, 2, 3);
    const committing = buffer.flush();
    await settle();
    apply(buffer, 3, 4);
    const pin = buffer.pin();
    apply(buffer, 4, 5);
    backend.answerCommit();
    backend.holdCommits = false;
    await committing;
    await buffer.flush();
    assert.equal(pin.unflushedFrom, 3);
    assert.deepEqual(pin.unflushed(0, 99), [row(3), row(4)]);
    assert.deepEqual(pin.unflushed(4, 4), [row(4)]);
    assert.deepEqual(pin.row(3, 0), row(3));
    assert.equal(pin.row(2, 0), undefined);
    assert.equal(pin.row(5, 0), undefined);
    const keys = [revisionKey(2, 0), revisionKey(3, 0), revisionKey(5, 0)];
    const stored = await backend.getMany(Bucket.key, keys, pin.view);
    assert.deepEqual(stored, [b('v2/0'), undefined, undefined]);
    await pin.close();
    assert.equal(pin.row(3, 0), undefined);
  });

  test('everything is flushed -> all rows are in the view', async () => {
    const { backend, buffer } = await opened();
    apply(buffer, 1, 2);
    await buffer.flush();
    const pin = buffer.pin();
    assert.equal(pin.unflushedFrom, 3);
    assert.deepEqual(pin.unflushed(0, 99), []);
    assert.deepEqual(await backend.getMany(Bucket.key, [revisionKey(2, 0)], pin.view), [b('v2/0')]);
    await pin.close();
  });
});

describe('write buffer: bounds', () => {
  const bounds = { batchOperationsMax: 3, batchBytesMax: 1000, keptBytesMax: KEPT_BYTES_MAX };

  test('BATCH_OPERATIONS_MAX operations -> isFull', async () => {
    assert.equal(BATCH_OPERATIONS_MAX, 10_000);
    const { buffer } = await opened(undefined, bounds);
    buffer.put(Bucket.lease, b('a'), b('1'));
    buffer.remove(Bucket.lease, b('b'));
    assert.equal(buffer.operations, 2);
    assert.equal(buffer.isFull, false);
    buffer.put(Bucket.lease, b('c'), b('1'));
    assert.equal(buffer.isFull, true);
    assert.equal(buffer.isBlocked, false);
  });

  test('BATCH_BYTES_MAX bytes -> isFull', async () => {
    assert.equal(BATCH_BYTES_MAX, 8 * 1024 * 1024);
    const { buffer } = await opened(undefined, bounds);
    buffer.put(Bucket.lease, b('a'), new Uint8Array(998));
    assert.equal(buffer.bytes, 999);
    assert.equal(buffer.isFull, false);
    buffer.remove(Bucket.lease, b('a'));
    assert.equal(buffer.isFull, true);
  });

  test('full while a commit is in flight -> isBlocked until it has ended', async () => {
    const { backend, buffer } = await opened(undefined, bounds);
    backend.holdCommits = true;
    apply(buffer, 1, 2);
    const first = buffer.flush();
    await settle();
    for (let index = 2; index <= 4; index++) {
      assert.equal(buffer.isBlocked, false);
      apply(buffer, index, index + 1);
    }
    assert.equal(buffer.isBlocked, true);
    backend.answerCommit();
    await first;
    assert.equal(buffer.isBlocked, false);
  });
});
