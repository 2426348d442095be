import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromLatin1 } from '../../../../src/base/bytes.ts';
import { type Backend, BackendError, Bucket } from '../../../../src/base/ports/backend.ts';
import { defragment } from '../../../../src/server/offline/defragment.ts';
import type { FileLocks } from '../../../../src/server/storage/file-locks.ts';
import { MemoryBackend, MemoryBackendDisk } from '../../../sim/memory-backend.ts';
import { MemoryFileSystem, PowerLossError } from '../../../sim/memory-file-system.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { contentOf, open } from '../../../support/bbolt/bbolt-files.ts';
import { golden } from '../../../support/bbolt/golden.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const DB = '/data/member/snap/db';
const ORIGINAL = golden('etcd-3.6.14.db');

function disk(): MemoryFileSystem {
  const files = new MemoryFileSystem();
  files.makeDirectory('/data/member/snap');
  const file = files.open(DB, 'create');
  file.write(ORIGINAL, 0);
  file.dataSync();
  for (const folder of ['/', '/data', '/data/member', '/data/member/snap']) {
    files.syncDirectory(folder);
  }
  return files;
}

function run(
  files: MemoryFileSystem,
  backend?: Backend,
  locks: FileLocks = { lockedByOthers: () => [] },
): Promise<RecordingLogger> {
  const logger = new RecordingLogger();
  let nowMs = 0;
  const clock = { monotonicMs: () => (nowMs += 7), wallMs: () => 0 };
  const openState = () => (backend === undefined ? assert.fail() : Promise.resolve(backend));
  return defragment('/data', { files, locks, clock, openState, logger }).then(() => logger);
}

describe('defragment', () => {
  it("a database of real etcd -> the same rows, no free page, and etcd's lines", async () => {
    const files = disk();
    const { lines } = await run(files);
    const found = files.readFile(DB);
    assert.deepEqual(contentOf(open(found)), contentOf(open(ORIGINAL)));
    assert.deepEqual(files.list('/data/member/snap'), ['db']);
    assert.deepEqual(
      lines.map(({ message }) => message),
      ['defragmenting', 'finished defragmenting directory'],
    );
    const [before, after] = lines.map(({ fields }) => fields);
    assert.equal(before?.['current-db-size-bytes'], ORIGINAL.length);
    assert.ok(Number(before?.['current-db-size-in-use-bytes']) < ORIGINAL.length);
    assert.deepEqual(after, {
      path: DB,
      'current-db-size-bytes-diff': found.length - ORIGINAL.length,
      'current-db-size-bytes': found.length,
      'current-db-size': '184 kB',
      'current-db-size-in-use-bytes-diff':
        found.length - Number(before?.['current-db-size-in-use-bytes']),
      'current-db-size-in-use-bytes': found.length,
      'current-db-size-in-use': '184 kB',
      took: '7ms',
    });
  });

  it('OFFLINE-I4: power lost at any call -> the former file or the new one, whole', async () => {
    for (let calls = 0, isDone = false; !isDone; calls++) {
      const files = disk();
      files.losePowerAfter(calls);
      isDone = await run(files).then(
        () => true,
        (error: unknown) => {
          assert.ok(error instanceof PowerLossError);
          return false;
        },
      );
      for (let seed = 0; seed < 3; seed++) {
        const found = files.afterPowerLoss(new SeededRandom(seed)).readFile(DB);
        assert.deepEqual(contentOf(open(found)), contentOf(open(ORIGINAL)));
      }
    }
  });

  it('OFFLINE-I4: any call fails -> the former file, and nothing beside it', async () => {
    for (let call = 1; ; call++) {
      const files = disk();
      files.failCall(call, 'FILE_NO_SPACE');
      const isDone = await run(files).then(
        () => true,
        () => false,
      );
      if (isDone) break;
      assert.deepEqual(contentOf(open(files.readFile(DB))), contentOf(open(ORIGINAL)));
      assert.deepEqual(files.list('/data/member/snap'), ['db']);
    }
  });

  it('what an interrupted run has left -> is written over', async () => {
    const files = disk();
    files.open('/data/member/snap/db.tmp.defrag', 'create').write(fromLatin1('x'), 0);
    await run(files);
    assert.deepEqual(files.list('/data/member/snap'), ['db']);
  });

  it('a damaged database -> rejects, and it stays as it is', async () => {
    const files = disk();
    const file = files.open(DB, 'write');
    file.write(new Uint8Array(100 * 1024), 20 * 1024);
    const damaged = files.readFile(DB);
    await assert.rejects(run(files), { name: 'BboltError' });
    assert.deepEqual(files.readFile(DB), damaged);
  });

  it('a database that an etcd works on -> refused, untouched', async () => {
    const files = disk();
    const { calls } = files;
    const locks = { lockedByOthers: (paths: readonly string[]) => [...paths] };
    await assert.rejects(run(files, undefined, locks), { code: 'OFFLINE_REFUSED' });
    assert.equal(files.calls, calls);
  });

  it('a state of ours -> all of it is compacted, then closed', async () => {
    const files = new MemoryFileSystem();
    files.makeDirectory('/data/member/kv');
    files.open('/data/member/kv/current', 'create');
    const backend = await MemoryBackend.open(new MemoryBackendDisk());
    const spans: object[] = [];
    const watched: Backend = Object.assign(Object.create(backend) as Backend, {
      sizeBytes: () => Promise.resolve(spans.length === 0 ? 9000 : 2000),
      compact: (span: object) => Promise.resolve(void spans.push(span)),
      close: () => backend.close(),
    });
    const { lines } = await run(files, watched);
    assert.deepEqual(spans, [{}]);
    assert.deepEqual(
      lines.map(({ fields }) => fields),
      [
        {
          path: '/data/member/kv',
          'current-db-size-bytes': 9000,
          'current-db-size': '9.0 kB',
        },
        {
          path: '/data/member/kv',
          'current-db-size-bytes-diff': -7000,
          'current-db-size-bytes': 2000,
          'current-db-size': '2.0 kB',
          took: '7ms',
        },
      ],
    );
    assert.throws(() => backend.getSync(Bucket.key, fromLatin1('a')), BackendError);
  });
});
