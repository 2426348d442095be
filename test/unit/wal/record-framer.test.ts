import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../../src/base/assert.ts';
import { crc32c } from '../../../src/base/crc32c.ts';
import { parseRecord, RecordType, readFrameHeader } from '../../../src/wal/record.ts';
import { RecordFramer } from '../../../src/wal/record-framer.ts';

test('record framer: checksum record of an empty log -> bytes as etcd writes them', () => {
  const framer = new RecordFramer(0);
  framer.addCrc();
  assert.equal(Buffer.from(framer.frames()).toString('hex'), '04000000000000840804100000000000');
});

test('record framer: empty data -> no data field, checksum unchanged', () => {
  const framer = new RecordFramer(7);
  framer.add(RecordType.snapshot, new Uint8Array(0));
  assert.equal(Buffer.from(framer.frames()).toString('hex'), '04000000000000840805100700000000');
  assert.equal(framer.crc, 7);
});

test('record framer: records in a row -> each checksum covers all data before', () => {
  const framer = new RecordFramer(0x1234);
  let crc = 0x1234;
  let at = 0;
  for (const length of [1, 8, 100, 70_000, 3]) {
    const data = new Uint8Array(length).map((_, i) => i);
    framer.add(RecordType.entry, data);
    crc = crc32c(data, crc);
    const frames = framer.frames();
    const recordBytes = readFrameHeader(new DataView(frames.buffer, at)) ?? 0;
    assert.deepEqual(parseRecord(frames.subarray(at + 8), recordBytes), { type: 2, crc, data });
    at = framer.length;
    assert.equal(at % 8, 0);
  }
  assert.equal(framer.crc, crc);
});

test('record framer: cleared after dirty use -> padding is zero, chain goes on', () => {
  const framer = new RecordFramer(0);
  framer.add(RecordType.entry, new Uint8Array(5_000_000).fill(0xff));
  framer.clear();
  framer.add(RecordType.entry, new Uint8Array(100).fill(0xff));
  framer.clear();
  framer.add(RecordType.entry, Uint8Array.of(1));
  const frames = framer.frames();
  const recordBytes = readFrameHeader(new DataView(frames.buffer)) ?? 0;
  assert.ok(frames.subarray(8 + recordBytes).every((byte) => byte === 0));
  const data = new Uint8Array(5_000_101).fill(0xff);
  data[5_000_100] = 1;
  assert.equal(framer.crc, crc32c(data));
});

test('record framer: checksum record with data -> refused', () => {
  assert.throws(() => {
    new RecordFramer(0).add(RecordType.crc, Uint8Array.of(1));
  }, InvariantError);
});
