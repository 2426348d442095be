import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksTorn } from '../../../src/wal/torn-write.ts';

const RECORD = { type: 2, crc: 1, data: new Uint8Array(0) };

function filled(length: number, zero: [number, number] = [0, 0]): Uint8Array {
  return new Uint8Array(length).fill(1).fill(0, ...zero);
}

test('looksTorn: file ends inside the record -> torn', () => {
  assert.equal(looksTorn(filled(3), 8, 'cut'), true);
});

test('looksTorn: a whole sector of the record is zero -> torn', () => {
  assert.equal(looksTorn(filled(1500, [504, 1016]), 8, RECORD), true);
  assert.equal(looksTorn(filled(1500, [0, 504]), 8, RECORD), true);
  assert.equal(looksTorn(filled(1500, [1016, 1500]), 8, RECORD), true);
});

test('looksTorn: zeros that no lost sector explains -> not torn', () => {
  assert.equal(looksTorn(filled(1500), 8, RECORD), false);
  assert.equal(looksTorn(filled(1500, [505, 1016]), 8, RECORD), false);
  assert.equal(looksTorn(filled(1500, [504, 1015]), 8, RECORD), false);
  assert.equal(looksTorn(filled(1500, [300, 812]), 8, RECORD), false);
});

test('looksTorn: head contradicts the frame -> torn only if a sector under the head is zero', () => {
  assert.equal(looksTorn(filled(1500, [504, 1016]), 8, 'malformed'), false);
  assert.equal(looksTorn(filled(1500, [0, 504]), 8, 'malformed'), true);
  assert.equal(looksTorn(filled(1500, [8, 520]), 504, 'malformed'), true);
});
