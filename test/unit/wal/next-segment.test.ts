import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NextSegment } from '../../../src/wal/next-segment.ts';
import { MemoryFileSystem } from '../../sim/memory-file-system.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';

const MIB = 1024 * 1024;
const STEP = MIB / 4;

function folder(): MemoryFileSystem {
  const files = new MemoryFileSystem();
  files.makeDirectory('/wal');
  files.syncDirectory('/');
  return files;
}

const make = (files: MemoryFileSystem, segmentBytes: number): NextSegment =>
  new NextSegment({ files, directory: '/wal', segmentBytes });

test('next segment: prepared in small steps, each of them synced', () => {
  const files = folder();
  const next = make(files, 2.5 * STEP);
  const sizes: number[] = [];
  while (!next.isReady) {
    next.prepare();
    sizes.push(files.stat('/wal/0.tmp')?.sizeBytes ?? 0);
  }
  assert.deepEqual(sizes, [STEP, 2 * STEP, 2.5 * STEP]);
  files.syncDirectory('/wal');
  const found = files.afterPowerLoss(new SeededRandom(1));
  assert.equal(found.stat('/wal/0.tmp')?.sizeBytes, 2.5 * STEP);
});

test('next segment: taken before it is ready -> finished first; names take turns', () => {
  const next = make(folder(), 2 * MIB);
  const first = next.take();
  assert.equal(first.path, '/wal/0.tmp');
  assert.equal(first.sizeBytes(), 2 * MIB);
  assert.equal(next.isReady, false);
  assert.equal(next.take().path, '/wal/1.tmp');
});

test('next segment: remains of an earlier run -> never reused', () => {
  const files = folder();
  for (const name of ['0.tmp', '1.tmp']) {
    files.open(`/wal/${name}`, 'create').write(Uint8Array.of(1), 0);
  }
  const next = make(files, 4096);
  assert.deepEqual(files.list('/wal'), []);
  next.take();
  assert.ok(files.readFile('/wal/0.tmp').every((byte) => byte === 0));
});

test('next segment: discarded -> the file is gone', () => {
  const files = folder();
  const next = make(files, 4096);
  next.prepare();
  next.discard();
  next.discard();
  assert.deepEqual(files.list('/wal'), []);
});
