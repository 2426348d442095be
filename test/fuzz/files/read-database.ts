/** Reads all of a database, in every way that there is, and compares. */
import { compareBytes, equalBytes } from '../../../src/base/bytes.ts';
import { type BboltBucket, BboltFile, bytesSource } from '../../../src/bbolt/index.ts';
import { allRows, CountedSource, checked } from '../../support/bbolt/bbolt-files.ts';
import { type DataFiles, databaseOf } from './data-files.ts';
import { expect, refusalOf } from './file-finding.ts';

/** A page is read at most so often, in one way to read: for its node, its siblings' and the run's. */
const READS_PER_PAGE_MAX = 4;
/** Of a small file: the meta pages, which are looked for at each size. */
const READS_MAX = 100;
const DEPTH_MAX = 40;

/**
 * The outcome: that of the check, or what it was refused with. What passes the check is read
 * without an error; every way to read gives the same rows, in bounded reads.
 */
export function readDatabase(files: DataFiles): string {
  const bytes = databaseOf(files);
  const refused = refusalBy(() => readRows(bytes, false));
  let rows = 0;
  const damage = refusalBy(() => {
    rows = read(bytes, (file) => checked(file, 100)).rows;
  });
  if (damage !== undefined) return damage;
  expect(refused === undefined, `passes the check, but cannot be read: ${refused}`);
  expect(readRows(bytes, true) === rows, 'the check counts other rows than there are');
  return 'accepted';
}

function refusalBy(use: () => void): string | undefined {
  try {
    use();
    return undefined;
  } catch (error) {
    return refusalOf(error);
  }
}

function readRows(bytes: Uint8Array, isSound: boolean): number {
  return read(bytes, (file) => rowsIn(file.root, 0, isSound));
}

function read<T>(bytes: Uint8Array, use: (file: BboltFile) => T): T {
  const pages = Math.ceil(bytes.length / 1024);
  const source = new CountedSource(bytesSource(bytes), READS_MAX + READS_PER_PAGE_MAX * pages);
  const result = use(BboltFile.open(source));
  expect(source.largestRead <= bytes.length, 'more is read at once than there is');
  return result;
}

/** Plain rows in the bucket and those in it. */
function rowsIn(bucket: BboltBucket, depth: number, isSound: boolean): number {
  expect(depth < DEPTH_MAX, 'buckets in one another without an end');
  const rows = allRows(bucket, undefined, 100);
  expect(bucket.count() === rows.length, 'counts other rows than it gives');
  let plain = 0;
  for (const [at, { key, value, isBucket }] of rows.entries()) {
    const before = rows[at - 1];
    expect(before === undefined || compareBytes(before.key, key) < 0, 'keys do not ascend');
    if (isBucket) {
      const inner = bucket.bucket(key);
      // A bucket may have itself in it: only a check goes down through all.
      if (inner !== undefined && (isSound || depth === 0))
        plain += rowsIn(inner, depth + 1, isSound);
    } else {
      plain++;
      // Each look-up reads its way from the root.
      const found = at % 64 === 0 ? bucket.get(key) : value;
      expect(found !== undefined && equalBytes(found, value), 'another value by its key');
    }
  }
  const [first, last] = [bucket.first(), bucket.last()];
  expect(first?.key.join() === rows[0]?.key.join(), 'another first row');
  expect(last?.key.join() === rows.at(-1)?.key.join(), 'another last row');
  return plain;
}
