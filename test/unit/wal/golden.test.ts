/** A data folder that etcd 3.5.30 left behind at kill -9; the WAL's trailing zeros are cut off. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { latin1 } from '../../../src/base/bytes.ts';
import {
  Entry,
  EntryType,
  HardState,
  Snapshot,
  WalMetadata,
  WalSnapshot,
} from '../../../src/pb/index.ts';
import { openWal } from '../../../src/wal/open-wal.ts';
import { readLog } from '../../../src/wal/read-log.ts';
import { RecordType } from '../../../src/wal/record.ts';
import { RecordFramer } from '../../../src/wal/record-framer.ts';
import { SnapshotFiles } from '../../../src/wal/snapshot-files.ts';
import { validSnapshots } from '../../../src/wal/valid-snapshots.ts';
import type { MemoryFileSystem } from '../../sim/memory-file-system.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { FIRST_SEGMENT, memoryFiles, WAL } from '../../support/wal-fixture.ts';

const MEMBER = join(
  projectRoot(dirname(fileURLToPath(import.meta.url))),
  'test/golden/etcd-3.5.30/member',
);
const SNAP = '/data/snap';
const SNAPSHOT = '0000000000000002-0000000000000007.snap';
const FIRST = { sequence: 0, firstIndex: 0 };
const SEGMENT_BYTES = 64_000;

function projectRoot(folder: string): string {
  return readdirSync(folder).includes('package.json') ? folder : projectRoot(dirname(folder));
}

function goldenFiles(): MemoryFileSystem {
  const files = memoryFiles();
  files.makeDirectory(WAL);
  for (const [from, to] of [
    ['wal', WAL],
    ['snap', SNAP],
  ] as const) {
    for (const name of readdirSync(join(MEMBER, from))) {
      files.open(`${to}/${name}`, 'create').write(readFileSync(join(MEMBER, from, name)), 0);
    }
  }
  return files;
}

const open = (files: MemoryFileSystem, start = { index: 0, term: 0 }) =>
  openWal({
    files,
    logger: new RecordingLogger(),
    directory: WAL,
    start,
    segmentBytes: SEGMENT_BYTES,
  });

test('golden 3.5.30: whole log -> bootstrap entry, elections, puts', () => {
  const opened = open(goldenFiles());
  assert.deepEqual(WalMetadata.decode(opened.metadata), {
    nodeID: 0x0628170c800dbceen,
    clusterID: 0xbabc9795b64f03e3n,
  });
  assert.deepEqual(opened.hardState, { term: 2, vote: 0x0628170c800dbceen, commit: 13 });
  assert.deepEqual(
    opened.entries.map((entry) => entry.index),
    Array.from({ length: 13 }, (_, i) => i + 1),
  );
  const [bootstrap, noOp] = opened.entries;
  assert.equal(bootstrap?.type, EntryType.EntryConfChange);
  assert.equal(bootstrap.term, 1);
  assert.equal(noOp?.data, undefined);
  assert.ok(latin1(opened.entries.at(-1)?.data ?? new Uint8Array(0)).includes('key9'));
});

test('golden 3.5.30: snapshots -> the newest .snap that the log knows, and entries after it', () => {
  const files = goldenFiles();
  const valid = validSnapshots(files, WAL);
  assert.deepEqual(valid, [
    { index: 0, term: 0 },
    { index: 7, term: 2 },
  ]);
  const snapshots = new SnapshotFiles({ files, logger: new RecordingLogger(), directory: SNAP });
  const snapshot = snapshots.loadNewest(valid);
  assert.equal(snapshot?.metadata.index, 7);
  assert.deepEqual(snapshot.metadata.confState.voters, [0x0628170c800dbceen]);
  assert.ok(latin1(snapshot.data ?? new Uint8Array(0)).startsWith('{"Root":'));
  assert.deepEqual(
    open(files, valid[1]).entries.map((entry) => entry.index),
    [8, 9, 10, 11, 12, 13],
  );
});

test('golden 3.5.30: written again by us -> the very same bytes', () => {
  const files = goldenFiles();
  const framer = new RecordFramer(0);
  readLog({ files, directory: WAL }, [FIRST], (record) => {
    if (record.type === RecordType.crc) framer.addCrc();
    else framer.add(record.type, record.data);
  });
  assert.deepEqual(framer.frames(), files.readFile(FIRST_SEGMENT).slice(0, framer.length));

  const snapshotBytes = files.readFile(`${SNAP}/${SNAPSHOT}`);
  const snapshots = new SnapshotFiles({ files, logger: new RecordingLogger(), directory: SNAP });
  const snapshot = snapshots.loadNewest([{ index: 7, term: 2 }]) ?? Snapshot.create();
  files.remove(`${SNAP}/${SNAPSHOT}`);
  snapshots.save(snapshot);
  assert.deepEqual(files.readFile(`${SNAP}/${SNAPSHOT}`), snapshotBytes);
});

test('golden 3.5.30: each record decoded and encoded by us -> the very same data', () => {
  const again: Partial<Record<number, (data: Uint8Array) => Uint8Array>> = {
    [RecordType.metadata]: (data) => WalMetadata.encode(WalMetadata.decode(data)),
    [RecordType.entry]: (data) => Entry.encode(Entry.decode(data)),
    [RecordType.state]: (data) => HardState.encode(HardState.decode(data)),
    [RecordType.snapshot]: (data) => WalSnapshot.encode(WalSnapshot.decode(data)),
  };
  const seen = new Set<number>();
  readLog({ files: goldenFiles(), directory: WAL }, [FIRST], ({ type, data }) => {
    seen.add(type);
    const encoded = again[type]?.(data);
    if (encoded !== undefined) assert.deepEqual(encoded, data.slice());
  });
  assert.equal(seen.size, 5);
});
