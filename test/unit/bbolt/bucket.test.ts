import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import { BATCH_BYTES_MAX, BboltBucket } from '../../../src/bbolt/bucket.ts';
import { writeU64 } from '../../../src/bbolt/little-endian.ts';
import { PageReader } from '../../../src/bbolt/page-reader.ts';
import { bytesSource } from '../../../src/bbolt/page-source.ts';
import {
  allRows,
  bucketOf,
  numberedRows,
  open,
  streamed,
} from '../../support/bbolt/bbolt-files.ts';
import { buckets, fileOf, leaf } from '../../support/bbolt/hand-made.ts';

const ROWS = numberedRows(1000);
const FILE = open(streamed({ empty: {}, many: ROWS, one: { key: 'value' } }));

describe('bucket', () => {
  it('rows: batches of any size give all rows in order, and then nothing', () => {
    for (const rowsMax of [1, 7, 100, 5000]) {
      const keys = allRows(bucketOf(FILE, 'many'), undefined, rowsMax).map((r) => latin1(r.key));
      assert.deepEqual(keys, Object.keys(ROWS));
    }
    const cursor = bucketOf(FILE, 'many').rows();
    assert.deepEqual([cursor.next(2000).length, cursor.next(1).length], [1000, 0]);
    assert.deepEqual(allRows(bucketOf(FILE, 'empty')), []);
  });

  it('rows from a key: inclusive', () => {
    const keys = (from: string): string[] =>
      allRows(bucketOf(FILE, 'many'), fromLatin1(from)).map((row) => latin1(row.key));
    assert.deepEqual(keys('key000997'), ['key000997', 'key000998', 'key000999']);
    assert.deepEqual(keys('key000998x'), ['key000999']);
    assert.deepEqual(keys('z'), []);
  });

  it('BATCH_BYTES_MAX: a batch ends with the row that reaches it', () => {
    const file = open(streamed({ large: numberedRows(5, BATCH_BYTES_MAX / 2) }));
    const cursor = bucketOf(file, 'large').rows();
    const batches = [1, 2, 3, 4].map(() => cursor.next(100).length);
    assert.deepEqual(batches, [2, 2, 1, 0]);
  });

  it('first, last, get, count: of many rows, and of none', () => {
    const many = bucketOf(FILE, 'many');
    assert.equal(latin1(many.first()?.key ?? fromLatin1('')), 'key000000');
    assert.equal(latin1(many.last()?.key ?? fromLatin1('')), 'key000999');
    assert.equal(latin1(many.get(fromLatin1('key000500')) ?? fromLatin1('')), ROWS['key000500']);
    assert.equal(many.get(fromLatin1('key0005001')), undefined);
    assert.equal(many.count(), 1000);
    const empty = bucketOf(FILE, 'empty');
    assert.deepEqual(
      [empty.first(), empty.last(), empty.get(fromLatin1('a')), empty.count()],
      [undefined, undefined, undefined, 0],
    );
  });

  it('skip: passes rows of one page at a time', () => {
    const cursor = bucketOf(FILE, 'many').rows();
    assert.equal(cursor.skip(3), 3);
    assert.equal(latin1(cursor.next(1)[0]?.key ?? fromLatin1('')), 'key000003');
    const passed = cursor.skip(Infinity);
    assert.ok(passed > 0 && passed < 40, `${passed} rows`);
    assert.equal(latin1(cursor.next(1)[0]?.key ?? fromLatin1('')), `key0000${4 + passed}`);
  });

  it('a row that is a bucket: told apart, read as a bucket, and no plain value', () => {
    const file = open(fileOf([leaf({ inner: 'row' }), buckets({ deep: 2 }), buckets({ top: 3 })]));
    const top = bucketOf(file, 'top');
    assert.deepEqual(
      allRows(top).map((row) => [latin1(row.key), row.isBucket]),
      [['deep', true]],
    );
    assert.equal(top.get(fromLatin1('deep')), undefined);
    const deep = top.bucket(fromLatin1('deep'));
    assert.equal(latin1(deep?.get(fromLatin1('inner')) ?? fromLatin1('')), 'row');
    assert.equal(deep?.bucket(fromLatin1('inner')), undefined);
    assert.equal(top.bucket(fromLatin1('none')), undefined);
  });

  it('a bucket’s value: sequence and root; too short -> BBOLT_BUCKET', () => {
    const bytes = fileOf([leaf({ a: '1' })]);
    const pages = new PageReader({ source: bytesSource(bytes), pageBytes: 1024, pages: 3 });
    const value = new Uint8Array(16);
    writeU64(value, 0, 2);
    writeU64(value, 8, 77);
    const bucket = BboltBucket.ofValue(pages, value);
    assert.deepEqual([bucket.sequence, bucket.count()], [77, 1]);
    assert.throws(() => BboltBucket.ofValue(pages, value.subarray(1)), { code: 'BBOLT_BUCKET' });
    writeU64(value, 0, 3);
    assert.throws(() => BboltBucket.ofValue(pages, value).rows(), { code: 'BBOLT_PAGE_ID' });
  });
});
