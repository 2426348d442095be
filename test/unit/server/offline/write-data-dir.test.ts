import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  FileError,
  type FileHandle,
  type FileSystem,
} from '../../../../src/base/ports/file-system.ts';
import { utf8Bytes, utf8Text } from '../../../../src/base/utf8.ts';
import { ConfState, type Entry, HardState, WalMetadata } from '../../../../src/pb/index.ts';
import { bootstrapLog } from '../../../../src/raft/index.ts';
import { OfflineError } from '../../../../src/server/offline/errors.ts';
import { type DataDirPlan, writeDataDir } from '../../../../src/server/offline/write-data-dir.ts';
import { openWal, SnapshotFiles, validSnapshots } from '../../../../src/wal/index.ts';
import { MemoryFileSystem, PowerLossError } from '../../../sim/memory-file-system.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const SEGMENT_BYTES = 4096;
const CONTENT = utf8Bytes('the database');

async function database(file: FileHandle): Promise<void> {
  file.write(CONTENT, 0);
  file.dataSync();
}

/** A cluster of members 3 and 5 that begins; this one is 5. */
function founding(): DataDirPlan {
  const log = bootstrapLog([3n, 5n].map((id) => ({ id, context: utf8Bytes(`member ${id}`) })));
  return {
    dataDir: '/a/data',
    member: 5n,
    cluster: 77n,
    place: { index: 2, term: 1, confState: ConfState.create({ voters: [3n, 5n] }) },
    hardState: { ...log.hardState, vote: 3n },
    entries: log.entries,
    membership: { members: [], removed: [9n], version: '3.6.0' },
    database,
    segmentBytes: SEGMENT_BYTES,
  };
}

/** A member that has been running: entry 41 is not known to be committed. */
function running(): DataDirPlan {
  const entry: Entry = { type: 0, term: 7, index: 41, data: utf8Bytes('x') };
  return {
    ...founding(),
    place: { index: 40, term: 6, confState: ConfState.create({ voters: [3n, 5n] }) },
    hardState: HardState.create({ term: 7, vote: 3n, commit: 40 }),
    entries: [entry],
  };
}

const write = (plan: DataDirPlan, files: FileSystem): Promise<void> =>
  writeDataDir(plan, { files, logger: new RecordingLogger() });

/** The log and the snapshot of a directory as a start reads them. */
function read(files: FileSystem, walDir = '/a/data/member/wal') {
  const logger = new RecordingLogger();
  const valid = validSnapshots(files, walDir);
  const directory = '/a/data/member/snap';
  const snapshot = new SnapshotFiles({ files, logger, directory }).loadNewest(valid);
  assert.ok(snapshot);
  const { index, term } = snapshot.metadata;
  const segments = { directory: walDir, segmentBytes: SEGMENT_BYTES };
  const log = openWal({ ...segments, files, logger, start: { index, term } });
  assert.deepEqual(logger.lines, []);
  return { snapshot, log };
}

