import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileWindow } from '../../../src/wal/file-window.ts';
import { MemoryFileSystem } from '../../sim/memory-file-system.ts';

test('file window: any view, also across pieces and beyond the end -> the bytes of the file', () => {
  const bytes = new Uint8Array(1_000_000).map((_, i) => i % 251);
  const file = new MemoryFileSystem().open('/a', 'create');
  file.write(bytes, 0);
  const window = new FileWindow(file);
  assert.equal(window.sizeBytes, bytes.length);
  const views: [number, number][] = [
    [0, 8],
    [8, 100],
    [262_140, 8],
    [262_144, 700_000],
    [999_996, 8],
    [1_000_000, 8],
    [5, 3],
  ];
  for (const [position, length] of views) {
    assert.deepEqual(window.view(position, length), bytes.subarray(position, position + length));
  }
});

test('file window: bytes in reach -> read from the file once', () => {
  const file = new MemoryFileSystem().open('/a', 'create');
  file.write(new Uint8Array(1000), 0);
  let reads = 0;
  const read = file.read.bind(file);
  file.read = (target, position) => {
    reads++;
    return read(target, position);
  };
  const window = new FileWindow(file);
  for (let position = 0; position < 1000; position += 8) window.view(position, 8);
  assert.equal(reads, 1);
});
