/** Brings the rows of an image into a new backend, batch by batch, while everything else goes on. */
import { equalBytes } from '../../base/bytes.ts';
import { type Backend, Bucket, NAMED_BUCKETS } from '../../base/ports/backend.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import type { BboltBucket, BboltFile, BboltRow } from '../../bbolt/index.ts';
import { MetaKey, WriteBuffer } from '../../mvcc/index.ts';
import type { SnapshotMetadata } from '../../pb/index.ts';
import { confStateJson } from '../apply/conf-state-json.ts';
import {
  isMembershipRow,
  type Membership,
  writeMembership,
} from '../membership/stored-membership.ts';
import { ImageError } from './errors.ts';

/** Rows taken in one turn (of large ones fewer come). Four times as many take longer in all, too. */
const SLICE_ROWS = 128;
const EMPTY_STATE = { consistentIndex: 0, term: 0, currentRevision: 1, batch: 0 };
/** They go in last, with the batch that makes the state whole. */
const PLACE_KEYS = [MetaKey.consistentIndex, MetaKey.term, MetaKey.confState];

export interface ImportPorts {
  readonly backend: Backend;
  readonly yieldTurn: () => Promise<void>;
  /** Stands in for what the image says of it. */
  readonly membership?: Membership;
  /** Told after each slice. */
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** How far an import has come. */
export interface ImportProgress {
  readonly rows: number;
  /** Keys and values of them. */
  readonly bytes: number;
}

/**
 * Fills `backend`, which must be empty; all is on disk when it resolves. Until then it says of no
 * entry that it is applied. Its batches are sealed, as those of a running member. Rejects with
 * BboltError, ImageError and BackendError.
 */
export async function importImage(
  file: BboltFile,
  place: SnapshotMetadata,
  { backend, yieldTurn, membership, onProgress }: ImportPorts,
): Promise<void> {
  const buffer = new WriteBuffer(EMPTY_STATE, backend);
  let imported = 0;
  for (const [name, bucket] of NAMED_BUCKETS) {
    for (const rows of slices(file.bucket(utf8Bytes(name)))) {
      for (const row of rows) {
        const isReplaced = membership !== undefined && isMembershipRow(bucket, row.key);
        if (!isReplaced) putRow(buffer, bucket, row);
      }
      imported += rows.length;
      onProgress?.({ rows: imported, bytes: buffer.bytesWritten });
      if (buffer.isFull) await buffer.flush();
      await yieldTurn();
    }
  }
  if (membership !== undefined) writeMembership(buffer, membership);
  buffer.setApplied(place.index, place.term);
  buffer.setConfState(confStateJson(place.confState));
  await buffer.flush();
}

/** Those of a bucket that is not there are none: etcd before it had it wrote the image. */
function* slices(bucket: BboltBucket | undefined): Generator<BboltRow[], void, undefined> {
  const cursor = bucket?.rows();
  if (cursor === undefined) return;
  for (let rows = cursor.next(SLICE_ROWS); rows.length > 0; rows = cursor.next(SLICE_ROWS)) {
    yield rows;
  }
}

function putRow(buffer: WriteBuffer, bucket: Bucket, { key, value, isBucket }: BboltRow): void {
  if (isBucket) throw new ImageError('IMAGE_BAD_ROW', 'a bucket inside one of etcd');
  if (bucket === Bucket.meta && PLACE_KEYS.some((own) => equalBytes(own, key))) return;
  buffer.put(bucket, key, value);
}
