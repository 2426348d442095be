import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isZero } from '../../../src/wal/zeros.ts';

test('isZero: any view, one byte set anywhere -> seen if and only if it is in the view', () => {
  const size = 23;
  for (let set = 0; set < size; set++) {
    const bytes = new Uint8Array(size);
    bytes[set] = 0x80;
    for (let start = 0; start <= size; start++) {
      for (let end = start; end <= size; end++) {
        assert.equal(isZero(bytes.subarray(start, end)), set < start || set >= end);
      }
    }
  }
});
