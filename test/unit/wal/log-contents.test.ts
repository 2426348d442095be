import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Entry, HardState, WalSnapshot } from '../../../src/pb/index.ts';
import { LogContents } from '../../../src/wal/log-contents.ts';
import { RecordType } from '../../../src/wal/record.ts';
import type { LogRecord } from '../../../src/wal/segment-reader.ts';
import { WalError, type WalErrorCode } from '../../../src/wal/wal-error.ts';
import { entries, entry, hardState, METADATA, walSnapshot } from '../../support/wal-fixture.ts';

type Item = Entry | HardState | WalSnapshot | { type: number; data: Uint8Array };

function record(item: Item): LogRecord {
  const place = { file: 'a.wal', offset: 8 };
  if ('vote' in item) return { type: RecordType.state, data: HardState.encode(item), ...place };
  if ('confState' in item) {
    return { type: RecordType.snapshot, data: WalSnapshot.encode(item), ...place };
  }
  if ('index' in item) return { type: RecordType.entry, data: Entry.encode(item), ...place };
  return { ...item, ...place };
}

function contentsOf(items: readonly Item[], start = { index: 0, term: 0 }): LogContents {
  const contents = new LogContents(start, 0);
  for (const item of items) contents.add(record(item));
  contents.finish();
  return contents;
}

function fails(
  code: WalErrorCode,
  items: readonly Item[],
  start?: { index: number; term: number },
) {
  assert.throws(
    () => contentsOf(items, start),
    (error) => {
      assert.ok(error instanceof WalError);
      assert.equal(error.code, code, error.message);
      return true;
    },
  );
}

const START = WalSnapshot.create();
const indexes = (contents: LogContents): number[] => contents.entries.map((e) => e.index);
const terms = (contents: LogContents): number[] => contents.entries.map((e) => e.term);

test('log contents: entries and states in a row -> all entries, the last state', () => {
  const contents = contentsOf([
    START,
    ...entries(1, 3),
    hardState(1, 2),
    entry(4),
    hardState(2, 4),
  ]);
  assert.deepEqual(indexes(contents), [1, 2, 3, 4]);
  assert.deepEqual(contents.hardState, hardState(2, 4));
  assert.equal(contents.lastIndex, 4);
});

test('log contents: WAL-I4 entry with a known index -> replaces the tail', () => {
  const contents = contentsOf([START, ...entries(1, 5), hardState(1, 2), entry(3, 2), entry(4, 2)]);
  assert.deepEqual(indexes(contents), [1, 2, 3, 4]);
  assert.deepEqual(terms(contents), [1, 1, 2, 2]);
  assert.equal(contents.lastIndex, 4);
});

test('log contents: WAL-I4 entry behind a gap -> WAL_GAP (text as etcd words it)', () => {
  fails('WAL_GAP', [START, entry(1), entry(3)]);
  assert.throws(
    () => contentsOf([START, entry(1), entry(3)]),
    /^WalError: wal: slice bounds out of range, snapshot\[Index: 0, Term: 0\], current entry\[Index: 3, Term: 1\], len\(ents\): 1: in file 'a\.wal' at position: 8$/,
  );
});

test('log contents: from a snapshot on -> only the entries after it', () => {
  const contents = contentsOf(
    [START, ...entries(1, 4), hardState(1, 3), walSnapshot(3), entry(5)],
    { index: 3, term: 1 },
  );
  assert.deepEqual(indexes(contents), [4, 5]);
});

test('log contents: snapshot ahead of the log -> entries go on behind it', () => {
  const items = [START, ...entries(1, 4), walSnapshot(9, 2), hardState(2, 9), entry(10, 2)];
  assert.deepEqual(indexes(contentsOf(items, { index: 9, term: 2 })), [10]);
  fails('WAL_GAP', items);
});

test('log contents: snapshot that replaced a diverged log -> not readable across it', () => {
  const items = [START, ...entries(1, 4), walSnapshot(3, 2), hardState(2, 3), entry(4, 2)];
  fails('WAL_SNAPSHOT_MISMATCH', items);
  assert.deepEqual(terms(contentsOf(items, { index: 3, term: 2 })), [2]);
});

