import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BboltError } from '../../../src/bbolt/bbolt-error.ts';
import { chooseMeta, encodeMetaPages, isPageSize } from '../../../src/bbolt/meta-page.ts';
import { PAGE_BYTES_MAX, PAGE_BYTES_MIN } from '../../../src/bbolt/page-format.ts';
import { bytesSource } from '../../../src/bbolt/page-source.ts';

const PLAN = { pageBytes: 4096, rootPage: 7, pages: 9 };
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Two meta pages, one with the txid of the other kind of file: newer in page 1. */
function swapped(): Uint8Array {
  const pages = encodeMetaPages(PLAN);
  const copy = pages.slice();
  copy.set(pages.subarray(4096), 0);
  copy.set(pages.subarray(0, 4096), 4096);
  return copy;
}

describe('meta page', () => {
  it('encode: two pages -> the bytes of the format, page 0 newer', () => {
    const pages = encodeMetaPages(PLAN);
    assert.equal(pages.length, 8192);
    const first =
      '00000000000000000400000000000000' + // page 0, meta
      'edda0ced02000000001000000000000007000000000000000000000000000000' +
      'ffffffffffffffff09000000000000000200000000000000';
    assert.equal(hex(pages.subarray(0, 72)), first);
    assert.equal(pages[4096], 1);
    assert.equal(pages[4096 + 16 + 48], 1, 'txid');
  });

  it('BBOLT-I1 choose: both valid -> the one with the higher txid, wherever it is', () => {
    const expected = { ...PLAN, freelistPage: undefined, txid: 2 };
    assert.deepEqual(chooseMeta(bytesSource(encodeMetaPages(PLAN))), expected);
    assert.deepEqual(chooseMeta(bytesSource(swapped())), expected);
  });

  it('BBOLT-I1 choose: any bit of the newer one lost -> the older one', () => {
    for (let at = 16; at < 16 + 64; at++) {
      for (const [file, newer] of [
        [encodeMetaPages(PLAN), 0],
        [swapped(), 4096],
      ] as const) {
        file[newer + at] = (file[newer + at] as number) ^ 0x10;
        assert.equal(chooseMeta(bytesSource(file)).txid, 1, `byte ${newer + at}`);
      }
    }
  });

  it('choose: page 0 gone -> page 1 is found for every page size', () => {
    for (let pageBytes = PAGE_BYTES_MIN; pageBytes <= PAGE_BYTES_MAX; pageBytes *= 2) {
      const file = encodeMetaPages({ ...PLAN, pageBytes });
      file.fill(0, 0, 512);
      assert.equal(chooseMeta(bytesSource(file)).pageBytes, pageBytes);
    }
  });

  it('choose: neither is valid, or the file is shorter -> BBOLT_NO_META', () => {
    const pages = encodeMetaPages(PLAN);
    const zeros = new Uint8Array(8192);
    const beyond = encodeMetaPages({ ...PLAN, pageBytes: PAGE_BYTES_MAX * 2 });
    for (const file of [zeros, pages.subarray(0, 79), new Uint8Array(0), beyond]) {
      assert.throws(
        () => chooseMeta(bytesSource(file)),
        (error) => error instanceof BboltError && error.code === 'BBOLT_NO_META',
      );
    }
    assert.equal(chooseMeta(bytesSource(pages.subarray(0, 80))).txid, 2);
  });

  it('isPageSize: powers of two within the bounds', () => {
    assert.deepEqual([PAGE_BYTES_MIN, 4096, PAGE_BYTES_MAX].map(isPageSize), [true, true, true]);
    assert.deepEqual([0, PAGE_BYTES_MIN / 2, 4097, 6144, PAGE_BYTES_MAX * 2].map(isPageSize), [
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
