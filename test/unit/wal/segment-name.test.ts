import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatSegmentName,
  listSegments,
  parseSegmentName,
  segmentAt,
  walExists,
} from '../../../src/wal/segment-name.ts';
import { WalError, type WalErrorCode } from '../../../src/wal/wal-error.ts';
import { MemoryFileSystem } from '../../sim/memory-file-system.ts';

function withNames(...names: string[]): MemoryFileSystem {
  const files = new MemoryFileSystem();
  files.makeDirectory('/wal');
  for (const name of names) files.open(`/wal/${name}`, 'create').close();
  return files;
}

const name = (sequence: number, firstIndex: number): string =>
  formatSegmentName({ sequence, firstIndex });

function fails(code: WalErrorCode, message: string): (error: unknown) => boolean {
  return (error) => error instanceof WalError && error.code === code && error.message === message;
}

test('segment name: sequence and index -> 16 hex digits each, and back', () => {
  const text = name(26, 0x1_2345_6789);
  assert.equal(text, '000000000000001a-0000000123456789.wal');
  assert.deepEqual(parseSegmentName(text), { sequence: 26, firstIndex: 0x1_2345_6789 });
});

test('segment name: anything else -> not a segment', () => {
  const others = [
    '0.tmp',
    '000000000000001a-0000000123456789.wal.broken',
    '00000000000001a-0000000123456789.wal',
    '000000000000001A-0000000123456789.wal',
    'ffffffffffffffff-0000000000000000.wal',
  ];
  for (const other of others) assert.equal(parseSegmentName(other), undefined, other);
});

test('listSegments: other files between them -> segments only, in order', () => {
  const files = withNames('1.tmp', name(1, 9), name(0, 0), `${name(0, 0)}.broken`);
  assert.deepEqual(listSegments(files, '/wal'), [
    { sequence: 0, firstIndex: 0 },
    { sequence: 1, firstIndex: 9 },
  ]);
});

test('listSegments: no segment or no folder -> WAL_NOT_FOUND', () => {
  const notFound = fails('WAL_NOT_FOUND', 'wal: file not found');
  assert.throws(() => listSegments(withNames('0.tmp'), '/wal'), notFound);
  assert.throws(() => listSegments(new MemoryFileSystem(), '/wal'), notFound);
});

test('listSegments: a segment missing -> WAL_SEQUENCE', () => {
  const files = withNames(name(3, 0), name(4, 5), name(6, 9));
  assert.throws(
    () => listSegments(files, '/wal'),
    fails(
      'WAL_SEQUENCE',
      'wal: file sequence numbers (starting from 1) do not increase continuously',
    ),
  );
});

test('segmentAt: snapshot index -> the last segment that begins at or below it', () => {
  const segments = [5, 20, 12, 30].map((firstIndex, sequence) => ({ sequence, firstIndex }));
  const cases: [number, number][] = [
    [5, 0],
    [11, 0],
    [12, 2],
    [25, 2],
    [30, 3],
    [99, 3],
  ];
  for (const [index, expected] of cases) assert.equal(segmentAt(segments, index), expected);
  assert.throws(
    () => segmentAt(segments, 4),
    fails('WAL_NO_SEGMENT', "wal: file not found which matches the snapshot index '4'"),
  );
});

test('walExists: only with a segment', () => {
  assert.equal(walExists(withNames(name(0, 0)), '/wal'), true);
  assert.equal(walExists(withNames('0.tmp'), '/wal'), false);
  assert.equal(walExists(new MemoryFileSystem(), '/wal'), false);
});
