import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromLatin1 } from '../../../../src/base/bytes.ts';
import { Bucket, NAMED_BUCKETS } from '../../../../src/base/ports/backend.ts';
import { MvccError, WriteBuffer } from '../../../../src/mvcc/index.ts';
import { hashKv } from '../../../../src/server/offline/hash-kv.ts';
import { MemoryBackend, MemoryBackendDisk } from '../../../sim/memory-backend.ts';
import { MemoryFileSystem } from '../../../sim/memory-file-system.ts';
import { contentOf, open, writtenInPlace } from '../../../support/bbolt/bbolt-files.ts';
import { golden } from '../../../support/bbolt/golden.ts';

const CONTENT = contentOf(open(golden('etcd-3.5.30.db')));

function withFile(path: string, bytes: Uint8Array): MemoryFileSystem {
  const files = new MemoryFileSystem();
  files.makeDirectory('/data/member/snap');
  const file = files.open(path, 'create');
  file.write(bytes, 0);
  file.close();
  return files;
}

const locks = { lockedByOthers: () => [] };
const noState = () => assert.fail('no state of ours is there');

/** The same rows in a backend, in sealed batches. */
async function inBackend(): Promise<MemoryBackendDisk> {
  const disk = new MemoryBackendDisk();
  const backend = await MemoryBackend.open(disk);
  const start = { consistentIndex: 0, term: 0, currentRevision: 1, batch: 0 };
  const buffer = new WriteBuffer(start, backend);
  for (const [name, bucket] of NAMED_BUCKETS) {
    for (const [key, value] of Object.entries(CONTENT[name] ?? {})) {
      buffer.put(bucket, fromLatin1(key), fromLatin1(value));
    }
  }
  buffer.setApplied(5, 1);
  await buffer.flush();
  await backend.close();
  return disk;
}

describe('hash of the keys of a state at rest', () => {
  it('a file, a directory of etcd, a directory of ours -> the same at each revision', async () => {
    const files = withFile('/data/member/snap/db', writtenInPlace(CONTENT));
    const ours = new MemoryFileSystem();
    ours.makeDirectory('/data/member/kv');
    ours.open('/data/member/kv/current', 'create');
    const state = await inBackend();
    for (const revision of [0, 758, 700, 600]) {
      const ofFile = await hashKv('/data/member/snap/db', revision, {
        files,
        locks,
        openState: noState,
      });
      const ofDir = await hashKv('/data', revision, { files, locks, openState: noState });
      const opened: string[] = [];
      const openState = (path: string) => {
        opened.push(path);
        return MemoryBackend.open(state);
      };
      assert.deepEqual(ofDir, ofFile);
      assert.deepEqual(await hashKv('/data', revision, { files: ours, locks, openState }), ofFile);
      assert.deepEqual(opened, ['/data/member/kv']);
      assert.ok(!(ofFile instanceof MvccError));
    }
  });

  it('a state with a batch missing -> refused, and let go of', async () => {
    const files = new MemoryFileSystem();
    files.makeDirectory('/data/member/kv');
    files.open('/data/member/kv/current', 'create');
    const whole = new MemoryBackendDisk();
    const backend = await MemoryBackend.open(whole);
    const start = { consistentIndex: 0, term: 0, currentRevision: 1, batch: 0 };
    const buffer = new WriteBuffer(start, backend);
    for (let index = 1; index <= 3; index++) {
      buffer.put(Bucket.lease, fromLatin1(`${index}`), fromLatin1('x'));
      buffer.setApplied(index, 1);
      await buffer.flush();
    }
    await backend.close();
    whole.dropBatch(1);
    const openState = () => MemoryBackend.open(whole);
    await assert.rejects(hashKv('/data', 0, { files, locks, openState }), {
      code: 'BACKEND_CORRUPT',
    });
    assert.equal(whole.lockedBy, undefined);
  });

  it('a file that a process has locked -> refused', async () => {
    const path = '/data/member/snap/db';
    const files = withFile(path, golden('etcd-3.5.30.db'));
    const busy = { lockedByOthers: (paths: readonly string[]) => [...paths] };
    await assert.rejects(hashKv('/data', 0, { files, locks: busy, openState: noState }), {
      code: 'OFFLINE_REFUSED',
      message: `${path} is in use by another process`,
    });
  });

  it('a compacted and a future revision -> refused', async () => {
    const files = withFile('/data/member/snap/db', golden('etcd-3.5.30.db'));
    const ports = { files, locks, openState: noState };
    const codes = [];
    for (const revision of [2, 10_000]) {
      const found = await hashKv('/data', revision, ports);
      codes.push(found instanceof MvccError ? found.code : found);
    }
    assert.deepEqual(codes, ['MVCC_COMPACTED', 'MVCC_FUTURE_REVISION']);
  });
});
