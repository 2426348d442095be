/**
 * All rows of a member's state, in order, wherever they lie: in the database file of a real etcd or
 * in our backend.
 */
import { fromLatin1, latin1 } from '../../base/bytes.ts';
import { type Backend, type BackendView, NAMED_BUCKETS } from '../../base/ports/backend.ts';
import type { BboltFile, BboltRow } from '../../bbolt/index.ts';
import { OfflineError } from './errors.ts';

/** Rows that are read at once; of large ones fewer come. */
const SLICE_ROWS = 512;

export interface DatabaseRow {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** It must not change while it is read. */
export interface DatabaseSource {
  /**
   * Names of its buckets in byte order, one character for each byte. Rejects as `rows` does.
   */
  readonly buckets: readonly string[];
  /**
   * The rows of a bucket by ascending keys, in slices; none for a bucket that is not there. Rejects
   * with BboltError, BackendError and FileError, and with OFFLINE_NESTED_BUCKET.
   */
  rows(bucket: string): AsyncIterable<readonly DatabaseRow[]>;
}

/** Every bucket of a file, those that are not etcd's too. Throws BboltError. */
export function fileSource(file: BboltFile): DatabaseSource {
  return {
    buckets: file.bucketNames().map(latin1),
    rows: (bucket) => fileRows(file, bucket),
  };
}

/** etcd's buckets, as of now or as of `view`; not our own one. */
export function backendSource(backend: Pick<Backend, 'scan'>, view?: BackendView): DatabaseSource {
  return {
    buckets: NAMED_BUCKETS.map(([name]) => name),
    rows: (bucket) => backendRows(backend, bucket, view),
  };
}

async function* fileRows(
  file: BboltFile,
  name: string,
): AsyncGenerator<BboltRow[], void, undefined> {
  const cursor = file.bucket(fromLatin1(name))?.rows();
  if (cursor === undefined) return;
  for (let rows = cursor.next(SLICE_ROWS); rows.length > 0; rows = cursor.next(SLICE_ROWS)) {
    if (rows.some(({ isBucket }) => isBucket)) {
      throw new OfflineError('OFFLINE_NESTED_BUCKET', `a bucket inside bucket ${name}`);
    }
    yield rows;
  }
}

async function* backendRows(
  backend: Pick<Backend, 'scan'>,
  name: string,
  view: BackendView | undefined,
): AsyncGenerator<DatabaseRow[], void, undefined> {
  const bucket = NAMED_BUCKETS.find(([known]) => known === name)?.[1];
  if (bucket === undefined) return;
  const cursor = backend.scan(view === undefined ? { bucket } : { bucket, view });
  try {
    for (;;) {
      const rows = await cursor.next(SLICE_ROWS);
      if (rows.length === 0) return;
      yield rows;
    }
  } finally {
    await cursor.close();
  }
}
