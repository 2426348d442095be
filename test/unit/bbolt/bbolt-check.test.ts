import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BboltCheck, BUCKET_DEPTH_MAX } from '../../../src/bbolt/bbolt-check.ts';
import type { NodeDraft } from '../../../src/bbolt/node-draft.ts';
import { checked, numberedRows, open, streamed } from '../../support/bbolt/bbolt-files.ts';
import { branch, buckets, fileOf, leaf } from '../../support/bbolt/hand-made.ts';

const checkOf = (nodes: readonly NodeDraft[]): unknown => checked(open(fileOf(nodes)));

describe('bbolt check', () => {
  it('a sound file: buckets, rows and pages are counted', () => {
    const bytes = streamed({ empty: {}, large: { a: 'x'.repeat(9000) }, many: numberedRows(500) });
    assert.deepEqual(checked(open(bytes)), {
      buckets: 3,
      rows: 501,
      pagesInUse: bytes.length / 4096,
    });
  });

  it('step: goes on by the rows asked for', () => {
    const check = new BboltCheck(open(streamed({ many: numberedRows(100) })));
    let steps = 1;
    while (check.step(10) === undefined) steps++;
    // 100 rows, one bucket, and the ends of the bucket and of the root.
    assert.equal(steps, 11);
  });

  it('a free page is not in use, nested buckets are', () => {
    const nodes = [
      leaf({ a: '' }),
      leaf({ free: '' }),
      buckets({ inner: 2 }),
      buckets({ outer: 4 }),
    ];
    assert.deepEqual(checkOf(nodes), { buckets: 2, rows: 1, pagesInUse: 5 });
  });

  it('BBOLT-I5 a page that two trees have -> BBOLT_PAGE_SHARED', () => {
    assert.throws(() => checkOf([leaf({ a: '' }), buckets({ one: 2, two: 2 })]), {
      code: 'BBOLT_PAGE_SHARED',
    });
    const large = leaf({ a: 'x'.repeat(2000) });
    const crossing = [large, leaf({ b: '' }), branch({ a: 2, b: 5 }), buckets({ one: 2, two: 6 })];
    assert.throws(() => checkOf(crossing), { code: 'BBOLT_PAGE_SHARED' });
  });

  it('BBOLT-I5 a bucket inside itself -> BBOLT_PAGE_SHARED', () => {
    assert.throws(() => checkOf([buckets({ self: 2 })]), { code: 'BBOLT_PAGE_SHARED' });
  });

  it('BUCKET_DEPTH_MAX: deeper nesting -> BBOLT_DEPTH', () => {
    const nested = (depth: number): NodeDraft[] => [
      leaf({ a: '' }),
      ...Array.from({ length: depth }, (_, n) => buckets({ inner: n + 2 })),
    ];
    // The root bucket is the first of them.
    const deepest = { buckets: BUCKET_DEPTH_MAX - 1, rows: 1, pagesInUse: BUCKET_DEPTH_MAX + 2 };
    assert.deepEqual(checkOf(nested(BUCKET_DEPTH_MAX - 1)), deepest);
    assert.throws(() => checkOf(nested(BUCKET_DEPTH_MAX)), { code: 'BBOLT_DEPTH' });
  });
});
