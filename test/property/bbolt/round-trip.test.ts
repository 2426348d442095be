import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { equalBytes, fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import {
  allRows,
  bucketOf,
  type Content,
  checked,
  contentOf,
  open,
  sortedEntries,
  streamed,
  writtenInPlace,
} from '../../support/bbolt/bbolt-files.ts';

const PARAMETERS = { seed: Number(process.env['SEED'] ?? 20261120), numRuns: 60 };

/** Keys over few letters, so that some are prefixes of others; now and then a very long one. */
const key = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.string({
      minLength: 1,
      maxLength: 12,
      unit: fc.constantFrom('\0', 'a', 'b', '\xff'),
    }),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 5000 }).map((length) => 'k'.repeat(length)) },
);
const value = fc
  .oneof(
    { weight: 10, arbitrary: fc.integer({ min: 0, max: 300 }) },
    { weight: 1, arbitrary: fc.integer({ min: 300, max: 20_000 }) },
  )
  .map((length) => '\xa5'.repeat(length));
const rows = fc.oneof(
  fc.array(fc.tuple(key, value), { maxLength: 5 }),
  fc.array(fc.tuple(key, value), { maxLength: 200, size: 'max' }),
);
const content: fc.Arbitrary<Content> = fc
  .array(
    fc.tuple(
      key,
      rows.map((all) => Object.fromEntries(all)),
    ),
    { maxLength: 8 },
  )
  .map((all) => Object.fromEntries(all));
const pageBytes = fc.constantFrom(1024, 4096, 65_536);

/** The rows as a sorted list: the dumb second opinion. */
const pairs = (found: readonly { key: Uint8Array; value: Uint8Array }[]): [string, string][] =>
  found.map((row) => [latin1(row.key), latin1(row.value)]);

test('bbolt: BBOLT-I6 BBOLT-I7 random buckets and rows -> the file is sound and reads as written', () => {
  fc.assert(
    fc.property(content, pageBytes, (buckets, bytesPerPage) => {
      const bytes = streamed(buckets, bytesPerPage);
      const file = open(bytes);
      assert.equal(file.sizeBytes, bytes.length);
      assert.deepEqual(contentOf(file), buckets);
      const report = checked(file);
      assert.equal(report.buckets, Object.keys(buckets).length);
      assert.equal(report.pagesInUse * bytesPerPage, bytes.length, 'no page is free');
      assert.ok(equalBytes(writtenInPlace(buckets, bytesPerPage), bytes));
    }),
    PARAMETERS,
  );
});

test('bbolt: BBOLT-I4 rows from a key, first, last, get, count, skip -> as the sorted list', () => {
  fc.assert(
    fc.property(rows, fc.array(key), fc.integer({ min: 1, max: 50 }), (all, wanted, rowsMax) => {
      const model = Object.fromEntries(all);
      const sorted = sortedEntries(model);
      const bucket = bucketOf(open(streamed({ b: model }, 1024)), 'b');
      assert.deepEqual(pairs(allRows(bucket, undefined, rowsMax)), sorted);
      assert.equal(bucket.count(), sorted.length);
      const ends = [bucket.first(), bucket.last()].flatMap((row) => row ?? []);
      assert.deepEqual(pairs(ends), sorted.length === 0 ? [] : [sorted[0], sorted.at(-1)]);
      for (const from of [...wanted, ...all.map(([known]) => known)].slice(0, 20)) {
        const rest = sorted.filter(([known]) => known >= from);
        const bytes = fromLatin1(from);
        assert.deepEqual(pairs(bucket.rows(bytes).next(3)), rest.slice(0, 3));
        const found = bucket.get(bytes);
        assert.equal(found && latin1(found), model[from]);
        const cursor = bucket.rows(bytes);
        const skipped = cursor.skip(2);
        assert.deepEqual(pairs(cursor.next(1)), rest.slice(skipped, skipped + 1));
      }
    }),
    PARAMETERS,
  );
});
