import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordType } from '../../../src/wal/record.ts';
import { RecordFramer } from '../../../src/wal/record-framer.ts';
import { SegmentReader } from '../../../src/wal/segment-reader.ts';
import { WalError, type WalErrorCode } from '../../../src/wal/wal-error.ts';
import { MemoryFileSystem } from '../../sim/memory-file-system.ts';
import { METADATA } from '../../support/wal-fixture.ts';

const NAME = 'the.wal';
const DATA = [40, 700, 9].map((length) => new Uint8Array(length).fill(length));

interface Segment {
  readonly bytes: Uint8Array;
  /** Offset of each record's frame, and the end. */
  readonly offsets: readonly number[];
  readonly crc: number;
}

/** A segment of five records and `spareBytes` of zeros, its chain beginning at `crc`. */
function segment(spareBytes = 4096, crc = 0): Segment {
  const framer = new RecordFramer(crc);
  const offsets = [0];
  framer.addCrc();
  offsets.push(framer.length);
  framer.add(RecordType.metadata, METADATA);
  for (const data of DATA) {
    offsets.push(framer.length);
    framer.add(RecordType.entry, data);
  }
  offsets.push(framer.length);
  const bytes = new Uint8Array(framer.length + spareBytes);
  bytes.set(framer.frames());
  return { bytes, offsets, crc: framer.crc };
}

function read(
  bytes: Uint8Array,
  options: { crc?: number; isLast?: boolean } = {},
): { types: number[]; reader: SegmentReader } {
  const files = new MemoryFileSystem();
  const file = files.open('/segment', 'create');
  file.write(bytes, 0);
  const { crc, isLast = true } = options;
  const reader = new SegmentReader({ file, name: NAME, crc, isLast });
  const types: number[] = [];
  for (let record = reader.next(); record !== undefined; record = reader.next()) {
    types.push(record.type);
  }
  return { types, reader };
}

function fails(code: WalErrorCode, offset: number, run: () => unknown): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof WalError);
    assert.equal(error.code, code, error.message);
    assert.deepEqual(error.place, { file: NAME, offset });
    return true;
  });
}

test('segment reader: zeros or end of file after the records -> all records, then the end', () => {
  for (const spare of [0, 8, 4096]) {
    const { bytes, offsets, crc } = segment(spare);
    const { types, reader } = read(bytes);
    assert.deepEqual(types, [4, 1, 2, 2, 2]);
    assert.equal(reader.offset, offsets[5]);
    assert.equal(reader.crc, crc);
  }
});

test('segment reader: data -> as written, with its place', () => {
  const { bytes, offsets } = segment();
  const file = new MemoryFileSystem().open('/segment', 'create');
  file.write(bytes, 0);
  const reader = new SegmentReader({ file, name: NAME, crc: undefined, isLast: true });
  reader.next();
  assert.deepEqual(reader.next()?.data, METADATA);
  for (const [i, data] of DATA.entries()) {
    assert.deepEqual(reader.next(), { type: 2, data, file: NAME, offset: offsets[i + 2] });
  }
});

test('segment reader: chain of the segment before -> must go on (text as etcd words it)', () => {
  const { bytes, crc } = segment(0, 0xabc);
  assert.equal(read(bytes, { crc: 0xabc }).reader.crc, crc);
  assert.throws(
    () => read(bytes, { crc: 0xabd }),
    (error) =>
      error instanceof WalError &&
      error.code === 'WAL_CRC_MISMATCH' &&
      error.message ===
        "walpb: crc mismatch: expected: abc computed: abd: in file 'the.wal' at position: 0",
  );
});

test('segment reader: flipped data -> WAL_CRC_MISMATCH at that record', () => {
  const { bytes, offsets } = segment();
  const at = offsets[3] as number;
  bytes[at + 300] = 0;
  fails('WAL_CRC_MISMATCH', at, () => read(bytes));
});

test('segment reader: lost sector in the last record -> WAL_TORN, in the last segment only', () => {
  const { bytes, offsets } = segment();
  const at = offsets[3] as number;
  bytes.fill(0, 512, 1024);
  fails('WAL_TORN', at, () => read(bytes.slice(0, offsets[4])));
  fails('WAL_CRC_MISMATCH', at, () => read(bytes.slice(0, offsets[4]), { isLast: false }));
});

test('segment reader: cut at every byte of an entry -> WAL_TORN; in the header -> WAL_CORRUPT', () => {
  const { bytes, offsets } = segment(0);
  const headerEnd = offsets[2] as number;
  for (let end = 0; end < bytes.length; end++) {
    const at = offsets.findLast((offset) => offset <= end) as number;
    const cut = bytes.slice(0, end);
    if (end === at && end >= headerEnd) assert.equal(read(cut).reader.offset, at);
    else fails(end < headerEnd ? 'WAL_CORRUPT' : 'WAL_TORN', at, () => read(cut));
    if (end !== at) fails('WAL_CORRUPT', at, () => read(cut, { isLast: false }));
  }
});

test('segment reader: length that reaches into the preallocated zeros -> WAL_CORRUPT, not torn', () => {
  const { bytes, offsets } = segment();
  const at = offsets[4] as number;
  bytes[at + 1] = 0x08;
  fails('WAL_CORRUPT', at, () => read(bytes));
});

test('segment reader: length beyond the end of the file -> WAL_CORRUPT unless the file is cut there', () => {
  const { bytes, offsets } = segment();
  const at = offsets[3] as number;
  bytes[at + 4] = 0x01;
  fails('WAL_CORRUPT', at, () => read(bytes));
});

test('segment reader: length lost, record not -> WAL_CORRUPT', () => {
  const { bytes, offsets } = segment();
  const at = offsets[4] as number;
  bytes.fill(0, at, at + 8);
  fails('WAL_CORRUPT', at, () => read(bytes));
});

test('segment reader: malformed padding -> WAL_CORRUPT', () => {
  const { bytes, offsets } = segment();
  const at = offsets[2] as number;
  bytes[at + 7] = 0x80;
  fails('WAL_CORRUPT', at, () => read(bytes));
});

test('segment reader: record types out of their place -> WAL_CORRUPT', () => {
  const typeAt = (offset: number): number => offset + 8 + 1;
  const { bytes, offsets } = segment();
  const cases: [record: number, type: number][] = [
    [0, RecordType.snapshot],
    [1, RecordType.state],
    [2, RecordType.metadata],
    [4, RecordType.crc],
  ];
  for (const [record, type] of cases) {
    const changed = bytes.slice();
    const offset = offsets[record] as number;
    changed[typeAt(offset)] = type;
    fails('WAL_CORRUPT', offset, () => read(changed));
  }
});
