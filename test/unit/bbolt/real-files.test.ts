/** Files that real etcd and real bbolt left, read as real bbolt reads them (test/golden/bbolt). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { latin1 } from '../../../src/base/bytes.ts';
import type { BboltBucket } from '../../../src/bbolt/bucket.ts';
import { allRows, checked, contentOf, open, streamed } from '../../support/bbolt/bbolt-files.ts';
import { golden } from '../../support/bbolt/golden.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** In the form of the committed dumps. */
function dump(path: string, bucket: BboltBucket): string[] {
  const lines = [`[${path}] ${bucket.sequence}`];
  for (const { key, value, isBucket } of allRows(bucket)) {
    const inner = isBucket ? bucket.bucket(key) : undefined;
    if (inner === undefined) lines.push(`${hex(key)} ${hex(value)}`);
    else lines.push(`${hex(key)} bucket`, ...dump(`${path}/${latin1(key)}`, inner));
  }
  return lines;
}

const FILES = [
  { name: 'etcd-3.4.23', pageBytes: 4096, report: { buckets: 10, rows: 752, pagesInUse: 45 } },
  { name: 'etcd-3.5.30', pageBytes: 4096, report: { buckets: 10, rows: 754, pagesInUse: 45 } },
  { name: 'etcd-3.6.14', pageBytes: 4096, report: { buckets: 10, rows: 755, pagesInUse: 45 } },
  { name: 'bbolt-1.5.0-page-1024', pageBytes: 1024, report: undefined },
  { name: 'bbolt-1.5.0-page-16384', pageBytes: 16_384, report: undefined },
];

describe('real bbolt files', () => {
  for (const { name, pageBytes, report } of FILES) {
    it(`BBOLT-I2 ${name}: reads as real bbolt reads it, and is sound`, () => {
      const file = open(golden(`${name}.db`));
      assert.equal(file.meta.pageBytes, pageBytes);
      const lines = allRows(file.root).flatMap(({ key }) => {
        const bucket = file.bucket(key);
        return bucket === undefined ? [] : dump(latin1(key), bucket);
      });
      const expected = Buffer.from(golden(`${name}.rows`))
        .toString()
        .trimEnd()
        .split('\n');
      assert.deepEqual(lines, expected);
      const found = checked(file);
      if (report !== undefined) assert.deepEqual(found, report);
    });
  }

  it('BBOLT-I6 etcd’s rows written anew read the same', () => {
    const content = contentOf(open(golden('etcd-3.6.14.db')));
    assert.deepEqual(contentOf(open(streamed(content))), content);
  });
});
