import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bucket } from '../../../src/base/ports/backend.ts';
import { MetaKey } from '../../../src/mvcc/backend/meta.ts';
import { revisionKey } from '../../../src/mvcc/backend/revision-key.ts';
import { KeyValue } from '../../../src/pb/index.ts';
import { MemoryBackend, MemoryBackendDisk } from '../../sim/memory-backend.ts';
import { b, codeOf, ok, rangeOf, rowsOf } from '../../support/mvcc/requests.ts';
import { StoreHarness } from '../../support/mvcc/store-harness.ts';

interface Row {
  readonly main: number;
  readonly sub?: number;
  readonly key: string;
  readonly tombstone?: boolean;
  readonly create?: number;
  readonly mod?: number;
  readonly version?: number;
  readonly lease?: bigint;
}

interface Meta {
  readonly scheduled?: number;
  readonly finished?: number;
}

/** A disk as another process may have left it. */
async function diskWith(rows: readonly Row[], meta: Meta = {}): Promise<MemoryBackendDisk> {
  const disk = new MemoryBackendDisk();
  const backend = await MemoryBackend.open(disk);
  const batch = backend.batch();
  for (const {
    main,
    sub = 0,
    key,
    tombstone = false,
    create = main,
    mod = main,
    version = 1,
    lease = 0n,
  } of rows) {
    const value = tombstone
      ? KeyValue.create({ key: b(key) })
      : KeyValue.create({ key: b(key), createRevision: create, modRevision: mod, version, lease });
    batch.put(Bucket.key, revisionKey(main, sub, tombstone), KeyValue.encode(value));
  }
  const { scheduled, finished } = meta;
  if (scheduled !== undefined)
    batch.put(Bucket.meta, MetaKey.scheduledCompactRev, revisionKey(scheduled, 0));
  if (finished !== undefined)
    batch.put(Bucket.meta, MetaKey.finishedCompactRev, revisionKey(finished, 0));
  await batch.commit();
  await backend.close();
  return disk;
}

async function restored(rows: readonly Row[], meta?: Meta): Promise<StoreHarness> {
  return StoreHarness.open({}, await diskWith(rows, meta));
}

describe('restore: revisions', () => {
  const cases: [string, Row[], Meta, [number, number]][] = [
    ['nothing', [], {}, [1, -1]],
    [
      'rows',
      [
        { main: 2, key: 'a' },
        { main: 3, key: 'b' },
      ],
      {},
      [3, -1],
    ],
    ['a finished compaction', [{ main: 3, key: 'a' }], { scheduled: 3, finished: 3 }, [3, 3]],
    ['an unfinished one', [{ main: 2, key: 'a' }], { scheduled: 5, finished: 3 }, [5, 5]],
    ['the first one, unfinished', [{ main: 2, key: 'a' }], { scheduled: 2 }, [2, 2]],
    ['all compacted', [], { scheduled: 7, finished: 7 }, [7, 7]],
  ];
  for (const [name, rows, meta, [current, compact]] of cases) {
    it(`${name} -> current ${current}, compacted ${compact}`, async () => {
      const harness = await restored(rows, meta);
      assert.equal(harness.store.currentRevision, current);
      assert.equal(harness.store.compactRevision, compact);
      assert.equal(ok(harness.put('x', '')).header?.revision, current + 1);
      await harness.close();
    });
  }

  it('rows below the floor may be missing, above it none (MVCC-I3)', async () => {
    const harness = await restored(
      [
        { main: 2, key: 'a' },
        { main: 9, key: 'b', create: 5, version: 3 },
        { main: 11, key: 'a' },
      ],
      { scheduled: 10, finished: 6 },
    );
    await harness.close();
    for (const [rows, meta] of [
      [[{ main: 3, key: 'a' }], {}],
      [
        [
          { main: 2, key: 'a' },
          { main: 4, key: 'a' },
        ],
        {},
      ],
      [
        [
          { main: 2, key: 'a' },
          { main: 12, key: 'a' },
        ],
        { scheduled: 10, finished: 6 },
      ],
    ] as [Row[], Meta][]) {
      await assert.rejects(restored(rows, meta), { code: 'BACKEND_CORRUPT' });
    }
  });

  it('damaged rows -> BACKEND_CORRUPT', async () => {
    for (const [key, value] of [
      [b('short'), b('')],
      [revisionKey(2, 0), b('no KeyValue')],
    ] as const) {
      const disk = new MemoryBackendDisk();
      const backend = await MemoryBackend.open(disk);
      const batch = backend.batch();
      batch.put(Bucket.key, key, value);
      await batch.commit();
      await backend.close();
      await assert.rejects(StoreHarness.open({}, disk), { code: 'BACKEND_CORRUPT' });
    }
  });

  it('a row without a key (etcdutl --bump-revision) -> counts as a revision only', async () => {
    const harness = await restored(
      [
        { main: 2, key: 'a' },
        { main: 1000, sub: 3, key: '' },
      ],
      {
        scheduled: 1000,
      },
    );
    assert.equal(harness.store.currentRevision, 1000);
    assert.deepEqual(rowsOf(await harness.store.range(rangeOf('\0', '\0'))), ['a']);
    await harness.close();
  });
});

