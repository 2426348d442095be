import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import { BUCKETS_MAX } from '../../../src/bbolt/bbolt-file.ts';
import { BboltWriter, PENDING_BYTES_MAX } from '../../../src/bbolt/bbolt-writer.ts';
import { KEY_BYTES_MAX, VALUE_BYTES_MAX } from '../../../src/bbolt/page-format.ts';
import {
  allRows,
  checked,
  contentOf,
  feed,
  numberedRows,
  open,
  streamed,
  writtenInPlace,
} from '../../support/bbolt/bbolt-files.ts';

const CONTENT = {
  alarm: {},
  auth: { authEnabled: '\x01', authRevision: '\0\0\0\0\0\0\0\x01' },
  key: numberedRows(2000),
  large: { a: 'x'.repeat(100_000), b: '' },
  lease: numberedRows(30),
};
const name = fromLatin1('bucket');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function writerInBucket(): BboltWriter {
  const writer = BboltWriter.forFile();
  writer.beginBucket(name);
  return writer;
}

describe('bbolt writer', () => {
  it('BBOLT-I6 what is written reads as what was put, and is sound', () => {
    const bytes = streamed(CONTENT);
    assert.deepEqual(contentOf(open(bytes)), CONTENT);
    const rows = Object.values(CONTENT).flatMap((all) => Object.keys(all)).length;
    assert.deepEqual(checked(open(bytes)), { buckets: 5, rows, pagesInUse: bytes.length / 4096 });
  });

  it('BBOLT-I7 measured, streamed and written in place -> one plan, the same bytes', () => {
    const bytes = streamed(CONTENT);
    const plan = feed(BboltWriter.measuring(), CONTENT);
    assert.equal(plan.pages * plan.pageBytes, bytes.length);
    assert.equal(hex(writtenInPlace(CONTENT)), hex(bytes));
  });

  it('a file without buckets -> two meta pages and an empty leaf', () => {
    const bytes = streamed({});
    assert.equal(bytes.length, 3 * 4096);
    assert.equal(hex(bytes.subarray(8192, 8192 + 16)), '02000000000000000200000000000000');
    assert.ok(bytes.subarray(8192 + 16).every((byte) => byte === 0));
  });

  it('an inline bucket -> the bytes of the format', () => {
    const root = streamed({ b: { k: 'v' } }).subarray(8192);
    const expected =
      '02000000000000000200010000000000' + // page 2, leaf, one element
      '01000000100000000100000032000000' + // bucket, data 16 further, key 1, value 50
      '62' +
      '00000000000000000000000000000000' + // root 0: inline; sequence 0
      '00000000000000000200010000000000' + // page 0, leaf, one element
      '00000000100000000100000001000000' +
      '6b76';
    assert.equal(hex(root.subarray(0, expected.length / 2)), expected);
  });

  it('inline up to a quarter of a page, a page of its own above', () => {
    const valueBytes = 1024 - 16 - 16 - 1;
    assert.equal(streamed({ b: { k: 'v'.repeat(valueBytes) } }).length, 3 * 4096);
    assert.equal(streamed({ b: { k: 'v'.repeat(valueBytes + 1) } }).length, 4 * 4096);
  });

  it('measuring keeps nothing; take gives pages once', () => {
    const measuring = BboltWriter.measuring();
    feed(measuring, CONTENT, (pages) => assert.deepEqual(pages, []));
    const writer = writerInBucket();
    for (const [key, value] of Object.entries(numberedRows(100))) {
      writer.put(fromLatin1(key), fromLatin1(value));
    }
    assert.equal(writer.pendingBytes, writer.take().length * 4096);
    assert.deepEqual([writer.pendingBytes, writer.take()], [0, []]);
  });

  it('BBOLT-I8 buckets or keys that do not ascend -> assertion', () => {
    const key = fromLatin1('m');
    for (const wrong of ['l', 'm']) {
      const writer = writerInBucket();
      writer.put(key, key);
      assert.throws(() => writer.put(fromLatin1(wrong), key), { name: 'InvariantError' });
    }
    for (const wrong of ['bucke', 'bucket']) {
      const beginning = (): void => writerInBucket().beginBucket(fromLatin1(wrong));
      assert.throws(beginning, { name: 'InvariantError' });
    }
  });

  it('BBOLT-I8 calls out of order -> assertion', () => {
    const ended = writerInBucket();
    ended.end();
    for (const call of [
      () => ended.end(),
      () => ended.beginBucket(fromLatin1('c')),
      () => ended.put(name, name),
      () => BboltWriter.forFile().put(name, name),
      () => BboltWriter.forFile(5000),
    ]) {
      assert.throws(call, { name: 'InvariantError' });
    }
  });

  it('BBOLT-I7 other rows than were measured -> assertion at the end', () => {
    const plan = feed(BboltWriter.measuring(), CONTENT);
    const other = { ...CONTENT, key: numberedRows(2100) };
    assert.throws(() => feed(BboltWriter.streaming(plan), other), { name: 'InvariantError' });
  });

  it('KEY_BYTES_MAX: the longest key is written, a longer or an empty one refused', () => {
    const longest = 'k'.repeat(KEY_BYTES_MAX);
    const content = { [longest]: { [longest]: 'v' } };
    assert.deepEqual(contentOf(open(streamed(content))), content);
    for (const length of [0, KEY_BYTES_MAX + 1]) {
      const key = new Uint8Array(length);
      assert.throws(() => writerInBucket().put(key, key), { code: 'BBOLT_ROW_SIZE' });
      assert.throws(() => BboltWriter.forFile().beginBucket(key), { code: 'BBOLT_ROW_SIZE' });
    }
  });

  it('VALUE_BYTES_MAX: a larger value is refused', () => {
    const value = new Uint8Array(VALUE_BYTES_MAX + 1);
    assert.throws(() => writerInBucket().put(name, value), { code: 'BBOLT_ROW_SIZE' });
  });

  it('PENDING_BYTES_MAX: more than that waits to be taken -> assertion', () => {
    const writer = writerInBucket();
    const value = new Uint8Array(PENDING_BYTES_MAX / 4);
    const put = (n: number): void => writer.put(Uint8Array.of(n), value);
    // The newest row waits in its leaf.
    for (let n = 1; n <= 5; n++) put(n);
    assert.throws(() => put(6), { name: 'InvariantError' });
    writer.take();
    put(6);
  });

  it('BUCKETS_MAX: as many are written and read, one more is an assertion', () => {
    const names = Array.from({ length: BUCKETS_MAX }, (_, n) => `b${String(n).padStart(5, '0')}`);
    const content = Object.fromEntries(names.map((bucket) => [bucket, { [bucket]: '' }]));
    const file = open(streamed(content));
    assert.deepEqual(file.bucketNames().map(latin1), names);
    assert.equal(allRows(file.root).length, BUCKETS_MAX);
    const more = { ...content, c: {} };
    assert.throws(() => feed(BboltWriter.measuring(), more), { name: 'InvariantError' });
  });
});
