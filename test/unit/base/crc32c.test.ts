import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32c } from '../../../src/base/crc32c.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

/** Second opinion: the definition, bit by bit. */
function bitwise(bytes: Uint8Array, crc: number): number {
  let c = ~crc >>> 0;
  for (const byte of bytes) {
    c ^= byte;
    for (let bit = 0; bit < 8; bit++) c = (c & 1) === 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  }
  return ~c >>> 0;
}

describe('crc32c', () => {
  it('the check values of RFC 3720 B.4', () => {
    assert.equal(crc32c(ascii('123456789')), 0xe3069283);
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  });

  it('every length and alignment agrees with the bitwise definition', () => {
    const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i * 37 + 11) & 0xff);
    for (let start = 0; start < 9; start++) {
      for (let end = start; end <= bytes.length; end++) {
        assert.equal(crc32c(bytes, 7, start, end), bitwise(bytes.subarray(start, end), 7));
      }
    }
  });

  it('chained over two parts -> the crc of the whole', () => {
    const bytes = ascii('write-ahead log record');
    assert.equal(crc32c(bytes.subarray(9), crc32c(bytes.subarray(0, 9))), crc32c(bytes));
    assert.equal(crc32c(new Uint8Array(0), 12345), 12345);
  });
});
