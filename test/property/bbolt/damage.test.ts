/**
 * Damaged files: the rows that were written, or a BboltError, in reads that the file's size bounds.
 *
 * The format has no checksum over pages, so what is within a row can be anything: a flip there
 * changes that row, and no other; one in a bucket's root page number, that bucket.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defined } from '../../../src/base/assert.ts';
import { latin1 } from '../../../src/base/bytes.ts';
import { BboltError } from '../../../src/bbolt/bbolt-error.ts';
import { BboltFile } from '../../../src/bbolt/bbolt-file.ts';
import { readU64, writeU32, writeU64 } from '../../../src/bbolt/little-endian.ts';
import { bytesSource } from '../../../src/bbolt/page-source.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import {
  allRows,
  type Content,
  CountedSource,
  checked,
  numberedRows,
  streamed,
} from '../../support/bbolt/bbolt-files.ts';
import { golden } from '../../support/bbolt/golden.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);
const PAGE_BYTES = 1024;
const CONTENT: Content = {
  empty: {},
  inline: { a: '1', b: '' },
  large: { a: 'x'.repeat(1500), b: 'y' },
  // Long keys, so that few rows need branches on two levels.
  tree: Object.fromEntries(
    Object.entries(numberedRows(8, 200)).map(([k, v]) => [k + '-'.repeat(240), v]),
  ),
};
const FILE = streamed(CONTENT, PAGE_BYTES);
const PAGES = FILE.length / PAGE_BYTES;
const ROWS = rowsOf(BboltFile.open(bytesSource(FILE)));
/** All buckets, each through all pages, and the way to each. */
const READS_MAX = (Object.keys(CONTENT).length + 1) * (PAGES + 10);

/** Every row of the file as text that begins with the name of its bucket and a line break. */
function rowsOf(file: BboltFile): string[] {
  return file.bucketNames().flatMap((name) => {
    const bucket = defined(file.bucket(name), 'a bucket that is listed is there');
    const rows = allRows(bucket, undefined, 100);
    return rows.map(({ key, value }) => [name, key, value].map(latin1).join('\n'));
  });
}

/** What a reading gives; undefined for a BboltError. Anything else fails. */
function attempt<T>(
  bytes: Uint8Array,
  read: (file: BboltFile) => T,
  readsMax = READS_MAX,
): T | undefined {
  const source = new CountedSource(bytesSource(bytes), readsMax);
  try {
    return read(BboltFile.open(source));
  } catch (error) {
    if (!(error instanceof BboltError)) throw error;
    return undefined;
  } finally {
    assert.ok(source.largestRead <= bytes.length);
  }
}

test('damage: the file has what can be damaged', () => {
  assert.ok(PAGES < 20);
  assert.equal(ROWS.length, 12);
  const report = attempt(FILE, (file) => checked(file));
  assert.deepEqual(report, { buckets: 4, rows: 12, pagesInUse: PAGES });
});

test('damage: BBOLT-I2 BBOLT-I4 a flip in any byte -> refused, or at most one row is another', () => {
  const outcomes = { refused: 0, same: 0, row: 0, bucket: 0 };
  const rootLeaf = FILE.length - PAGE_BYTES;
  const has = new Set(ROWS);
  for (let at = 0; at < FILE.length; at++) {
    const bytes = FILE.slice();
    bytes[at] = (bytes[at] as number) ^ (1 << ((at * 7 + SEED) & 7));
    const rows = attempt(bytes, rowsOf);
    if (rows === undefined) {
      outcomes.refused++;
      continue;
    }
    attempt(bytes, (file) => checked(file, 100));
    const found = new Set(rows);
    const lost = ROWS.filter((row) => !found.has(row));
    if (lost.length === 0 && [...found].every((row) => has.has(row))) outcomes.same++;
    else if (at < rootLeaf) {
      outcomes.row++;
      assert.ok(lost.length <= 1, `byte ${at}: ${lost.length} rows lost`);
    } else {
      outcomes.bucket++;
      const buckets = new Set(lost.map((row) => row.slice(0, row.indexOf('\n'))));
      assert.ok(buckets.size <= 1, `byte ${at}: ${[...buckets].join()} lost`);
    }
  }
  // Each outcome is met: none of the assertions above is empty.
  assert.ok(
    Object.values(outcomes).every((count) => count > 0),
    JSON.stringify(outcomes),
  );
});

