/** States and images of them, small enough for memory. */
import { concatBytes } from '../../../src/base/bytes.ts';
import { type Backend, Bucket, NAMED_BUCKETS } from '../../../src/base/ports/backend.ts';
import { utf8Bytes } from '../../../src/base/utf8.ts';
import { WriteBuffer } from '../../../src/mvcc/index.ts';
import { ConfState, type SnapshotMetadata } from '../../../src/pb/index.ts';
import { confStateJson } from '../../../src/server/apply/conf-state-json.ts';
import { memberJson } from '../../../src/server/membership/member.ts';
import { allRows } from '../../../src/server/membership/stored-membership.ts';
import { BackendImage } from '../../../src/server/snapshot-image/backend-image.ts';
import type { CreateFile } from '../../../src/server/snapshot-image/ports.ts';

import { MemoryBackend } from '../../sim/memory-backend.ts';
import type { MemoryFileSystem } from '../../sim/memory-file-system.ts';

export const noPause = (): Promise<void> => Promise.resolve();

export const PLACE: SnapshotMetadata = {
  index: 30,
  term: 4,
  confState: ConfState.create({ voters: [7n, 18446744073709551615n], learners: [9n] }),
};

export const MEMBER = {
  id: 7n,
  peerURLs: ['http://10.0.0.1:2380'],
  isLearner: false,
  name: 'a',
  clientURLs: ['http://10.0.0.1:2379'],
};

export interface FilledState {
  readonly backend: MemoryBackend;
  readonly buffer: WriteBuffer;
}

/** Writes the state at {@link PLACE}, with `rows` revisions; flushes nothing. */
export function fillState(buffer: WriteBuffer, rows: number, valueBytes: number): void {
  for (let n = 0; n < rows; n++) {
    const kv = new Uint8Array(valueBytes).fill(n);
    buffer.putRevision({ main: n + 2, sub: 0, tombstone: n % 7 === 6, kv });
  }
  buffer.put(Bucket.meta, utf8Bytes('storageVersion'), utf8Bytes('3.6.0'));
  buffer.put(Bucket.cluster, utf8Bytes('clusterVersion'), utf8Bytes('3.6.0'));
  buffer.put(Bucket.members, utf8Bytes('7'), utf8Bytes(memberJson(MEMBER)));
  buffer.put(Bucket.membersRemoved, utf8Bytes('1f'), utf8Bytes('removed'));
  buffer.setConfState(confStateJson(PLACE.confState));
  buffer.setApplied(PLACE.index, PLACE.term);
}

/** The same in a backend of its own. */
export async function filledState(rows: number, valueBytes = 20): Promise<FilledState> {
  const backend = await MemoryBackend.open();
  const start = { consistentIndex: 0, term: 0, currentRevision: 1, batch: 0 };
  const buffer = new WriteBuffer(start, backend);
  fillState(buffer, rows, valueBytes);
  return { backend, buffer };
}

export async function imageOf({ backend, buffer }: FilledState): Promise<BackendImage> {
  await buffer.flush();
  return BackendImage.open({ backend, yieldTurn: noPause });
}

/** All bytes of an image, which is closed. */
export async function imageBytes(state: FilledState): Promise<Uint8Array> {
  const image = await imageOf(state);
  const chunks: Uint8Array[] = [];
  for await (const chunk of image.chunks()) chunks.push(chunk);
  await image.close();
  return concatBytes(chunks);
}

export async function* inParts(
  bytes: Uint8Array,
  partBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes);
}

/** What real etcd has of a state, by bucket. */
export async function namedRows(backend: Backend): Promise<Record<string, unknown>> {
  const rows: Record<string, unknown> = {};
  for (const [name, bucket] of NAMED_BUCKETS) rows[name] = await allRows(backend, bucket);
  return rows;
}

/** Growing files in memory, with the faults of their file system. */
export function memoryGrowingFiles(files: MemoryFileSystem): CreateFile {
  return async (path) => {
    const handle = files.open(path, 'create');
    return {
      append: async (bytes) => handle.write(bytes, handle.sizeBytes()),
      sync: async () => handle.dataSync(),
      close: async () => handle.close(),
    };
  };
}
