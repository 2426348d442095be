import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BackendError, Bucket } from '../../../../src/base/ports/backend.ts';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import { loadMeta, MetaKey } from '../../../../src/mvcc/backend/meta.ts';
import { revisionKey } from '../../../../src/mvcc/backend/revision-key.ts';
import { MemoryBackend } from '../../../sim/memory-backend.ts';

type Rows = readonly (readonly [Bucket, Uint8Array, Uint8Array])[];

async function backendWith(rows: Rows): Promise<MemoryBackend> {
  const backend = await MemoryBackend.open();
  const batch = backend.batch();
  for (const [bucket, key, value] of rows) batch.put(bucket, key, value);
  await batch.commit();
  return backend;
}

describe('loadMeta', () => {
  test('empty state -> index 0, revision 1', async () => {
    assert.deepEqual(await loadMeta(await MemoryBackend.open()), {
      consistentIndex: 0,
      term: 0,
      confState: undefined,
      storageVersion: undefined,
      scheduledCompactRev: undefined,
      finishedCompactRev: undefined,
      currentRevision: 1,
      batch: 0,
    });
  });

  test('all rows there -> read as etcd stores them', async () => {
    const confState = utf8Bytes('{"voters":[1],"auto_leave":false}');
    const backend = await backendWith([
      [Bucket.meta, utf8Bytes('consistent_index'), Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 0)],
      [Bucket.meta, utf8Bytes('term'), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7)],
      [Bucket.meta, utf8Bytes('confState'), confState],
      [Bucket.meta, utf8Bytes('storageVersion'), utf8Bytes('3.6.0')],
      [Bucket.meta, utf8Bytes('scheduledCompactRev'), revisionKey(9, 0)],
      [Bucket.meta, utf8Bytes('finishedCompactRev'), revisionKey(8, 0)],
      [Bucket.key, revisionKey(5, 0), utf8Bytes('kv')],
      [Bucket.key, revisionKey(12, 1, true), utf8Bytes('kv')],
    ]);
    assert.deepEqual(await loadMeta(backend), {
      consistentIndex: 256,
      term: 7,
      confState,
      storageVersion: '3.6.0',
      scheduledCompactRev: 9,
      finishedCompactRev: 8,
      currentRevision: 12,
      batch: 0,
    });
  });

  test('compacted above the last row -> that is the current revision', async () => {
    const backend = await backendWith([
      [Bucket.key, revisionKey(5, 0), utf8Bytes('kv')],
      [Bucket.meta, MetaKey.scheduledCompactRev, revisionKey(9, 0)],
    ]);
    assert.equal((await loadMeta(backend)).currentRevision, 9);
  });

  test('rows that cannot be decoded -> BACKEND_CORRUPT', async () => {
    const short = Uint8Array.of(1, 2, 3);
    const bad: Rows = [
      [Bucket.meta, MetaKey.consistentIndex, short],
      [Bucket.meta, MetaKey.consistentIndex, new Uint8Array(8).fill(255)],
      [Bucket.meta, MetaKey.term, short],
      [Bucket.meta, MetaKey.storageVersion, Uint8Array.of(0xff)],
      [Bucket.meta, MetaKey.scheduledCompactRev, short],
      [Bucket.meta, MetaKey.finishedCompactRev, short],
      [Bucket.key, short, short],
    ];
    for (const row of bad) {
      await assert.rejects(
        loadMeta(await backendWith([row])),
        (error) => error instanceof BackendError && error.code === 'BACKEND_CORRUPT',
      );
    }
  });
});
