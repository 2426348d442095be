/** Starts on what a real etcd has left: database, log and snapshots together. */
import { latin1 } from '../../../src/base/bytes.ts';
import { type OpenedStorage, openStorage } from '../../../src/server/storage/open-storage.ts';
import { MemoryFileSystem } from '../../sim/memory-file-system.ts';
import { SimDisks } from '../../sim/sim-disks.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { START_PORTS } from '../../support/server/start-ports.ts';
import { contentOf, DATABASE, type DataFiles, pathsIn } from './data-files.ts';
import { expect, refusalOf } from './file-finding.ts';
import { useState } from './use-state.ts';

const ROOT = '/data/member';

/** The outcome, or FileFinding. */
export async function takeOverDirectory(files: DataFiles): Promise<string> {
  const disks = new SimDisks(new MemoryFileSystem());
  for (const folder of ['wal', 'snap']) disks.files.makeDirectory(`${ROOT}/${folder}`);
  for (const [path, bytes] of files) disks.files.open(`${ROOT}/${path}`, 'create').write(bytes, 0);
  let opened: OpenedStorage;
  try {
    opened = await open(disks);
  } catch (error) {
    expectUntouched(disks.files, files);
    return refusalOf(error);
  }
  try {
    await useState(opened);
  } catch (error) {
    return refusalOf(error);
  }
  const again = await open(disks);
  await again.backend.close();
  expect(again.meta.consistentIndex === opened.meta.consistentIndex, 'another state the next time');
  expect(again.entries.length === opened.entries.length, 'other entries the next time');
  return 'accepted';
}

function open(disks: SimDisks): Promise<OpenedStorage> {
  return openStorage(
    {
      dataDir: '/data',
      walDir: undefined,
      segmentBytes: 4096,
      identity: () => Promise.resolve({ member: 1n, cluster: 2n }),
    },
    {
      ...START_PORTS,
      files: disks.files,
      logger: new RecordingLogger(),
      openBackend: (path) => disks.openBackend(path),
      stageBackend: (path) => disks.stageBackend(path),
    },
  );
}

/** A torn write of the log may be repaired first; the database is only read. */
function expectUntouched(found: MemoryFileSystem, files: DataFiles): void {
  const database = files.get(DATABASE);
  if (database === undefined) return;
  expect(latin1(found.readFile(`${ROOT}/${DATABASE}`)) === latin1(database), 'database written to');
  for (const path of pathsIn(files, 'wal')) {
    const size = found.stat(`${ROOT}/${path}`)?.sizeBytes ?? 0;
    expect(size > 0 || contentOf(files, path).length === 0, 'a segment is gone');
  }
}
