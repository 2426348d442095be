/** Hash of all of the replicated state, bucket by bucket (Maintenance.Hash): a tool for tests. */
import { equalBytes } from '../../base/bytes.ts';
import { crc32c } from '../../base/crc32c.ts';
import { type BackendView, Bucket, NAMED_BUCKETS } from '../../base/ports/backend.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import { MetaKey } from '../backend/meta.ts';
import type { StorePorts } from '../store-ports.ts';
import { SCAN_ROWS } from './row-scan.ts';

/** Rows of bucket `meta` that differ between members with the same state. */
const SKIPPED_META = [MetaKey.consistentIndex, MetaKey.term, MetaKey.storageVersion];

/** Hashes what `view` shows, in slices; undefined when `goesOn` says no before the end. */
export async function hashState(
  { backend, yieldTurn }: Pick<StorePorts, 'backend' | 'yieldTurn'>,
  view: BackendView,
  goesOn: () => boolean,
): Promise<number | undefined> {
  let crc = 0;
  for (const [name, bucket] of NAMED_BUCKETS) {
    crc = crc32c(utf8Bytes(name), crc);
    const cursor = backend.scan({ bucket, view });
    try {
      for (;;) {
        const rows = await cursor.next(SCAN_ROWS);
        if (rows.length === 0) break;
        await yieldTurn();
        if (!goesOn()) return undefined;
        for (const { key, value } of rows) {
          if (!isSkipped(bucket, key)) crc = crc32c(value, crc32c(key, crc));
        }
      }
    } finally {
      await cursor.close();
    }
  }
  return crc;
}

function isSkipped(bucket: Bucket, key: Uint8Array): boolean {
  return bucket === Bucket.meta && SKIPPED_META.some((skipped) => equalBytes(skipped, key));
}
