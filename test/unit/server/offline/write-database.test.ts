import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromLatin1 } from '../../../../src/base/bytes.ts';
import { Bucket, NAMED_BUCKETS } from '../../../../src/base/ports/backend.ts';
import { BboltFile } from '../../../../src/bbolt/index.ts';
import { backendSource, fileSource } from '../../../../src/server/offline/database-source.ts';
import type { OfflineError } from '../../../../src/server/offline/errors.ts';
import {
  type BucketEdit,
  type DatabaseEdits,
  writeDatabase,
} from '../../../../src/server/offline/write-database.ts';
import { MemoryBackend, MemoryBackendDisk } from '../../../sim/memory-backend.ts';
import { MemoryFileSystem } from '../../../sim/memory-file-system.ts';
import {
  type Content,
  contentOf,
  open,
  writtenInPlace,
} from '../../../support/bbolt/bbolt-files.ts';
import { golden } from '../../../support/bbolt/golden.ts';

const rows = (content: Readonly<Record<string, string>>) =>
  Object.entries(content).map(([key, value]) => ({
    key: fromLatin1(key),
    value: fromLatin1(value),
  }));

/** What a file written from `content` with `edits` holds after a power loss. */
async function written(content: Content, edits: Record<string, BucketEdit> = {}): Promise<Content> {
  const source = fileSource(open(writtenInPlace(content)));
  return writtenFrom(source, new Map(Object.entries(edits)));
}

async function writtenFrom(
  source: ReturnType<typeof fileSource>,
  edits: DatabaseEdits,
): Promise<Content> {
  const files = new MemoryFileSystem();
  const file = files.open('/db', 'create');
  files.syncDirectory('/');
  await writeDatabase(source, edits, file);
  file.close();
  const lasting = files.afterPowerLoss({ below: () => 0 });
  return contentOf(BboltFile.open(lasting.open('/db', 'read')));
}

const many = (count: number, value: (at: number) => string): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`k${String(at).padStart(6, '0')}`, value(at)]),
  );

describe('write database', () => {
  it('OFFLINE-I1: without edits -> every bucket and row, of etcd and others', async () => {
    const content = { empty: {}, key: many(3000, (at) => 'v'.repeat(at)), other: { '\xff': '' } };
    assert.deepEqual(await written(content), content);
  });

  it('OFFLINE-I1: a file of real etcd -> its rows', async () => {
    const file = open(golden('etcd-3.6.14.db'));
    assert.deepEqual(await writtenFrom(fileSource(file), new Map()), contentOf(file));
  });

  it('OFFLINE-I1: a backend -> the buckets of etcd, and not our own', async () => {
    const backend = await MemoryBackend.open(new MemoryBackendDisk());
    const batch = backend.batch();
    batch.put(Bucket.own, fromLatin1('seal'), fromLatin1('x'));
    batch.put(Bucket.key, fromLatin1('a'), fromLatin1('1'));
    batch.put(Bucket.meta, fromLatin1('b'), fromLatin1('2'));
    await batch.commit();
    const found = await writtenFrom(backendSource(backend), new Map());
    const empty = Object.fromEntries(NAMED_BUCKETS.map(([name]) => [name, {}]));
    assert.deepEqual(found, { ...empty, key: { a: '1' }, meta: { b: '2' } });
  });

  it('put -> in the place of a row, before, between and behind the others', async () => {
    const put = rows({ z: '9', c: 'new', a: '0', d: '4' });
    const found = await written({ meta: { b: '1', c: '2', e: '3' } }, { meta: { put } });
    assert.deepEqual(found, { meta: { a: '0', b: '1', c: 'new', d: '4', e: '3', z: '9' } });
  });

  it('put into a large bucket -> each in its place', async () => {
    const key = many(2000, () => 'old');
    const put = rows({ k: 'first', k000511: 'new', k0005115: 'between', k9: 'last' });
    const found = await written({ key }, { key: { put } });
    const expected = { ...key, k: 'first', k000511: 'new', k0005115: 'between', k9: 'last' };
    assert.deepEqual(found, { key: expected });
  });

  it('without some rows, without all -> the others, and those put', async () => {
    const meta = { a: '1', b: '2', c: '3' };
    const without = [fromLatin1('b'), fromLatin1('missing')];
    assert.deepEqual(await written({ meta }, { meta: { without } }), { meta: { a: '1', c: '3' } });
    const all = { without: 'all', put: rows({ b: 'new' }) } as const;
    assert.deepEqual(await written({ meta }, { meta: all }), { meta: { b: 'new' } });
    assert.deepEqual(await written({ meta }, { meta: { without: 'all' } }), { meta: {} });
  });

  it('an edit of a bucket that is not there -> the bucket is made, in order', async () => {
    const put = rows({ a: '1' });
    const found = await written({ key: {}, meta: {} }, { lease: { put }, alarm: {} });
    assert.deepEqual(found, { alarm: {}, key: {}, lease: { a: '1' }, meta: {} });
  });

  it('a bucket inside one of etcd -> refused', async () => {
    const file = open(golden('bbolt-1.5.0-page-1024.db'));
    await assert.rejects(
      writtenFrom(fileSource(file), new Map()),
      ({ code }: OfflineError) => code === 'OFFLINE_NESTED_BUCKET',
    );
  });
});
