import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  paddingFor,
  parseRecord,
  readFrameHeader,
  writeFrameHeader,
} from '../../../src/wal/record.ts';

function header(...bytes: number[]): DataView {
  return new DataView(Uint8Array.from(bytes).buffer);
}

test('frame header: every length -> padding makes it a multiple of 8, and reads back', () => {
  for (let length = 1; length <= 64; length++) {
    assert.equal((length + paddingFor(length)) % 8, 0);
    const view = new DataView(new ArrayBuffer(8));
    writeFrameHeader(view, 0, length);
    assert.equal(readFrameHeader(view), length);
  }
});

test('frame header: bytes as etcd writes them', () => {
  const view = new DataView(new ArrayBuffer(8));
  writeFrameHeader(view, 0, 0x71);
  assert.deepEqual([...new Uint8Array(view.buffer)], [0x71, 0, 0, 0, 0, 0, 0, 0x87]);
  writeFrameHeader(view, 0, 0x10);
  assert.deepEqual([...new Uint8Array(view.buffer)], [0x10, 0, 0, 0, 0, 0, 0, 0]);
});

test('frame header: 56-bit length -> whole number', () => {
  assert.equal(readFrameHeader(header(0, 0, 0, 0, 1, 0, 0, 0)), 2 ** 32);
  assert.equal(readFrameHeader(header(0, 0, 0, 0, 0, 0, 0, 0)), 0);
});

test('frame header: padding that does not fit the length -> undefined', () => {
  const cases = [
    [0x71, 0, 0, 0, 0, 0, 0, 0x86],
    [0x71, 0, 0, 0, 0, 0, 0, 0x07],
    [0x71, 0, 0, 0, 0, 0, 0, 0],
    [0x10, 0, 0, 0, 0, 0, 0, 0x80],
    [0x00, 0, 0, 0, 0, 0, 0, 0x81],
    [0x71, 0, 0, 0, 0, 0, 0, 0x97],
  ];
  for (const bytes of cases) assert.equal(readFrameHeader(header(...bytes)), undefined);
});

test('parseRecord: all fields -> type, crc, data', () => {
  const bytes = Uint8Array.of(0x08, 2, 0x10, 0xac, 0x02, 0x1a, 2, 7, 9, 0, 0, 0, 0, 0, 0, 0);
  assert.deepEqual(parseRecord(bytes, 9), { type: 2, crc: 300, data: Uint8Array.of(7, 9) });
});

test('parseRecord: zero fields left out, as etcd 3.7 does -> read as zero', () => {
  assert.deepEqual(parseRecord(Uint8Array.of(0x08, 4, 0, 0, 0, 0, 0, 0), 2), {
    type: 4,
    crc: 0,
    data: new Uint8Array(0),
  });
  assert.deepEqual(parseRecord(Uint8Array.of(0x10, 5, 0, 0, 0, 0, 0, 0), 2), {
    type: 0,
    crc: 5,
    data: new Uint8Array(0),
  });
});

test('parseRecord: data that does not fill the record, unknown field -> malformed', () => {
  assert.equal(parseRecord(Uint8Array.of(0x08, 2, 0x1a, 3, 7, 9, 0, 0), 6), 'malformed');
  assert.equal(parseRecord(Uint8Array.of(0x08, 2, 0x1a, 1, 7, 9, 0, 0), 6), 'malformed');
  assert.equal(parseRecord(Uint8Array.of(0x08, 2, 0x20, 1, 0, 0, 0, 0), 4), 'malformed');
});

test('parseRecord: file ends inside -> cut, unless it contradicts the length', () => {
  assert.equal(parseRecord(Uint8Array.of(0x08, 2, 0x1a, 9, 7), 13), 'cut');
  assert.equal(parseRecord(Uint8Array.of(0x08, 2, 0x1a, 1, 7, 0, 0), 5), 'cut', 'padding cut');
  assert.equal(parseRecord(new Uint8Array(0), 13), 'cut');
  assert.equal(parseRecord(Uint8Array.of(0x08, 2, 0x1a, 1, 7, 0x20, 0), 13), 'malformed');
});
