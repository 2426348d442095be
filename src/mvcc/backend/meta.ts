/** Bucket `meta`, and what else a start must know of the state before it can replay the WAL. */
import { readU64Be } from '../../base/bytes.ts';
import type { LogIndex, Revision, Term } from '../../base/ids.ts';
import { type Backend, BackendError, Bucket } from '../../base/ports/backend.ts';
import { utf8Bytes, utf8Text } from '../../base/utf8.ts';
import { type BatchNumber, verifyBatches } from './batch-seal.ts';
import { readRevisionKey } from './revision-key.ts';

type MetaName =
  | 'consistentIndex'
  | 'term'
  | 'confState'
  | 'storageVersion'
  | 'scheduledCompactRev'
  | 'finishedCompactRev';

/** Keys of bucket `meta`. */
export const MetaKey: Readonly<Record<MetaName, Uint8Array>> = {
  consistentIndex: utf8Bytes('consistent_index'),
  term: utf8Bytes('term'),
  confState: utf8Bytes('confState'),
  storageVersion: utf8Bytes('storageVersion'),
  scheduledCompactRev: utf8Bytes('scheduledCompactRev'),
  finishedCompactRev: utf8Bytes('finishedCompactRev'),
};

/** The state as a start finds it. */
export interface BackendMeta {
  /** Raft index of the last applied entry, 0 when none was. */
  readonly consistentIndex: LogIndex;
  /** Its term; 0 when not stored (etcd before 3.5). */
  readonly term: Term;
  /** Encoded JSON of the ConfState, as stored. */
  readonly confState: Uint8Array | undefined;
  /** Text such as `3.6.0`; undefined in state of the 3.5 line. */
  readonly storageVersion: string | undefined;
  readonly scheduledCompactRev: Revision | undefined;
  readonly finishedCompactRev: Revision | undefined;
  /** Revision of the store: that of the last row, or of a compaction above it; at least 1. */
  readonly currentRevision: Revision;
  /** Number of the last batch, for the write buffer. */
  readonly batch: BatchNumber;
}

/**
 * Reads the state of a backend that was just opened, and checks that no batch is missing in it.
 * Throws BACKEND_CORRUPT for a missing batch and for rows that cannot be decoded.
 */
export async function loadMeta(backend: Backend): Promise<BackendMeta> {
  const batch = await verifyBatches(backend);
  const lastMain = await lastRowRevision(backend);
  const version = metaRow(backend, MetaKey.storageVersion);
  const scheduledCompactRev = revision(backend, MetaKey.scheduledCompactRev);
  const finishedCompactRev = revision(backend, MetaKey.finishedCompactRev);
  return {
    consistentIndex: counter(backend, MetaKey.consistentIndex),
    term: counter(backend, MetaKey.term),
    confState: metaRow(backend, MetaKey.confState),
    storageVersion: version === undefined ? undefined : text(version),
    scheduledCompactRev,
    finishedCompactRev,
    currentRevision: Math.max(1, lastMain, scheduledCompactRev ?? 0, finishedCompactRev ?? 0),
    batch,
  };
}

function metaRow(backend: Backend, key: Uint8Array): Uint8Array | undefined {
  return backend.getSync(Bucket.meta, key);
}

function counter(backend: Backend, key: Uint8Array): number {
  const bytes = metaRow(backend, key);
  if (bytes === undefined) return 0;
  const value = bytes.length === 8 ? readU64Be(bytes, 0) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw corruptMeta(key);
  return value;
}

function revision(backend: Backend, key: Uint8Array): Revision | undefined {
  const bytes = metaRow(backend, key);
  return bytes === undefined ? undefined : readRevisionKey(bytes).main;
}

function text(bytes: Uint8Array): string {
  const decoded = utf8Text(bytes);
  if (decoded === undefined) throw corruptMeta(MetaKey.storageVersion);
  return decoded;
}

function corruptMeta(key: Uint8Array): BackendError {
  return new BackendError('BACKEND_CORRUPT', `meta row ${utf8Text(key)} cannot be decoded`);
}

async function lastRowRevision(backend: Backend): Promise<Revision> {
  const cursor = backend.scan({ bucket: Bucket.key, reverse: true });
  try {
    const [last] = await cursor.next(1);
    return last === undefined ? 0 : readRevisionKey(last.key).main;
  } finally {
    await cursor.close();
  }
}
