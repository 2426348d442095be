/** What the backend holds on disk, read without the member's code. */
import type { MemoryBackendDisk } from '../sim/memory-backend.ts';
import type { SimDisks } from '../sim/sim-disks.ts';
import { rowName } from './log-model.ts';

const BUCKET_KEY = '\x15';
const BUCKET_META = '\x19';

/** 0 without a state. */
export function consistentIndex(disks: SimDisks): number {
  return disks.hasBackend ? (metaNumber(disks.backend, 'consistent_index') ?? 0) : 0;
}

/** Floor of the last compaction whose rows are all removed. */
export function finishedCompaction(disks: SimDisks): number | undefined {
  return metaNumber(disks.backend, 'finishedCompactRev');
}

/** Names of the rows in bucket `key`, in order. */
export function keyRows(backend: MemoryBackendDisk): string[] {
  const keys = [...backend.rows().keys()].filter((key) => key.startsWith(BUCKET_KEY)).sort();
  return keys.map((key) => {
    const bytes = Uint8Array.from(key.slice(1), (char) => char.charCodeAt(0));
    const [revision, sub] = [numberAt(bytes, 0), numberAt(bytes, 9)];
    return rowName({ revision, sub, isDelete: bytes.length === 18 });
  });
}

function metaNumber(backend: MemoryBackendDisk, name: string): number | undefined {
  const row = backend.rows().get(`${BUCKET_META}${name}`);
  return row === undefined ? undefined : numberAt(row, 0);
}

function numberAt(bytes: Uint8Array, at: number): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(at));
}