describe('restore: keys', () => {
  it('create_revision and version go on where they were, older rows compacted or not', async () => {
    const harness = await restored(
      [
        { main: 9, key: 'b', create: 5, version: 3 },
        { main: 10, key: 'a', tombstone: true },
      ],
      { scheduled: 9, finished: 9 },
    );
    harness.put('b', '');
    harness.put('a', '');
    const { kvs } = ok(await harness.store.range(rangeOf('a', 'c')));
    const told = kvs.map((kv) => KeyValue.decode(kv)).map((kv) => [kv.createRevision, kv.version]);
    assert.deepEqual(told, [
      [12, 1],
      [5, 4],
    ]);
    await harness.close();
  });

  it('history above the floor can be read', async () => {
    const harness = await restored([
      { main: 2, key: 'a' },
      { main: 3, key: 'a', tombstone: true },
      { main: 4, key: 'a' },
    ]);
    for (const [revision, count] of [
      [2, 1],
      [3, 0],
      [4, 1],
    ]) {
      const response = ok(
        await harness.store.range(rangeOf('a', '', { revision: revision as number })),
      );
      assert.equal(response.count, count);
    }
    await harness.close();
  });
});

describe('restore: rows of other revisions', () => {
  const cases: [string, Row][] = [
    ['changed at another revision', { main: 2, key: 'a', mod: 3 }],
    ['created after it was changed', { main: 2, key: 'a', create: 3 }],
    ['never created', { main: 2, key: 'a', create: 0 }],
    ['without a version', { main: 2, key: 'a', version: 0 }],
  ];
  for (const [name, row] of cases) {
    it(`${name} -> BACKEND_CORRUPT`, async () => {
      await assert.rejects(restored([row]), { code: 'BACKEND_CORRUPT', message: /revision 2\// });
    });
  }

  it('a change beyond what a transaction can have -> BACKEND_CORRUPT', async () => {
    const expected = { code: 'BACKEND_CORRUPT', message: /^not a revision key/ };
    await assert.rejects(restored([{ main: 2, sub: 2 ** 31, key: 'a' }]), expected);
  });
});

describe('restore: leases', () => {
  it("the newest live value's lease holds the key, if the lease exists", async () => {
    const harness = await restored([
      { main: 2, key: 'kept', lease: 1n },
      { main: 3, key: 'moved', lease: 1n },
      { main: 4, key: 'freed', lease: 1n },
      { main: 5, key: 'deleted', lease: 1n },
      { main: 6, key: 'orphan', lease: 9n },
      { main: 7, key: 'moved', lease: 2n, create: 3, version: 2 },
      { main: 8, key: 'freed', create: 4, version: 2 },
      { main: 9, key: 'deleted', tombstone: true },
    ]);
    assert.deepEqual(
      [...harness.now.lessor.attached],
      [
        ['kept', 1n],
        ['moved', 2n],
      ],
    );
    // The orphan can still be written, keeping its lease field.
    ok(harness.put('orphan', 'v', { ignoreLease: true }));
    assert.equal(harness.now.lessor.attached.has('orphan'), false);
    await harness.close();
  });
});

describe('restore: slices', () => {
  it('reports progress along the way', async () => {
    const rows = Array.from({ length: 2500 }, (_, i) => ({ main: i + 2, key: `k${i % 7}` }));
    const harness = await restored(rows);
    const reported = harness.now.progress.map(({ rows, revision }) => [rows, revision]);
    assert.deepEqual(reported, [
      [1000, 1001],
      [2000, 2001],
      [2500, 2501],
    ]);
    assert.equal(harness.now.progress.at(-1)?.rowBytes, harness.store.rowBytes);
    await harness.close();
  });

  it('entries not on disk are applied again, to the same state (MVCC-I1)', async () => {
    const harness = await StoreHarness.open();
    harness.put('a', '1', { lease: 1n });
    await harness.now.buffer.flush();
    harness.put('a', '2');
    ok(harness.compact(2));
    harness.delete('a');
    harness.put('b', '3', { lease: 2n });
    assert.equal(codeOf(harness.put('c', '', { lease: 9n })), 'MVCC_LEASE_NOT_FOUND');
    await harness.restart();
    assert.deepEqual([harness.store.currentRevision, harness.store.compactRevision], [5, 2]);
    assert.deepEqual(rowsOf(await harness.store.range(rangeOf('\0', '\0'))), ['b=3']);
    assert.deepEqual([...harness.now.lessor.attached], [['b', 2n]]);
    await harness.close();
  });
});
