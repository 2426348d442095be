/** The hash of bucket `key` as of one revision, of rows that no store has in its memory. */
import type { Revision } from '../../base/ids.ts';
import type { BackendRow } from '../../base/ports/backend.ts';
import { KeyValue } from '../../pb/index.ts';
import { readRevisionKey } from '../backend/revision-key.ts';
import type { Outcome } from '../errors.ts';
import { KeyIndex } from '../key-index.ts';
import { COMPACT_NONE, REVISION_EMPTY, type RevisionState, unreadable } from '../revision-state.ts';
import type { RevisionHash } from './hashes.ts';
import { KeptRows } from './kept-rows.ts';
import { type HashSpan, KvHash } from './kv-hash.ts';

export interface HashedRows {
  /** The rows of bucket `key` in order, slice by slice; the same at each call. */
  readonly rows: () => AsyncIterable<readonly BackendRow[]>;
  /** The higher of scheduledCompactRev and finishedCompactRev; undefined without both. */
  readonly compactRevision: Revision | undefined;
}

/**
 * What a store with these rows answers for `revision`, 0 being the last one. Goes through the rows
 * twice; with a compaction it holds an index of all keys. Throws BACKEND_CORRUPT and WireError for
 * rows that are not etcd's, and what `rows` throws.
 */
export async function hashRows(
  { rows, compactRevision }: HashedRows,
  revision: Revision,
): Promise<Outcome<RevisionHash>> {
  const index = new KeyIndex();
  const compact = compactRevision ?? COMPACT_NONE;
  const last = await indexRows(rows(), compact === COMPACT_NONE ? undefined : index);
  const state: RevisionState = { compact, current: Math.max(REVISION_EMPTY, last, compact) };
  const refusal = revision > 0 ? unreadable(revision, state) : undefined;
  if (refusal !== undefined) return refusal;
  const span = { compactRevision: compact, revision: revision === 0 ? state.current : revision };
  return { ...span, hash: await hashSpan(rows(), span, new KeptRows(index, span.revision)) };
}

/** Returns the revision of the last row, 0 without any. */
async function indexRows(
  slices: AsyncIterable<readonly BackendRow[]>,
  index: KeyIndex | undefined,
): Promise<Revision> {
  let last: Revision = 0;
  for await (const slice of slices) {
    for (const { key: rowKey, value } of slice) {
      const { main, sub, tombstone } = readRevisionKey(rowKey);
      last = main;
      if (index === undefined) continue;
      const { key, createRevision: createMain, version } = KeyValue.decode(value);
      // `snapshot restore --bump-revision` leaves a row without a key, only for its revision.
      if (key.length > 0) index.restore(key, { main, sub, tombstone, createMain, version });
    }
  }
  return last;
}

async function hashSpan(
  slices: AsyncIterable<readonly BackendRow[]>,
  span: HashSpan,
  kept: KeptRows,
): Promise<number> {
  const hash = new KvHash(span);
  for await (const slice of slices) {
    for (const { key: rowKey, value } of slice) {
      const row = { ...readRevisionKey(rowKey), rowKey, value };
      if (row.main > span.revision) return hash.value;
      hash.add(row, () => kept.isLive(row));
    }
  }
  return hash.value;
}
