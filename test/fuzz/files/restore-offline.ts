/** Has the offline commands tell of a snapshot file, and restore it. */
import { equalBytes } from '../../../src/base/bytes.ts';
import type { FileSystem } from '../../../src/base/ports/file-system.ts';
import { parseMemberUrl } from '../../../src/server/config/member-url.ts';
import { withDatabase } from '../../../src/server/offline/open-database.ts';
import {
  type RestoreOptions,
  restoreSnapshot,
} from '../../../src/server/offline/restore-snapshot.ts';
import { checkFile, snapshotStatus } from '../../../src/server/offline/snapshot-status.ts';
import { MemoryFileSystem } from '../../sim/memory-file-system.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { START_PORTS } from '../../support/server/start-ports.ts';
import { type DataFiles, databaseOf } from './data-files.ts';
import { expect, refusalOf } from './file-finding.ts';

const PATH = '/snapshot.db';
const DATA_DIR = '/restored';

/** Outcomes of both; `digested` is a sound file that ends with its digest, if this one was that. */
export async function restoreOffline(
  files: DataFiles,
  digested: Uint8Array | undefined,
): Promise<string[]> {
  const bytes = databaseOf(files);
  const disk = new MemoryFileSystem();
  disk.open(PATH, 'create').write(bytes, 0);
  const status = await refusalBy(async () => {
    await withDatabase(PATH, { ...START_PORTS, files: disk }, async (file) => {
      checkFile(file);
      await snapshotStatus(file);
    });
  });
  if (digested !== undefined && !equalBytes(bytes, digested)) {
    const refused = await restored(disk, { skipsDigest: false });
    expect(refused !== 'accepted', 'restored although the digest is wrong');
  }
  const outcome = await restored(disk, { skipsDigest: true, bumpsRevision: bytes.length % 3 });
  return [`status ${status}`, `restore ${outcome}`];
}

/** What is restored reads well if what was read did; what is refused leaves nothing. */
async function restored(files: FileSystem, given: Partial<RestoreOptions>): Promise<string> {
  const own = {
    name: 'a',
    peerUrls: [parseMemberUrl('http://localhost:2380')].flatMap((u) => u ?? []),
  };
  const options: RestoreOptions = {
    path: PATH,
    dataDir: DATA_DIR,
    walDir: undefined,
    cluster: { own, members: [own] },
    token: 'etcd-cluster',
    skipsDigest: false,
    bumpsRevision: 0,
    segmentBytes: 4096,
    logFields: {},
    ...given,
  };
  const outcome = await refusalBy(() =>
    restoreSnapshot(options, { files, logger: new RecordingLogger() }),
  );
  if (outcome !== 'accepted') {
    const left = files.stat(DATA_DIR) === undefined ? [] : files.list(DATA_DIR);
    expect(left.length === 0, `something is left of what was refused: ${left.join()}`);
    return outcome;
  }
  await withDatabase(`${DATA_DIR}/member/snap/db`, { ...START_PORTS, files }, async (file) =>
    checkFile(file),
  );
  return outcome;
}

async function refusalBy(use: () => Promise<void>): Promise<string> {
  try {
    await use();
    return 'accepted';
  } catch (error) {
    return refusalOf(error);
  }
}
