/** A database without buckets in buckets, as its rows and back. */
import {
  compareBytes,
  concatBytes,
  equalBytes,
  fromLatin1,
  latin1,
} from '../../../src/base/bytes.ts';
import { BboltFile, BboltWriter, bytesSource, encodeMetaPages } from '../../../src/bbolt/index.ts';
import { allRows, bucketOf } from '../../support/bbolt/bbolt-files.ts';
import type { Part } from './mutate-parts.ts';

const KEY_BYTES_MAX = 32_768;

export interface Rows {
  readonly pageBytes: number;
  readonly buckets: readonly string[];
  readonly parts: readonly Part[];
}

export function rowsOf(database: Uint8Array): Rows {
  const file = BboltFile.open(bytesSource(database));
  const buckets = file.bucketNames().map(latin1);
  const parts = buckets.flatMap((group) =>
    allRows(bucketOf(file, group)).map(({ key, value }) => ({ group, key, value })),
  );
  return { pageBytes: file.meta.pageBytes, buckets, parts };
}

/** Rows that a bucket cannot hold are left out: without a key, or with that of another one. */
export function databaseWith({ pageBytes, buckets, parts }: Rows): Uint8Array {
  const writer = BboltWriter.forFile(pageBytes);
  const pages: Uint8Array[] = [];
  for (const bucket of buckets) {
    writer.beginBucket(fromLatin1(bucket));
    const rows = parts
      .filter(({ group, key }) => group === bucket && key.length > 0 && key.length < KEY_BYTES_MAX)
      .sort((a, b) => compareBytes(a.key, b.key));
    for (const [at, { key, value }] of rows.entries()) {
      const before = rows[at - 1];
      if (before === undefined || !equalBytes(before.key, key)) writer.put(key, value);
      pages.push(...writer.take());
    }
  }
  const plan = writer.end();
  pages.push(...writer.take());
  return concatBytes([encodeMetaPages(plan), ...pages]);
}
