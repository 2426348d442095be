/** What a database file holds: the facts that etcd's `snapshot status` tells of it. */
import { latin1 } from '../../base/bytes.ts';
import { crc32c } from '../../base/crc32c.ts';
import type { Revision } from '../../base/ids.ts';
import { BackendError } from '../../base/ports/backend.ts';
import { utf8Bytes, utf8Text } from '../../base/utf8.ts';
import { BboltCheck, type BboltCheckReport, type BboltFile } from '../../bbolt/index.ts';
import { MetaKey, readRevisionKey } from '../../mvcc/index.ts';
import { KeyValue, WireError } from '../../pb/index.ts';
import { type DatabaseRow, fileSource } from './database-source.ts';

const CHECKED_ROWS = 4096;

export interface SnapshotStatus {
  /** CRC-32C of all buckets: of the name, then of the keys and values; 32 bits, unsigned. */
  readonly hash: number;
  /** That of the last row; 0 without any. */
  readonly revision: Revision;
  /** Keys that are there at the last revision. */
  readonly keys: number;
  /** All pages, free ones too. */
  readonly sizeBytes: number;
  /** Of the schema, `3.6.0`; empty when the file does not say. */
  readonly version: string;
}

/** Throws BboltError unless the whole file is sound. */
export function checkFile(file: BboltFile): BboltCheckReport {
  const check = new BboltCheck(file);
  for (;;) {
    const report = check.step(CHECKED_ROWS);
    if (report !== undefined) return report;
  }
}

/** Rejects with BboltError, OFFLINE_NESTED_BUCKET, and for rows that are not etcd's. */
export async function snapshotStatus(file: BboltFile): Promise<SnapshotStatus> {
  const source = fileSource(file);
  const keys = new LiveKeys();
  let hash = 0;
  for (const bucket of source.buckets) {
    hash = crc32c(utf8Bytes(bucket), hash);
    for await (const rows of source.rows(bucket)) {
      for (const row of rows) {
        hash = crc32c(row.value, crc32c(row.key, hash));
        if (bucket === 'key') keys.add(row);
      }
    }
  }
  const version = file.bucket(utf8Bytes('meta'))?.get(MetaKey.storageVersion);
  return {
    hash,
    revision: keys.revision,
    keys: keys.count,
    sizeBytes: file.sizeBytes,
    version: version === undefined ? '' : (utf8Text(version) ?? ''),
  };
}

/** Takes the rows of bucket `key` in order. Holds the keys that are there, in memory. */
class LiveKeys {
  revision: Revision = 0;
  readonly #keys = new Set<string>();

  get count(): number {
    return this.#keys.size;
  }

  add({ key: rowKey, value }: DatabaseRow): void {
    const { main, tombstone } = readRevisionKey(rowKey);
    this.revision = main;
    const key = latin1(keyOf(rowKey, value));
    if (tombstone) this.#keys.delete(key);
    else this.#keys.add(key);
  }
}

function keyOf(rowKey: Uint8Array, value: Uint8Array): Uint8Array {
  try {
    return KeyValue.decode(value).key;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const { main, sub } = readRevisionKey(rowKey);
    const message = `the row of revision ${main}/${sub} is no KeyValue: ${error.message}`;
    throw new BackendError('BACKEND_CORRUPT', message, error);
  }
}
