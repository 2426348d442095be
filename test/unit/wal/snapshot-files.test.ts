import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SnapshotFile } from '../../../src/pb/index.ts';
import { decodeSnapshotFile, SnapshotFiles } from '../../../src/wal/snapshot-files.ts';
import { WalError, type WalErrorCode } from '../../../src/wal/wal-error.ts';
import type { MemoryFileSystem } from '../../sim/memory-file-system.ts';
import { PowerLossError } from '../../sim/memory-file-system.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { memoryFiles, patch, snapshot } from '../../support/wal-fixture.ts';

const SNAP = '/data/snap';
const id = (index: number, term = 1): { index: number; term: number } => ({ index, term });

function on(files: MemoryFileSystem, logger = new RecordingLogger()): SnapshotFiles {
  return new SnapshotFiles({ files, logger, directory: SNAP });
}

const fails = (code: WalErrorCode) => (error: unknown) =>
  error instanceof WalError && error.code === code;

test('snapshot files: saved -> loaded again, under the name etcd gives it', () => {
  const files = memoryFiles();
  const saved = snapshot(0x1b, 3);
  on(files).save(saved);
  assert.deepEqual(files.list(SNAP), ['0000000000000003-000000000000001b.snap']);
  assert.deepEqual(on(files).loadNewest([id(0x1b, 3)]), saved);
});

test('snapshot files: several -> the newest of those the log knows', () => {
  const files = memoryFiles();
  const snapshots = on(files);
  for (const [index, term] of [
    [10, 1],
    [20, 1],
    [30, 2],
  ] as const) {
    snapshots.save(snapshot(index, term));
  }
  assert.equal(snapshots.loadNewest([id(10), id(20)])?.metadata.index, 20);
  assert.equal(snapshots.loadNewest([id(10), id(30, 1)])?.metadata.index, 10);
  assert.equal(snapshots.loadNewest([id(0, 0)]), undefined);
});

test('snapshot files: damaged newest -> set aside as .broken, the next one is used', () => {
  const files = memoryFiles();
  const logger = new RecordingLogger();
  const snapshots = on(files, logger);
  snapshots.save(snapshot(10));
  snapshots.save(snapshot(20));
  const path = `${SNAP}/0000000000000001-0000000000000014.snap`;
  patch(files, path, (bytes) => bytes.fill(0xff, 12, 13));
  assert.equal(snapshots.loadNewest([id(10), id(20)])?.metadata.index, 10);
  assert.deepEqual(files.list(SNAP), [
    '0000000000000001-000000000000000a.snap',
    '0000000000000001-0000000000000014.snap.broken',
  ]);
  assert.equal(logger.lines[0]?.message, 'set a broken snap file aside');
});

test('snapshot files: every bit flipped, cut at every byte -> an error or the same content', () => {
  const sound = SnapshotFile.encode({ crc: 1, data: new Uint8Array(0) });
  assert.throws(() => decodeSnapshotFile(sound), fails('SNAP_EMPTY'));
  assert.throws(() => decodeSnapshotFile(new Uint8Array(0)), fails('SNAP_EMPTY'));
  const files = memoryFiles();
  on(files).save(snapshot(1));
  const bytes = files.readFile(`${SNAP}/${files.list(SNAP)[0]}`);
  assert.deepEqual(decodeSnapshotFile(bytes), snapshot(1));
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = bytes.slice();
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
    try {
      // The highest bits of the checksum's last byte mean nothing.
      assert.deepEqual(decodeSnapshotFile(changed), snapshot(1));
    } catch (error) {
      assert.ok(error instanceof WalError);
    }
  }
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => decodeSnapshotFile(bytes.subarray(0, length)), WalError);
  }
});

test('snapshot files: WAL-I9 power lost at any call of save -> the old one, or both', () => {
  for (let count = 0; ; count++) {
    const files = memoryFiles();
    on(files).save(snapshot(10));
    files.losePowerAfter(count);
    let isSaved = false;
    try {
      on(files).save(snapshot(20));
      isSaved = true;
    } catch (error) {
      assert.ok(error instanceof PowerLossError);
    }
    for (let seed = 0; seed < 8; seed++) {
      const found = files.afterPowerLoss(new SeededRandom(seed));
      const loaded = on(found).loadNewest([id(10), id(20)]);
      assert.ok(loaded?.metadata.index === 20 || (!isSaved && loaded?.metadata.index === 10));
      assert.ok(found.list(SNAP).every((name) => !name.endsWith('.broken')));
      on(found).save(snapshot(30));
    }
    if (isSaved) return;
  }
});

test('snapshot files: purge -> the newest stay, and what a start may need', () => {
  const files = memoryFiles();
  const snapshots = on(files);
  for (const index of [10, 20, 30, 40]) snapshots.save(snapshot(index));
  const indexes = (): number[] =>
    files.list(SNAP).map((name) => Number.parseInt(name.slice(17, 33), 16));
  snapshots.purge(0, 40);
  snapshots.purge(9, 40);
  assert.deepEqual(indexes(), [10, 20, 30, 40]);
  snapshots.purge(3, 40);
  assert.deepEqual(indexes(), [20, 30, 40]);
  snapshots.purge(1, 30);
  assert.deepEqual(indexes(), [30, 40]);
});

test('snapshot files: other names in the folder -> left alone', () => {
  const files = memoryFiles();
  for (const name of ['db', '000000000000000a.snap.db', 'x.snap']) {
    files.open(`${SNAP}/${name}`, 'create').close();
  }
  const snapshots = on(files);
  snapshots.save(snapshot(10));
  snapshots.purge(1, 99);
  assert.equal(snapshots.loadNewest([id(10)])?.metadata.index, 10);
  assert.equal(files.list(SNAP).length, 4);
});

test('snapshot files: file system refuses -> WAL_IO', () => {
  const files = memoryFiles();
  files.failCall(1, 'FILE_NO_SPACE');
  assert.throws(() => {
    on(files).save(snapshot(10));
  }, fails('WAL_IO'));
});
