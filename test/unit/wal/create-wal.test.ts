import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWal } from '../../../src/wal/create-wal.ts';
import { WalError, type WalErrorCode } from '../../../src/wal/wal-error.ts';
import {
  create,
  FIRST_SEGMENT,
  METADATA,
  memoryFiles,
  open,
  SEGMENT_BYTES,
  WAL,
} from '../../support/wal-fixture.ts';

const isCode = (code: WalErrorCode) => (error: unknown) =>
  error instanceof WalError && error.code === code;

test('createWal: new folder -> one preallocated segment that begins as etcd begins it', () => {
  const files = memoryFiles();
  const position = create(files);
  const bytes = files.readFile(FIRST_SEGMENT);
  assert.equal(bytes.length, SEGMENT_BYTES);
  const checksumRecord = '04000000000000840804100000000000';
  assert.equal(Buffer.from(bytes.subarray(0, 16)).toString('hex'), checksumRecord);
  assert.ok(bytes.subarray(position.offset).every((byte) => byte === 0));
  assert.deepEqual(files.list('/data'), ['snap', 'wal']);
});

test('createWal: then open -> empty log at the same position', () => {
  const files = memoryFiles();
  const position = create(files);
  const opened = open(files);
  assert.deepEqual(opened.position, position);
  assert.deepEqual(opened.metadata, METADATA);
  assert.deepEqual(opened.entries, []);
});

test('createWal: where a log is -> WAL_EXISTS, log untouched', () => {
  const files = memoryFiles();
  create(files);
  assert.throws(() => create(files), isCode('WAL_EXISTS'));
  open(files);
});

test('createWal: remains of an attempt that crashed -> replaced', () => {
  const files = memoryFiles();
  files.makeDirectory(`${WAL}.tmp`);
  files.open(`${WAL}.tmp/0000000000000000-0000000000000000.wal`, 'create').close();
  files.makeDirectory(WAL);
  create(files);
  open(files);
});

test('createWal: folder with foreign files -> WAL_IO, nothing removed', () => {
  const files = memoryFiles();
  files.makeDirectory(WAL);
  files.open(`${WAL}/notes`, 'create').close();
  assert.throws(() => create(files), isCode('WAL_IO'));
  assert.deepEqual(files.list(WAL), ['notes']);
});

test('createWal: every call fails once -> WAL_IO, and a second attempt succeeds', () => {
  for (let nth = 1; ; nth++) {
    const files = memoryFiles();
    files.failCall(nth, 'FILE_NO_SPACE');
    try {
      create(files);
    } catch (error) {
      assert.ok(isCode('WAL_IO')(error));
      if (files.stat(WAL) === undefined) create(files);
      open(files);
      continue;
    }
    assert.ok(nth > 8);
    return;
  }
});

test('createWal: default size -> 64 000 000 bytes', () => {
  const files = memoryFiles();
  createWal({ files, directory: WAL, metadata: METADATA });
  assert.equal(files.stat(FIRST_SEGMENT)?.sizeBytes, 64_000_000);
});
