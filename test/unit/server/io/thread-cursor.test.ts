import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import {
  type BackendCursor,
  BackendError,
  type BackendErrorCode,
  type BackendRow,
  Bucket,
} from '../../../../src/base/ports/backend.ts';
import { LevelBackend } from '../../../../src/server/io/level-backend.ts';
import {
  packed,
  type RowThreadMessage,
  slicesAheadMax,
  unpacked,
} from '../../../../src/server/io/row-thread-messages.ts';

/** More than one slice, and no multiple of one. */
const ROWS = 2500;

async function filled(
  t: TestContext,
  rows = ROWS,
): Promise<{ folder: string; backend: LevelBackend }> {
  const folder = await mkdtemp(join(tmpdir(), 'etcd-ts-rows-'));
  const backend = await LevelBackend.open(folder, 'create');
  t.after(async () => {
    await backend.close();
    await rm(folder, { recursive: true, force: true });
  });
  const batch = backend.batch();
  for (let n = 0; n < rows; n++) {
    const key = Uint8Array.of(n >>> 8, n & 0xff);
    batch.put(Bucket.key, key, new Uint8Array(n % 50).fill(n));
  }
  // Of the buckets around it.
  batch.put(Bucket.cluster, Uint8Array.of(1), Uint8Array.of(1));
  batch.put(Bucket.lease, Uint8Array.of(2), Uint8Array.of(2));
  await batch.commit();
  return { folder, backend };
}

async function allOf(cursor: BackendCursor, rowsMax: number): Promise<BackendRow[]> {
  const all: BackendRow[] = [];
  for (;;) {
    const rows = await cursor.next(rowsMax);
    assert.ok(rows.length <= rowsMax);
    all.push(...rows);
    if (rows.length === 0) break;
  }
  assert.deepEqual(await cursor.next(rowsMax), [], 'the end stays the end');
  await cursor.close();
  return all;
}

const hasCode = (code: BackendErrorCode) => (error: unknown) =>
  error instanceof BackendError && error.code === code;

describe('a long scan, in a thread', () => {
  for (const rowsMax of [7, 1000, 5000]) {
    it(`${rowsMax} rows at a time -> those of a scan in this thread`, async (t) => {
      const { backend } = await filled(t);
      const expected = await allOf(backend.scan({ bucket: Bucket.key }), 1000);
      assert.equal(expected.length, ROWS);
      const rows = await allOf(backend.scan({ bucket: Bucket.key, isLong: true }), rowsMax);
      assert.deepEqual(rows, expected);
    });
  }

  it('an empty bucket -> no rows', async (t) => {
    const { backend } = await filled(t);
    assert.deepEqual(await allOf(backend.scan({ bucket: Bucket.alarm, isLong: true }), 10), []);
  });

  it('closed before its end -> the backend can be closed and opened', async (t) => {
    const { folder, backend } = await filled(t);
    const cursor = backend.scan({ bucket: Bucket.key, isLong: true });
    assert.equal((await cursor.next(10)).length, 10);
    await cursor.close();
    await backend.close();
    await (await LevelBackend.open(folder, 'existing')).close();
  });

  it('the backend is closed meanwhile -> BACKEND_CLOSED', async (t) => {
    const { backend } = await filled(t);
    const cursor = backend.scan({ bucket: Bucket.key, isLong: true });
    const reading = cursor.next(10);
    await Promise.all([assert.rejects(reading, hasCode('BACKEND_CLOSED')), backend.close()]);
  });

  it('slices that nobody takes -> no more than slicesAheadMax are sent', async (t) => {
    const { folder } = await filled(t, 1000 * (slicesAheadMax + 3));
    const script = '../../../../src/server/io/row-thread-worker.js';
    const workerData = { folder, bucket: Bucket.key };
    const worker = new Worker(new URL(script, import.meta.url), { workerData });
    let slices = 0;
    const sent = new Promise<void>((resolve) => {
      worker.on('message', ({ kind }: RowThreadMessage) => {
        if (kind === 'slice') slices++;
        if (slices === slicesAheadMax) resolve();
      });
    });
    await sent;
    worker.postMessage('close');
    await once(worker, 'exit');
    assert.equal(slices, slicesAheadMax);
  });

  it('rows packed and unpacked -> the same rows', () => {
    const rows = [0, 1, 300].map((length) => ({
      key: new Uint8Array(length + 1).fill(length),
      value: new Uint8Array(length).fill(7),
    }));
    assert.deepEqual(unpacked(packed(rows)), rows);
    assert.deepEqual(unpacked(packed([])), []);
  });
});