describe('write data dir', () => {
  it('of a cluster that begins -> identity, log up to the place, snapshot, database', async () => {
    const files = new MemoryFileSystem();
    await write(founding(), files);
    const { snapshot, log } = read(files);
    assert.deepEqual(WalMetadata.decode(log.metadata), { nodeID: 5n, clusterID: 77n });
    assert.deepEqual(log.hardState, { term: 1, vote: 3n, commit: 2 });
    assert.deepEqual(log.entries, []);
    assert.deepEqual(snapshot.metadata, founding().place);
    assert.match(
      utf8Text(snapshot.data ?? new Uint8Array()) ?? '',
      /removed_members\/9.*"Value":"3.6.0"/,
    );
    assert.deepEqual(files.readFile('/a/data/member/snap/db'), CONTENT);
    assert.deepEqual(files.list('/a/data'), ['member']);
    assert.deepEqual(files.list('/a/data/member'), ['snap', 'wal']);
    assert.deepEqual(files.list('/a/data/member/snap'), [
      '0000000000000001-0000000000000002.snap',
      'db',
    ]);
    assert.deepEqual(files.list('/a/data/member/wal'), ['0000000000000000-0000000000000000.wal']);
  });

  it('of a member that has been running -> the log goes on behind the place', async () => {
    const files = new MemoryFileSystem();
    await write(running(), files);
    const { snapshot, log } = read(files);
    assert.equal(snapshot.metadata.index, 40);
    assert.deepEqual(log.entries, running().entries);
    assert.deepEqual(log.hardState, running().hardState);
  });

  it('with a log elsewhere -> there, made with its parents', async () => {
    const files = new MemoryFileSystem();
    await write({ ...founding(), walDir: '/b/c/log' }, files);
    read(files, '/b/c/log');
    assert.deepEqual(files.list('/a/data/member'), ['snap']);
    assert.deepEqual(files.list('/b/c'), ['log']);
  });

  for (const walDir of [undefined, '/b/log']) {
    const where = walDir === undefined ? 'inside' : 'elsewhere';
    it(`OFFLINE-I2: power lost at any call, log ${where} -> whole, or not to be taken for whole`, async () => {
      const whole = { found: false };
      for (let calls = 0; !whole.found; calls++) {
        const files = new MemoryFileSystem();
        files.losePowerAfter(calls);
        await write({ ...founding(), walDir }, files).catch((error: unknown) => {
          assert.ok(error instanceof PowerLossError, String(error));
        });
        whole.found = files.calls < calls;
        for (let seed = 0; seed < 4; seed++) {
          const lasting = files.afterPowerLoss(new SeededRandom(seed));
          const log = walDir ?? '/a/data/member/wal';
          const hasMember = lasting.stat('/a/data/member') !== undefined;
          if (lasting.stat(log) !== undefined) {
            read(lasting, log);
            assert.deepEqual(lasting.readFile('/a/data/member/snap/db'), CONTENT);
          } else if (walDir === undefined) assert.ok(!hasMember);
          assert.ok(!whole.found || lasting.stat(log) !== undefined, 'durable when it resolves');
        }
      }
    });

    it(`OFFLINE-I3: any call fails, log ${where} -> rejects, nothing is left, and it can be run again`, async () => {
      for (let call = 1; ; call++) {
        const files = new MemoryFileSystem();
        files.failCall(call, 'FILE_NO_SPACE');
        const failure = await write({ ...founding(), walDir }, files).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure === undefined) break;
        assert.ok(failure instanceof Error && 'code' in failure);
        const left = files.stat('/a/data') === undefined ? [] : files.list('/a/data');
        assert.deepEqual(left, [], `call ${call}: ${files.trace[call - 1]}`);
        await write({ ...founding(), walDir }, files);
        read(files, walDir);
      }
    });
  }

  it('OFFLINE-I3: an empty folder is taken, and stays when the database cannot be filled', async () => {
    const files = new MemoryFileSystem();
    files.makeDirectory('/a/data');
    const failure = new FileError('FILE_IO', { path: '/db', message: 'read /db: EIO' });
    const plan = { ...founding(), database: () => Promise.reject(failure) };
    await assert.rejects(write(plan, files), failure);
    assert.deepEqual(files.list('/a/data'), []);
    await write(founding(), files);
    read(files);
  });

  const refused = async (files: FileSystem, plan: DataDirPlan, text: RegExp): Promise<void> => {
    await assert.rejects(write(plan, files), (error: unknown) => {
      assert.ok(error instanceof OfflineError && error.code === 'OFFLINE_REFUSED');
      assert.match(error.message, text);
      return true;
    });
  };

  it('something is there -> refused, and untouched', async () => {
    const files = new MemoryFileSystem();
    files.makeDirectory('/a/data/x');
    await refused(files, founding(), /^data-dir "\/a\/data" not empty or could not be read$/);
    assert.deepEqual(files.list('/a/data'), ['x']);
    files.open('/file', 'create').close();
    await refused(files, { ...founding(), dataDir: '/file' }, /^data-dir "\/file" not empty/);
    files.makeDirectory('/log');
    const elsewhere = { ...founding(), dataDir: '/new', walDir: '/log' };
    await refused(files, elsewhere, /^wal-dir "\/log" exists$/);
    assert.equal(files.stat('/new'), undefined);
  });

  it('what a crash has left -> refused, with what to do', async () => {
    const files = new MemoryFileSystem();
    files.makeDirectory('/a/data/member.unfinished');
    await refused(
      files,
      founding(),
      /^\/a\/data\/member.unfinished .* remove it, .*run this again$/,
    );
    files.makeDirectory('/log.unfinished');
    const elsewhere = { ...founding(), dataDir: '/new', walDir: '/log' };
    await refused(files, elsewhere, /^\/log.unfinished .* remove it, .*run this again$/);
  });
});
