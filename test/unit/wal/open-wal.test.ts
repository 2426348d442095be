import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBatch } from '../../../src/wal/batch.ts';
import { openWal, readWal } from '../../../src/wal/open-wal.ts';
import { WalError, type WalErrorCode } from '../../../src/wal/wal-error.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import {
  appendEach,
  entries,
  entry,
  FIRST_SEGMENT,
  hardState,
  METADATA,
  newLog,
  open,
  patch,
  SEGMENT_BYTES,
  WAL,
  walSnapshot,
  writerAt,
} from '../../support/wal-fixture.ts';

const isCode = (code: WalErrorCode) => (error: unknown) =>
  error instanceof WalError && error.code === code;

test('openWal: after appends -> what was appended, and appending goes on', () => {
  const { files, writer } = newLog();
  writer.append([encodeBatch(entries(1, 3), hardState(1, 2))]);
  writer.close();
  const opened = open(files);
  assert.deepEqual(opened.hardState, hardState(1, 2));
  assert.deepEqual(opened.entries, entries(1, 3));
  const next = writerAt(files, opened.position);
  next.append([encodeBatch([entry(4)], hardState(1, 4))]);
  next.close();
  assert.equal(open(files).entries.length, 4);
});

test('openWal: a killed process left un-synced bytes -> what is found is on disk', () => {
  const { files, writer } = newLog();
  writer.append([encodeBatch(entries(1, 3), hardState(1, 2))]);
  // A new commit index alone waits for the next sync.
  writer.append([encodeBatch([], hardState(1, 3))]);
  assert.equal(open(files).hardState.commit, 3);
  for (let seed = 0; seed < 8; seed++) {
    assert.equal(open(files.afterPowerLoss(new SeededRandom(seed))).hardState.commit, 3);
  }
});

test('openWal: entry data -> owned, not a view of the read buffer', () => {
  const { files, writer } = newLog();
  writer.append([encodeBatch(entries(1, 2))]);
  for (const { data } of open(files).entries) assert.ok((data?.buffer.byteLength ?? 0) < 100);
});

test('openWal: several segments -> begins at the one that a snapshot needs', () => {
  const { files, writer } = newLog();
  appendEach(writer, 1, 160);
  writer.saveSnapshot(walSnapshot(155));
  appendEach(writer, 161, 170);
  writer.close();
  const segments = files.list(WAL);
  assert.ok(segments.length >= 3);
  for (const name of segments.slice(0, -2)) files.remove(`${WAL}/${name}`);
  const opened = open(files, { index: 155, term: 1 });
  assert.deepEqual(opened.entries, entries(156, 170));
  assert.equal(opened.position.snapshotIndex, 155);
  assert.throws(() => open(files), isCode('WAL_NO_SEGMENT'));
});

test('openWal: WAL-I6 interrupted last write -> cut off once, kept as .broken, logged', () => {
  const { files, writer } = newLog();
  writer.append([encodeBatch(entries(1, 3), hardState(1, 3))]);
  const soundBytes = files.readFile(FIRST_SEGMENT).findLastIndex((byte) => byte !== 0) + 8;
  writer.append([encodeBatch([entry(4, 1, 'x'.repeat(1500))])]);
  patch(files, FIRST_SEGMENT, (bytes) => bytes.fill(0, 1024, 1536));
  const logger = new RecordingLogger();
  const start = { index: 0, term: 0 };
  const opened = openWal({ files, logger, directory: WAL, start, segmentBytes: SEGMENT_BYTES });
  assert.deepEqual(opened.entries, entries(1, 3));
  assert.ok(opened.position.offset <= soundBytes);
  assert.ok(files.stat(`${FIRST_SEGMENT}.broken`) !== undefined);
  assert.ok(
    files
      .readFile(FIRST_SEGMENT)
      .subarray(opened.position.offset)
      .every((byte) => byte === 0),
  );
  assert.equal(files.stat(FIRST_SEGMENT)?.sizeBytes, SEGMENT_BYTES);
  assert.deepEqual(
    logger.lines.map(({ level, message }) => [level, message]),
    [
      ['warn', 'repairing WAL: its last write was interrupted'],
      ['info', 'repaired WAL'],
    ],
  );
});

test('openWal: WAL-I6 lost first sector of a write -> later sectors are cleared', () => {
  const { files, writer } = newLog();
  writer.append([encodeBatch([entry(1, 1, 'x'.repeat(300))])]);
  const { offset } = open(files).position;
  writer.append([encodeBatch([entry(2, 1, 'y'.repeat(1500))])]);
  patch(files, FIRST_SEGMENT, (bytes) => bytes.fill(0, offset, 512));
  const opened = open(files);
  assert.deepEqual(opened.entries.length, 1);
  const rest = files.readFile(FIRST_SEGMENT).subarray(opened.position.offset);
  assert.ok(rest.every((byte) => byte === 0));
});

test('openWal: damage to an earlier segment -> refused, nothing changed', () => {
  const { files, writer } = newLog();
  appendEach(writer, 1, 60);
  const before = files.readFile(FIRST_SEGMENT);
  patch(files, FIRST_SEGMENT, (bytes) => bytes.fill(0, 1024, 1536));
  const damaged = files.readFile(FIRST_SEGMENT);
  assert.notDeepEqual(damaged, before);
  const calls = files.calls;
  assert.throws(() => open(files), WalError);
  assert.equal(files.calls, calls);
  assert.deepEqual(files.readFile(FIRST_SEGMENT), damaged);
});

test('openWal: segment lost in the middle -> WAL_SEQUENCE', () => {
  const { files, writer } = newLog();
  appendEach(writer, 1, 160);
  writer.close();
  files.remove(`${WAL}/${files.list(WAL)[1]}`);
  assert.throws(() => open(files), isCode('WAL_SEQUENCE'));
});

test('readWal: WAL-I6 interrupted last write -> what was before it, and the log is as it was', () => {
  const { files, writer } = newLog();
  writer.append([encodeBatch(entries(1, 3), hardState(1, 2))]);
  writer.append([encodeBatch([entry(4, 1, 'x'.repeat(1500))])]);
  patch(files, FIRST_SEGMENT, (bytes) => bytes.fill(0, 1024, 1536));
  const [calls, bytes] = [files.calls, files.readFile(FIRST_SEGMENT)];
  const start = { index: 0, term: 0 };
  const { torn, ...read } = readWal({ files, directory: WAL, start });
  assert.equal(torn?.code, 'WAL_TORN');
  assert.deepEqual(read, {
    metadata: METADATA,
    hardState: hardState(1, 2),
    entries: entries(1, 3),
  });
  assert.equal(files.calls, calls);
  assert.deepEqual(files.readFile(FIRST_SEGMENT), bytes);
  assert.throws(() => readWal({ files, directory: '/data/other', start }), isCode('WAL_NOT_FOUND'));
});

test('openWal: no log -> WAL_NOT_FOUND', () => {
  const { files } = newLog();
  files.removeTree(WAL);
  assert.throws(() => open(files), isCode('WAL_NOT_FOUND'));
});

test('openWal: file system refuses -> WAL_IO with the cause', () => {
  const { files, writer } = newLog();
  writer.close();
  files.failCall(1, 'FILE_IO');
  assert.throws(
    () => open(files),
    (error) => isCode('WAL_IO')(error) && (error as WalError).cause !== undefined,
  );
});