test('log contents: WAL-I7 a crash before the snapshot counts -> the diverged log is still the log', () => {
  const items = [START, ...entries(1, 4), hardState(1, 2), walSnapshot(3, 2)];
  assert.deepEqual(terms(contentsOf(items)), [1, 1, 1, 1]);
  // The next leader has the log replaced in the usual way, and commits.
  const later = [...items, entry(3, 2), hardState(2, 3)];
  assert.deepEqual(terms(contentsOf(later)), [1, 1, 2]);
  assert.deepEqual(terms(contentsOf(later, { index: 3, term: 2 })), []);
});

test('log contents: WAL-I7 a crash right after the snapshot counts -> what diverged is gone', () => {
  const items = [START, ...entries(1, 4), hardState(1, 2), walSnapshot(3, 2), hardState(2, 3)];
  assert.deepEqual(terms(contentsOf(items, { index: 3, term: 2 })), []);
});

test('log contents: WAL-I4 an entry up to the snapshot is replaced -> all behind it, too', () => {
  const items = [START, ...entries(1, 4), entry(2, 2), walSnapshot(2, 2), hardState(2, 2)];
  assert.deepEqual(terms(contentsOf(items, { index: 2, term: 2 })), []);
});

test('log contents: snapshot missing or of another term -> WAL_SNAPSHOT_NOT_FOUND, _MISMATCH', () => {
  fails('WAL_SNAPSHOT_NOT_FOUND', entries(1, 2));
  fails('WAL_SNAPSHOT_NOT_FOUND', [START, ...entries(1, 2)], { index: 2, term: 1 });
  fails('WAL_SNAPSHOT_MISMATCH', [START, ...entries(1, 2), walSnapshot(2, 1)], {
    index: 2,
    term: 2,
  });
});

test('log contents: commit index beyond the last entry at the end -> WAL_GAP', () => {
  fails('WAL_GAP', [START, ...entries(1, 2), walSnapshot(5), hardState(1, 5)]);
});

test('log contents: metadata of another member -> WAL_METADATA_CONFLICT', () => {
  const metadata = { type: RecordType.metadata, data: METADATA };
  assert.deepEqual(contentsOf([metadata, START, metadata]).metadata, METADATA);
  const other = { type: RecordType.metadata, data: Uint8Array.of(1) };
  fails('WAL_METADATA_CONFLICT', [metadata, START, other]);
  assert.throws(() => contentsOf([START]).metadata, WalError);
});

test('log contents: unknown record type -> WAL_UNKNOWN_RECORD', () => {
  fails('WAL_UNKNOWN_RECORD', [START, { type: 6, data: Uint8Array.of(1) }]);
  fails('WAL_UNKNOWN_RECORD', [START, { type: 0, data: Uint8Array.of(1) }]);
});

test('log contents: WAL-I5 what raft cannot have written -> WAL_CORRUPT', () => {
  const bases = [START, ...entries(1, 3, 2), hardState(2, 2)];
  const impossible: Item[] = [
    entry(4, 1),
    entry(2, 3),
    entry(0, 2),
    entry(4, 0),
    Entry.create({ index: 4, term: 2, type: 3 }),
    hardState(1, 2),
    hardState(2, 1),
    hardState(2, 4),
    { type: RecordType.entry, data: new Uint8Array(0) },
    { type: RecordType.entry, data: Uint8Array.of(0x22, 9) },
  ];
  for (const item of impossible) fails('WAL_CORRUPT', [...bases, item]);
});

test('log contents: state taken for an entry, entry taken for a state -> WAL_CORRUPT', () => {
  const bases = [START, ...entries(1, 3), hardState(1, 3)];
  const asEntry = { type: RecordType.entry, data: HardState.encode(hardState(1, 3)) };
  const asState = { type: RecordType.state, data: Entry.encode(entry(4, 1)) };
  fails('WAL_CORRUPT', [...bases, asEntry]);
  fails('WAL_CORRUPT', [...bases, asState]);
});

test('log contents: the record of a committed snapshot behind all entries, as backups have it -> the entries count', () => {
  const start = { index: 3, term: 1 };
  const contents = contentsOf([START, ...entries(4, 6), hardState(1, 6), walSnapshot(3)], start);
  assert.deepEqual(indexes(contents), [4, 5, 6]);
  const diverged = contentsOf([START, ...entries(4, 6), walSnapshot(3), hardState(1, 3)], start);
  assert.deepEqual(indexes(diverged), []);
});
