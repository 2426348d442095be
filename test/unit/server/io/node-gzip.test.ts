import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { nodeGzip } from '../../../../src/server/io/node-gzip.ts';

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at * at);

describe('nodeGzip', () => {
  it('what was compressed -> the same bytes, as a plain Uint8Array', () => {
    for (const length of [0, 1, 100_000]) {
      const back = nodeGzip.decompress(nodeGzip.compress(bytes(length)), 100_000);
      assert.deepEqual(back, bytes(length));
      assert.equal(Object.getPrototypeOf(back), Uint8Array.prototype);
    }
  });

  it('more than the bound -> GZIP_TOO_LARGE', () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000));
    assert.throws(() => nodeGzip.decompress(bomb, 1000), { code: 'GZIP_TOO_LARGE' });
    assert.throws(() => nodeGzip.decompress(gzipSync('ab'), 1), { code: 'GZIP_TOO_LARGE' });
  });

  const good = gzipSync(bytes(1000));
  const flipped = (at: number): Buffer => {
    const copy = Buffer.from(good);
    copy[at] = (copy[at] as number) ^ 0xff;
    return copy;
  };
  for (const [name, input, message] of [
    ['no gzip at all', Buffer.from('hello, hello, hello'), 'gzip: invalid header'],
    ['nothing', Buffer.alloc(0), 'unexpected EOF'],
    ['cut short', good.subarray(0, -20), 'unexpected EOF'],
    ['another checksum', flipped(good.length - 8), 'gzip: invalid checksum'],
    ['another length', flipped(good.length - 1), 'gzip: invalid checksum'],
    ['a damaged block', flipped(10), /^flate: corrupt input/],
  ] as const) {
    it(`${name} -> GZIP_CORRUPT: ${message}`, () => {
      assert.throws(() => nodeGzip.decompress(input, 1e6), { code: 'GZIP_CORRUPT', message });
    });
  }
});
