/** What every implementation of the backend port must do; run on the fake and on LevelDB. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { latin1 } from '../../src/base/bytes.ts';
import {
  type Backend,
  type BackendCursor,
  BackendError,
  type BackendErrorCode,
  Bucket,
} from '../../src/base/ports/backend.ts';
import { utf8Bytes } from '../../src/base/utf8.ts';
import { LevelBackend } from '../../src/server/io/level-backend.ts';
import { MemoryBackend, MemoryBackendDisk } from '../sim/memory-backend.ts';

/** Opens the same place each time it is called. */
type Open = () => Promise<Backend>;

const b = utf8Bytes;

function hasCode(code: BackendErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof BackendError && error.code === code;
}

async function write(backend: Backend, rows: Record<string, string | undefined>): Promise<void> {
  const batch = backend.batch();
  for (const [key, value] of Object.entries(rows)) {
    if (value === undefined) batch.remove(Bucket.key, b(key));
    else batch.put(Bucket.key, b(key), b(value));
  }
  await batch.commit();
}

/** Bytes in which no compression finds anything. */
function incompressible(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

async function drain(cursor: BackendCursor, rowsMax = 2): Promise<string[]> {
  const rows: string[] = [];
  for (;;) {
    const some = await cursor.next(rowsMax);
    assert.ok(some.length <= rowsMax);
    if (some.length === 0) break;
    for (const { key, value } of some) rows.push(`${latin1(key)}=${latin1(value)}`);
  }
  await cursor.close();
  return rows;
}

function backendContract(name: string, place: (t: TestContext) => Promise<Open>): void {
  async function opened(t: TestContext): Promise<{ backend: Backend; open: Open }> {
    const open = await place(t);
    const backend = await open();
    t.after(() => backend.close());
    return { backend, open };
  }

  describe(`backend contract: ${name}`, () => {
    test('getSync: absent, put, replaced, removed', async (t) => {
      const { backend } = await opened(t);
      assert.equal(backend.getSync(Bucket.key, b('a')), undefined);
      await write(backend, { a: '1' });
      assert.deepEqual(backend.getSync(Bucket.key, b('a')), b('1'));
      await write(backend, { a: '2', empty: '' });
      assert.deepEqual(backend.getSync(Bucket.key, b('a')), b('2'));
      assert.deepEqual(backend.getSync(Bucket.key, b('empty')), new Uint8Array(0));
      await write(backend, { a: undefined });
      assert.equal(backend.getSync(Bucket.key, b('a')), undefined);
    });

    test('answers: plain Uint8Arrays that the caller owns', async (t) => {
      const { backend } = await opened(t);
      await write(backend, { a: '1' });
      const value = backend.getSync(Bucket.key, b('a'));
      assert.ok(value !== undefined);
      assert.equal(Object.getPrototypeOf(value), Uint8Array.prototype);
      value.fill(0);
      assert.deepEqual(backend.getSync(Bucket.key, b('a')), b('1'));
      const [many] = await backend.getMany(Bucket.key, [b('a')]);
      assert.equal(Object.getPrototypeOf(many), Uint8Array.prototype);
      const cursor = backend.scan({ bucket: Bucket.key });
      const [row] = await cursor.next(1);
      await cursor.close();
      assert.equal(Object.getPrototypeOf(row?.key), Uint8Array.prototype);
      assert.equal(Object.getPrototypeOf(row?.value), Uint8Array.prototype);
    });

    test('buckets: the same key in two buckets is two rows', async (t) => {
      const { backend } = await opened(t);
      const batch = backend.batch();
      for (const bucket of [Bucket.own, Bucket.key, Bucket.lease, Bucket.meta]) {
        batch.put(bucket, b('k'), Uint8Array.of(bucket));
      }
      await batch.commit();
      for (const bucket of [Bucket.own, Bucket.key, Bucket.lease, Bucket.meta]) {
        assert.deepEqual(backend.getSync(bucket, b('k')), Uint8Array.of(bucket));
        assert.equal((await drain(backend.scan({ bucket }))).length, 1);
      }
      assert.equal(backend.getSync(Bucket.alarm, b('k')), undefined);
      assert.deepEqual(await drain(backend.scan({ bucket: Bucket.cluster })), []);
    });

    test('keys: empty, 0x00 and 0xff are keys like any other', async (t) => {
      const { backend } = await opened(t);
      const keys = [
        new Uint8Array(0),
        Uint8Array.of(0),
        Uint8Array.of(255),
        Uint8Array.of(255, 255),
      ];
      const batch = backend.batch();
      for (const key of keys) batch.put(Bucket.authUsers, key, b('x'));
      await batch.commit();
      const cursor = backend.scan({ bucket: Bucket.authUsers });
      const rows = await cursor.next(10);
      await cursor.close();
      assert.deepEqual(
        rows.map((row) => row.key),
        keys,
      );
    });

    test('batch: copies its arguments, counts operations, the last one of a key wins', async (t) => {
      const { backend } = await opened(t);
      const batch = backend.batch();
      const key = b('k');
      const value = b('v');
      assert.equal(batch.operations, 0);
      batch.put(Bucket.key, key, value);
      key.fill(0x7a);
      value.fill(0x7a);
      batch.put(Bucket.key, b('twice'), b('1'));
      batch.remove(Bucket.key, b('twice'));
      batch.remove(Bucket.key, b('back'));
      batch.put(Bucket.key, b('back'), b('1'));
      assert.equal(batch.operations, 5);
      assert.equal(backend.getSync(Bucket.key, b('k')), undefined);
      await batch.commit();
      assert.deepEqual(await drain(backend.scan({ bucket: Bucket.key })), ['back=1', 'k=v']);
    });

    test('batch: discarded -> nothing is written', async (t) => {
      const { backend } = await opened(t);
      const batch = backend.batch();
      batch.put(Bucket.key, b('k'), b('v'));
      await batch.discard();
      assert.equal(backend.getSync(Bucket.key, b('k')), undefined);
      assert.throws(() => batch.put(Bucket.key, b('k'), b('v')), hasCode('BACKEND_CLOSED'));
    });

    test('batch: used after commit -> BACKEND_CLOSED', async (t) => {
      const { backend } = await opened(t);
      const batch = backend.batch();
      batch.put(Bucket.key, b('k'), b('v'));
      await batch.commit();
      assert.throws(() => batch.remove(Bucket.key, b('k')), hasCode('BACKEND_CLOSED'));
      await assert.rejects(batch.commit(), hasCode('BACKEND_CLOSED'));
    });

    test('getMany: answers in the order of the keys, absent ones as undefined', async (t) => {
      const { backend } = await opened(t);
      await write(backend, { a: '1', b: '2' });
      const values = await backend.getMany(Bucket.key, [b('b'), b('x'), b('a'), b('b')]);
      assert.deepEqual(values, [b('2'), undefined, b('1'), b('2')]);
      assert.deepEqual(await backend.getMany(Bucket.key, []), []);
    });

    test('scan: [from, to), both ways', async (t) => {
      const { backend } = await opened(t);
      await write(backend, { a: '1', b: '2', c: '3', d: '4' });
      const bucket = Bucket.key;
      const scanned = (options: object) => drain(backend.scan({ bucket, ...options }));
      assert.deepEqual(await scanned({}), ['a=1', 'b=2', 'c=3', 'd=4']);
      assert.deepEqual(await scanned({ from: b('b'), to: b('d') }), ['b=2', 'c=3']);
      assert.deepEqual(await scanned({ from: b('bb') }), ['c=3', 'd=4']);
      assert.deepEqual(await scanned({ to: b('c'), reverse: true }), ['b=2', 'a=1']);
      assert.deepEqual(await scanned({ from: b('c'), reverse: true }), ['d=4', 'c=3']);
      assert.deepEqual(await scanned({ from: b('d'), to: b('b') }), []);
    });

    test('scan: large rows may come in several answers, and all come', async (t) => {
      const { backend } = await opened(t);
      const batch = backend.batch();
      const value = new Uint8Array(1_500_000).fill(1);
      for (let i = 0; i < 6; i++) batch.put(Bucket.key, Uint8Array.of(i), value);
      await batch.commit();
      assert.equal((await drain(backend.scan({ bucket: Bucket.key }), 100)).length, 6);
    });

    test('scan: what is committed after it began does not show', async (t) => {
      const { backend } = await opened(t);
      await write(backend, { a: '1', b: '2' });
      const cursor = backend.scan({ bucket: Bucket.key });
      await write(backend, { a: undefined, b: '3', c: '4' });
      assert.deepEqual(await drain(cursor), ['a=1', 'b=2']);
    });

    test('scan: closed early -> further calls end with BACKEND_CLOSED', async (t) => {
      const { backend } = await opened(t);
      await write(backend, { a: '1', b: '2' });
      const cursor = backend.scan({ bucket: Bucket.key });
      await cursor.next(1);
      await cursor.close();
      await assert.rejects(cursor.next(1), hasCode('BACKEND_CLOSED'));
    });

    test('view: getMany and scan read the pinned state until it is closed', async (t) => {
      const { backend } = await opened(t);
      await write(backend, { a: '1', b: '2' });
      const view = backend.view();
      await write(backend, { a: '9', b: undefined, c: '3' });
      assert.deepEqual(await backend.getMany(Bucket.key, [b('a'), b('b'), b('c')], view), [
        b('1'),
        b('2'),
        undefined,
      ]);
      const bucket = Bucket.key;
      assert.deepEqual(await drain(backend.scan({ bucket, view })), ['a=1', 'b=2']);
      assert.deepEqual(await drain(backend.scan({ bucket, view, reverse: true })), ['b=2', 'a=1']);
      assert.deepEqual(await drain(backend.scan({ bucket })), ['a=9', 'c=3']);
      await view.close();
      await assert.rejects(
        () => backend.getMany(bucket, [b('a')], view),
        hasCode('BACKEND_CLOSED'),
      );
    });

    test('sizeBytes: grows with what is written', async (t) => {
      const { backend } = await opened(t);
      const before = await backend.sizeBytes();
      const batch = backend.batch();
      batch.put(Bucket.key, b('large'), new Uint8Array(100_000).fill(7));
      await batch.commit();
      assert.ok((await backend.sizeBytes()) >= before + 100_000);
    });

    test('compact: the rows stay, the space of removed ones in the span is given back', async (t) => {
      const { backend } = await opened(t);
      const value = incompressible(50_000);
      const batch = backend.batch();
      for (let i = 0; i < 40; i++) batch.put(Bucket.key, Uint8Array.of(i), value);
      batch.put(Bucket.meta, b('m'), b('1'));
      await batch.commit();
      const removal = backend.batch();
      for (let i = 0; i < 40; i++) if (i !== 30) removal.remove(Bucket.key, Uint8Array.of(i));
      await removal.commit();
      const full = await backend.sizeBytes();
      assert.ok(full >= 40 * 50_000);
      // Up to key 20, then from there on.
      await backend.compact({ to: { bucket: Bucket.key, key: Uint8Array.of(20) } });
      await backend.compact({ from: { bucket: Bucket.key, key: Uint8Array.of(20) } });
      const rest = await backend.sizeBytes();
      assert.ok(rest >= 50_000 && rest < 100_000, `${full} -> ${rest} bytes`);
      assert.deepEqual(backend.getSync(Bucket.key, Uint8Array.of(30)), value);
      assert.deepEqual(await drain(backend.scan({ bucket: Bucket.meta })), ['m=1']);
    });

    test('compact: reads and writes go on meanwhile', async (t) => {
      const { backend } = await opened(t);
      await write(backend, { a: '1', b: '2' });
      const view = backend.view();
      const compacting = backend.compact({});
      await write(backend, { a: undefined, c: '3' });
      await compacting;
      const bucket = Bucket.key;
      assert.deepEqual(await drain(backend.scan({ bucket })), ['b=2', 'c=3']);
      assert.deepEqual(await drain(backend.scan({ bucket, view })), ['a=1', 'b=2']);
      await view.close();
    });

    test('close: operations afterwards end with BACKEND_CLOSED, a second close is fine', async (t) => {
      const { backend } = await opened(t);
      const view = backend.view();
      const batch = backend.batch();
      batch.put(Bucket.key, b('k'), b('v'));
      await backend.close();
      const isClosed = hasCode('BACKEND_CLOSED');
      assert.throws(() => backend.getSync(Bucket.key, b('k')), isClosed);
      assert.throws(() => backend.batch(), isClosed);
      assert.throws(() => backend.view(), isClosed);
      assert.throws(() => backend.scan({ bucket: Bucket.key }), isClosed);
      await assert.rejects(backend.getMany(Bucket.key, [b('k')]), isClosed);
      await assert.rejects(backend.sizeBytes(), isClosed);
      await assert.rejects(backend.compact({}), isClosed);
      await assert.rejects(batch.commit(), isClosed);
      await view.close();
      await backend.close();
    });

    test('open: committed batches are there again, others are not', async (t) => {
      const { backend, open } = await opened(t);
      await write(backend, { a: '1' });
      const batch = backend.batch();
      batch.put(Bucket.key, b('b'), b('2'));
      await backend.close();
      const again = await open();
      assert.deepEqual(await drain(again.scan({ bucket: Bucket.key })), ['a=1']);
      await again.close();
    });

    test('open: already open -> BACKEND_LOCKED', async (t) => {
      const { open } = await opened(t);
      await assert.rejects(open(), hasCode('BACKEND_LOCKED'));
    });
  });
}

backendContract('memory', async () => {
  const disk = new MemoryBackendDisk();
  return () => MemoryBackend.open(disk);
});

for (const unsafeNoFsync of [false, true]) {
  backendContract(`LevelDB${unsafeNoFsync ? ' without syncs' : ''}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'etcd-ts-backend-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    return () => LevelBackend.open(folder, 'create', { unsafeNoFsync });
  });
}
