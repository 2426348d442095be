import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBatch } from '../../../src/wal/batch.ts';
import { RecordType } from '../../../src/wal/record.ts';
import { RecordFramer } from '../../../src/wal/record-framer.ts';
import { addSegmentHeader } from '../../../src/wal/segment-header.ts';
import { validSnapshots } from '../../../src/wal/valid-snapshots.ts';
import { WalError } from '../../../src/wal/wal-error.ts';
import {
  appendEach,
  entries,
  entry,
  FIRST_SEGMENT,
  hardState,
  METADATA,
  memoryFiles,
  newLog,
  patch,
  WAL,
  walSnapshot,
} from '../../support/wal-fixture.ts';

test('validSnapshots: new log -> the empty snapshot', () => {
  assert.deepEqual(validSnapshots(newLog().files, WAL), [{ index: 0, term: 0 }]);
});

test('validSnapshots: records over several segments -> all, oldest first', () => {
  const { files, writer } = newLog();
  for (const index of [20, 40, 60]) {
    appendEach(writer, index - 19, index);
    writer.saveSnapshot(walSnapshot(index));
  }
  assert.deepEqual(
    validSnapshots(files, WAL).map((snapshot) => snapshot.index),
    [0, 20, 40, 60],
  );
});

test('validSnapshots: WAL-I7 record beyond the commit index -> left out until it is reached', () => {
  const { files, writer } = newLog();
  writer.append([encodeBatch(entries(1, 3), hardState(1, 3))]);
  writer.saveSnapshot(walSnapshot(9, 2));
  assert.deepEqual(validSnapshots(files, WAL), [{ index: 0, term: 0 }]);
  writer.append([encodeBatch([], hardState(2, 9))]);
  assert.deepEqual(validSnapshots(files, WAL), [
    { index: 0, term: 0 },
    { index: 9, term: 2 },
  ]);
});

test('validSnapshots: interrupted last write -> what is before it; other damage -> refused', () => {
  const { files, writer } = newLog();
  writer.append([encodeBatch([entry(1)], hardState(1, 1))]);
  writer.saveSnapshot(walSnapshot(1));
  writer.append([encodeBatch([entry(2, 1, 'x'.repeat(1500))], hardState(1, 2))]);
  patch(files, FIRST_SEGMENT, (bytes) => bytes.fill(0, 1024, 1536));
  assert.equal(validSnapshots(files, WAL).length, 2);
  patch(files, FIRST_SEGMENT, (bytes) => bytes.fill(1, 40, 41));
  assert.throws(() => validSnapshots(files, WAL), WalError);
});

test('validSnapshots: a sound record that holds no snapshot, or no state -> WAL_CORRUPT with its place', () => {
  for (const type of [RecordType.snapshot, RecordType.state]) {
    const files = memoryFiles();
    const framer = new RecordFramer(0);
    addSegmentHeader(framer, { metadata: METADATA, hardState: hardState(1, 0) });
    const offset = framer.length;
    framer.add(type, Uint8Array.of(0x08));
    files.makeDirectory(WAL);
    files.open(FIRST_SEGMENT, 'create').write(framer.frames(), 0);
    assert.throws(
      () => validSnapshots(files, WAL),
      (error) =>
        error instanceof WalError && error.code === 'WAL_CORRUPT' && error.place?.offset === offset,
    );
  }
});
