/** Rebuilds what lives in memory from bucket `key`: index, newest values, attached leases. */
import type { Revision } from '../base/ids.ts';
import { BackendError, type BackendRow, Bucket } from '../base/ports/backend.ts';
import { KeyValue, WireError } from '../pb/index.ts';
import type { BackendMeta } from './backend/meta.ts';
import { RevisionGaps } from './backend/revision-gaps.ts';
import { type RevisionKey, readRevisionKey } from './backend/revision-key.ts';
import { SUBS_MAX } from './index/revision-tag.ts';
import { COMPACT_NONE, REVISION_EMPTY, type RevisionState } from './revision-state.ts';
import type { StorePorts } from './store-ports.ts';

/** Rows taken in one turn: about two milliseconds of work. */
const SLICE_ROWS = 1000;

/** How far a restore has come. */
export interface RestoreProgress {
  readonly rows: number;
  /** Main revision of the last row. */
  readonly revision: Revision;
  /** Keys and values of the rows so far. */
  readonly rowBytes: number;
}

export interface RestoredState extends RevisionState {
  /** Keys and values of all rows of the bucket. */
  readonly rowBytes: number;
}

/** What `loadMeta` found of compactions. */
export type CompactionMeta = Pick<BackendMeta, 'scheduledCompactRev' | 'finishedCompactRev'>;

/**
 * Scans the bucket in slices into an empty index and an empty cache. Leases are attached as far
 * as they exist, so the lessor must be restored before.
 * Rejects with BACKEND_CORRUPT when a row cannot be read or a revision above the floor is missing.
 */
export async function restoreState(
  ports: StorePorts,
  meta: CompactionMeta,
  onProgress: (progress: RestoreProgress) => void,
): Promise<RestoredState> {
  const { scheduledCompactRev: scheduled, finishedCompactRev: finished } = meta;
  const compact = Math.max(scheduled ?? COMPACT_NONE, finished ?? COMPACT_NONE);
  const restorer = new RowRestorer(ports, new RevisionGaps(compact));
  const cursor = ports.backend.scan({ bucket: Bucket.key });
  let next = cursor.next(SLICE_ROWS);
  try {
    for (let rows = await next; rows.length > 0; rows = await next) {
      // The disk brings the next rows while these are taken in.
      next = cursor.next(SLICE_ROWS);
      for (const row of rows) restorer.add(row);
      onProgress(restorer.progress);
    }
  } finally {
    await Promise.allSettled([next]);
    await cursor.close();
  }
  // The rows of the last revisions may be gone: deletes, compacted.
  const { revision, rowBytes } = restorer.progress;
  return { current: Math.max(REVISION_EMPTY, revision, compact), compact, rowBytes };
}

class RowRestorer {
  readonly #ports: StorePorts;
  readonly #gaps: RevisionGaps;
  #rows = 0;
  #revision: Revision = 0;
  #rowBytes = 0;
  #hasAttached = false;

  constructor(ports: StorePorts, gaps: RevisionGaps) {
    this.#ports = ports;
    this.#gaps = gaps;
  }

  get progress(): RestoreProgress {
    return { rows: this.#rows, revision: this.#revision, rowBytes: this.#rowBytes };
  }

  /** Takes the rows in order. */
  add(row: BackendRow): void {
    const at = readRevisionKey(row.key);
    if (at.sub >= SUBS_MAX) {
      const message = `revision ${at.main}/${at.sub}: no transaction has so many changes`;
      throw new BackendError('BACKEND_CORRUPT', message);
    }
    this.#gaps.accept(at.main);
    this.#rows++;
    this.#revision = at.main;
    this.#rowBytes += row.key.length + row.value.length;
    const kv = decodeRow(row, at);
    // `etcdutl snapshot restore --bump-revision` leaves a row without a key, only for its revision.
    if (kv.key.length === 0) return;
    if (!at.tombstone) checkCounters(kv, at);
    const slot = this.#ports.index.restore(kv.key, {
      main: at.main,
      sub: at.sub,
      tombstone: at.tombstone,
      createMain: kv.createRevision,
      version: kv.version,
    });
    if (at.tombstone) this.#ports.values.remove(slot);
    else this.#ports.values.set(slot, row.value);
    this.#attach(kv);
  }

  /** Each row replaces what an older one of its key said, so that the newest counts in the end. */
  #attach({ key, lease }: KeyValue): void {
    const { leases } = this.#ports;
    if (lease !== 0n && leases.exists(lease)) {
      leases.attach(lease, key);
      this.#hasAttached = true;
    } else if (this.#hasAttached) leases.detach(key);
  }
}

/** What a row says of itself and of its key's past must fit its revision. */
function checkCounters({ createRevision, modRevision, version }: KeyValue, at: RevisionKey): void {
  const isOwn = modRevision === at.main;
  const isCreated = createRevision >= 1 && createRevision <= at.main && version >= 1;
  if (isOwn && isCreated) return;
  const found = `create ${createRevision}, mod ${modRevision}, version ${version}`;
  const message = `the row of revision ${at.main}/${at.sub} is another one's: ${found}`;
  throw new BackendError('BACKEND_CORRUPT', message);
}

function decodeRow({ value }: BackendRow, at: RevisionKey): KeyValue {
  try {
    return KeyValue.decode(value);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const message = `the row of revision ${at.main}/${at.sub} is no KeyValue`;
    throw new BackendError('BACKEND_CORRUPT', message, error);
  }
}
