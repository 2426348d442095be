import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clearTail, cutTornTail } from '../../../src/wal/tail-repair.ts';
import { MemoryFileSystem } from '../../sim/memory-file-system.ts';

function withFile(bytes: Uint8Array): MemoryFileSystem {
  const files = new MemoryFileSystem();
  files.makeDirectory('/wal');
  const file = files.open('/wal/a.wal', 'create');
  file.write(bytes, 0);
  file.dataSync();
  return files;
}

const CONTENT = new Uint8Array(2_500_000).map((_, i) => (i % 250) + 1);

test('cutTornTail: sound part stays, the whole file is kept as .broken', () => {
  const files = withFile(CONTENT);
  cutTornTail(files, '/wal/a.wal', 1000);
  assert.deepEqual(files.readFile('/wal/a.wal'), CONTENT.slice(0, 1000));
  assert.deepEqual(files.readFile('/wal/a.wal.broken'), CONTENT);
});

test('cutTornTail: .broken of an earlier repair -> replaced', () => {
  const files = withFile(Uint8Array.of(1, 2, 3));
  cutTornTail(files, '/wal/a.wal', 2);
  cutTornTail(files, '/wal/a.wal', 1);
  assert.deepEqual(files.readFile('/wal/a.wal.broken'), Uint8Array.of(1, 2));
});

test('clearTail: remains of lost writes -> zeros up to the size of a segment', () => {
  const files = withFile(CONTENT);
  const file = files.open('/wal/a.wal', 'write');
  clearTail(file, 1000, 3_000_000);
  const expected = new Uint8Array(3_000_000);
  expected.set(CONTENT.subarray(0, 1000));
  assert.deepEqual(files.readFile('/wal/a.wal'), expected);
});

test('clearTail: nothing to clear -> nothing written, but synced', () => {
  const files = withFile(new Uint8Array(4096));
  const file = files.open('/wal/a.wal', 'write');
  const before = files.calls;
  clearTail(file, 8, 4096);
  assert.equal(files.calls, before + 2, 'a preallocation that has nothing to do, and a sync');
  assert.deepEqual(files.readFile('/wal/a.wal'), new Uint8Array(4096));
});