test('damage: cut anywhere -> refused', () => {
  for (let length = 0; length < FILE.length; length++) {
    const open = (): unknown => BboltFile.open(bytesSource(FILE.subarray(0, length)));
    assert.throws(open, { code: length < 80 ? 'BBOLT_NO_META' : 'BBOLT_TRUNCATED' });
  }
});

test('damage: BBOLT-I2 any two pages exchanged -> refused', () => {
  for (let a = 2; a < PAGES; a++) {
    for (let b = a + 1; b < PAGES; b++) {
      assert.equal(attempt(exchanged(a, b), rowsOf), undefined, `pages ${a} and ${b}`);
    }
  }
});

test('damage: BBOLT-I4 two pages that say each other’s number -> refused below a root', () => {
  const { tree: _, ...others } = CONTENT;
  // The bucket is the last one: its pages begin where the root leaf was without it.
  const treeFirst = streamed(others, PAGE_BYTES).length / PAGE_BYTES - 1;
  const treeRow = allRows(BboltFile.open(bytesSource(FILE)).root).at(-1);
  const treeRoot = readU64(defined(treeRow, 'the bucket').value, 0);
  for (let a = 2; a < PAGES; a++) {
    for (let b = a + 1; b < PAGES; b++) {
      const bytes = exchanged(a, b);
      writeU64(bytes, a * PAGE_BYTES, a);
      writeU64(bytes, b * PAGE_BYTES, b);
      const found = attempt(bytes, rowsOf);
      attempt(bytes, (file) => checked(file));
      if (a >= treeFirst && b < treeRoot) assert.equal(found, undefined, `pages ${a} and ${b}`);
    }
  }
});

function exchanged(a: number, b: number): Uint8Array {
  const bytes = FILE.slice();
  bytes.copyWithin(a * PAGE_BYTES, b * PAGE_BYTES, (b + 1) * PAGE_BYTES);
  bytes.set(FILE.subarray(a * PAGE_BYTES, (a + 1) * PAGE_BYTES), b * PAGE_BYTES);
  return bytes;
}

/** Numbers that are at the edges of what a field can be. */
const hostile = fc.oneof(
  fc.constantFrom(0, 1, 2, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff),
  fc.nat({ max: PAGES + 2 }),
  fc.nat({ max: 2 * PAGE_BYTES }),
);
/** A place in the first elements of a page, where numbers that lead elsewhere are. */
const place = fc
  .tuple(fc.integer({ min: 2, max: PAGES - 1 }), fc.nat({ max: 40 }))
  .map(([page, word]) => page * PAGE_BYTES + word * 4);

test('damage: BBOLT-I3 BBOLT-I4 several hostile numbers -> an end, in bounded reads', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(place, hostile), { minLength: 1, maxLength: 6 }), (changes) => {
      const bytes = FILE.slice();
      for (const [at, value] of changes) writeU32(bytes, at, value);
      attempt(bytes, rowsOf);
      attempt(bytes, (file) => checked(file));
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

test('damage: BBOLT-I5 flips in a real file with nested buckets -> a check ends, in bounded reads', () => {
  const file = golden('bbolt-1.5.0-page-1024.db');
  const pages = file.length / PAGE_BYTES;
  const random = new SeededRandom(SEED);
  let refused = 0;
  for (let run = 0; run < 300; run++) {
    const bytes = file.slice();
    const at = random.below(pages) * PAGE_BYTES + random.below(200);
    bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
    if (attempt(bytes, (damaged) => checked(damaged, 1000), 2 * pages + 50) === undefined)
      refused++;
  }
  assert.ok(refused > 20 && refused < 280, `${refused} refused`);
});
