import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { FileError } from '../../src/base/ports/file-system.ts';
import { asFileError, NodeFileSystem } from '../../src/server/io/node-file-system.ts';
import { MemoryFileSystem } from '../sim/memory-file-system.ts';
import { fileSystemSuite } from './file-system-suite.ts';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'etcd-ts-files-'));
after(() => {
  fs.rmSync(scratch, { recursive: true });
});

fileSystemSuite('memory', () => {
  const files = new MemoryFileSystem();
  files.makeDirectory('/data');
  return { files, directory: '/data' };
});

fileSystemSuite('node', () => ({
  files: new NodeFileSystem(),
  directory: fs.mkdtempSync(path.join(scratch, 'test-')),
}));

fileSystemSuite('node, without syncs', () => ({
  files: new NodeFileSystem({ unsafeNoFsync: true }),
  directory: fs.mkdtempSync(path.join(scratch, 'test-')),
}));

test('file system (node): synced unless told otherwise', (t) => {
  const calls = [t.mock.method(fs, 'fsyncSync'), t.mock.method(fs, 'fdatasyncSync')];
  const syncs = (files: NodeFileSystem, name: string): number[] => {
    const before = calls.map(({ mock }) => mock.callCount());
    const file = files.open(`${scratch}/${name}`, 'create');
    file.dataSync();
    file.close();
    files.syncDirectory(scratch);
    return calls.map(({ mock }, at) => mock.callCount() - (before[at] ?? 0));
  };
  assert.deepEqual(syncs(new NodeFileSystem(), 'synced'), [1, 1]);
  assert.deepEqual(syncs(new NodeFileSystem({ unsafeNoFsync: true }), 'unsynced'), [0, 0]);
});

test('file system (node): new files and folders -> private to the user', () => {
  const files = new NodeFileSystem();
  files.makeDirectory(`${scratch}/modes/below`);
  files.open(`${scratch}/modes/file`, 'create').close();
  assert.equal(fs.statSync(`${scratch}/modes/below`).mode & 0o777, 0o700);
  assert.equal(fs.statSync(`${scratch}/modes/file`).mode & 0o777, 0o600);
});

test('file system (node): preallocate -> the disk blocks are really taken', () => {
  const file = new NodeFileSystem().open(`${scratch}/blocks`, 'create');
  file.preallocate(1_500_000);
  file.dataSync();
  file.close();
  assert.ok(fs.statSync(`${scratch}/blocks`).blocks * 512 >= 1_500_000);
});

test('file system (node): a write the device refuses -> a FileError that names it', () => {
  const file = new NodeFileSystem().open('/dev/full', 'write');
  assert.throws(
    () => {
      file.write(Uint8Array.of(1), 0);
    },
    (error) =>
      error instanceof FileError &&
      error.code === 'FILE_NO_SPACE' &&
      error.message === 'write /dev/full: ENOSPC: no space left on device',
  );
  file.close();
});

test('file system (node): a quota that is used up, for which Node has no name -> FILE_NO_SPACE', () => {
  const cause = Object.assign(new TypeError('Unknown system error -122'), {
    code: 'Unknown system error -122',
    errno: -122,
  });
  const error = asFileError('write', '/data/x', cause);
  assert.equal(error.code, 'FILE_NO_SPACE');
  assert.equal(error.message, 'write /data/x: EDQUOT: disk quota exceeded');
});
