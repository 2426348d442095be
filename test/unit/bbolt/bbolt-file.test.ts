import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { concatBytes, fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import { BboltFile, BUCKETS_MAX } from '../../../src/bbolt/bbolt-file.ts';
import { MemoryFileSystem } from '../../sim/memory-file-system.ts';
import { checked, contentOf, open, streamed } from '../../support/bbolt/bbolt-files.ts';
import { buckets, fileOf, leaf } from '../../support/bbolt/hand-made.ts';

const CONTENT = { auth: { revision: '1' }, key: {}, meta: { term: '2' } };

describe('bbolt file', () => {
  it('bucketNames: top-level buckets in byte order', () => {
    assert.deepEqual(open(streamed(CONTENT)).bucketNames().map(latin1), ['auth', 'key', 'meta']);
    assert.deepEqual(open(streamed({})).bucketNames(), []);
  });

  it('bucket: by name, undefined when there is none', () => {
    const file = open(streamed(CONTENT));
    assert.equal(file.bucket(fromLatin1('key'))?.count(), 0);
    assert.equal(file.bucket(fromLatin1('ke')), undefined);
  });

  it('open: bytes behind the last page are no part of it', () => {
    const bytes = streamed(CONTENT);
    const file = open(concatBytes([bytes, new Uint8Array(5000).fill(0xff)]));
    assert.deepEqual([file.sizeBytes, contentOf(file)], [bytes.length, CONTENT]);
  });

  it('open: fewer bytes than pages -> BBOLT_TRUNCATED', () => {
    const bytes = streamed(CONTENT);
    assert.throws(() => open(bytes.subarray(0, bytes.length - 1)), { code: 'BBOLT_TRUNCATED' });
  });

  it('open: a FileHandle is a source as it is', () => {
    const handle = new MemoryFileSystem().open('/db', 'create');
    handle.write(streamed(CONTENT), 0);
    assert.deepEqual(contentOf(BboltFile.open(handle)), CONTENT);
  });

  it('a plain row at top level -> BBOLT_BUCKET', () => {
    const file = open(fileOf([leaf({ a: 'plain' })]));
    assert.throws(() => file.bucketNames(), { code: 'BBOLT_BUCKET' });
    assert.throws(() => checked(file), { code: 'BBOLT_BUCKET' });
  });

  it('BUCKETS_MAX: more names are not listed -> BBOLT_BUCKET', () => {
    const names = Array.from({ length: BUCKETS_MAX + 1 }, (_, n) => [
      `b${String(n).padStart(5, '0')}`,
      2,
    ]);
    const file = open(fileOf([leaf({}), buckets(Object.fromEntries(names))]));
    assert.throws(() => file.bucketNames(), { code: 'BBOLT_BUCKET' });
  });
});
