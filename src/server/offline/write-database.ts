/**
 * Writes a database file as real etcd has it: the rows of a source with some of them changed, in one
 * pass and in bounded memory.
 */
import { compareBytes, concatBytes, EMPTY_BYTES, fromLatin1, latin1 } from '../../base/bytes.ts';
import type { FileHandle } from '../../base/ports/file-system.ts';
import { type BboltPlan, BboltWriter, encodeMetaPages } from '../../bbolt/index.ts';
import type { DatabaseRow, DatabaseSource } from './database-source.ts';

const PAGE_BYTES = 4096;
/** Pages are written in pieces of this size. */
const PIECE_BYTES: number = 1 << 20;

/** What becomes of the rows of one bucket. */
export interface BucketEdit {
  /** Rows that are left out: those with these keys, or all of them. */
  readonly without?: 'all' | readonly Uint8Array[];
  /** Rows that come in, in any order; each takes the place of the one with its key. */
  readonly put?: readonly DatabaseRow[];
}

/** By the name of the bucket. A bucket that the source does not have is made. */
export type DatabaseEdits = ReadonlyMap<string, BucketEdit>;

/**
 * Fills `file`, which is new; all of it is on disk at return. Rejects with what the source rejects
 * with, with BboltError for a row that a bbolt file has no place for, and with FileError; the file
 * is of no use then.
 */
export async function writeDatabase(
  source: DatabaseSource,
  edits: DatabaseEdits,
  file: FileHandle,
): Promise<BboltPlan> {
  const writer = BboltWriter.forFile(PAGE_BYTES);
  // The two meta pages come last: they tell what the others add up to.
  let offset = 2 * PAGE_BYTES;
  const writePages = (): void => {
    const pages = concatBytes(writer.take());
    if (pages.length > 0) file.write(pages, offset);
    offset += pages.length;
  };
  for (const bucket of bucketsOf(source, edits)) {
    writer.beginBucket(fromLatin1(bucket));
    for await (const rows of edited(source.rows(bucket), edits.get(bucket))) {
      for (const { key, value } of rows) {
        writer.put(key, value);
        if (writer.pendingBytes >= PIECE_BYTES) writePages();
      }
    }
  }
  const plan = writer.end();
  writePages();
  file.write(encodeMetaPages(plan), 0);
  file.dataSync();
  return plan;
}

function bucketsOf(source: DatabaseSource, edits: DatabaseEdits): string[] {
  return [...new Set([...source.buckets, ...edits.keys()])].sort((a, b) => (a < b ? -1 : 1));
}

type Slices = AsyncIterable<readonly DatabaseRow[]>;

async function* edited(slices: Slices, edit: BucketEdit = {}): Slices {
  const { without = [], put = [] } = edit;
  const coming = inOrder([...put]);
  if (without !== 'all') {
    const gone = new Set([...without, ...put.map(({ key }) => key)].map(latin1));
    for await (const slice of slices) {
      const kept = gone.size === 0 ? slice : slice.filter(({ key }) => !gone.has(latin1(key)));
      const merged = takeThrough(coming, slice.at(-1)?.key ?? EMPTY_BYTES);
      yield merged.length === 0 ? kept : inOrder([...kept, ...merged]);
    }
  }
  yield coming;
}

/** Takes the rows up to `last` out of `rows`, which are in order. */
function takeThrough(rows: DatabaseRow[], last: Uint8Array): DatabaseRow[] {
  const behind = rows.findIndex(({ key }) => compareBytes(key, last) > 0);
  return rows.splice(0, behind < 0 ? rows.length : behind);
}

function inOrder(rows: DatabaseRow[]): DatabaseRow[] {
  return rows.sort((a, b) => compareBytes(a.key, b.key));
}
