/** Takes a database in as a member does that of its leader, down to the state in memory. */
import { NO_TOKENS } from '../../../src/auth/index.ts';
import { WatchHub } from '../../../src/mvcc/index.ts';
import {
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  type SnapshotMetadata,
} from '../../../src/pb/index.ts';
import { restoreMemberState } from '../../../src/server/member-state.ts';
import { ReceivedImages } from '../../../src/server/snapshot-image/received-images.ts';
import { saveImage } from '../../../src/server/snapshot-image/save-image.ts';
import { stageImage } from '../../../src/server/snapshot-image/stage-image.ts';
import { MemoryFileSystem } from '../../sim/memory-file-system.ts';
import { SimDisks } from '../../sim/sim-disks.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { inParts, memoryGrowingFiles, noPause } from '../../support/server/images.ts';
import { type DataFiles, databaseOf } from './data-files.ts';
import { expect, refusalOf } from './file-finding.ts';

const SNAP = '/data/member/snap';
const KV = '/data/member/kv';
const PART_BYTES = 32_768;
const ALL = Uint8Array.of(0);
const STATE_OPTIONS = {
  cluster: { cluster: 1n, local: 1n, learnersMax: 1 },
  leaseTtlSMin: 2,
  compactionBatchLimit: 100,
  batchOperationsMax: 1000,
};

/** Takes in the image as that of a snapshot at `claimed`; the outcome, or FileFinding. */
export async function takeInImage(files: DataFiles, claimed: SnapshotMetadata): Promise<string> {
  const disks = new SimDisks(new MemoryFileSystem());
  disks.files.makeDirectory(SNAP);
  await (await disks.openBackend(KV)).close();
  const received = new ReceivedImages(SNAP, disks.files);
  try {
    await saveImage(claimed, inParts(databaseOf(files), PART_BYTES), {
      received,
      createFile: memoryGrowingFiles(disks.files),
      yieldTurn: noPause,
    });
  } catch (error) {
    expect(disks.files.list(SNAP).length === 0, 'something is left of a refused image');
    return refusalOf(error);
  }
  try {
    await useState(disks, received, claimed);
    return 'accepted';
  } catch (error) {
    return refusalOf(error);
  }
}

async function useState(
  disks: SimDisks,
  received: ReceivedImages,
  claimed: SnapshotMetadata,
): Promise<void> {
  const stage = () => disks.stageBackend(KV);
  const { backend, meta } = await stageImage(claimed, { received, stage, yieldTurn: noPause });
  const fatals: unknown[] = [];
  const header = { clusterId: 1n, memberId: 1n, raftTerm: 1 };
  const hub = new WatchHub({ header: () => header, fragmentBytesMin: 1 << 20 });
  const { store, lessor, cluster, alarms, buffer } = await restoreMemberState(STATE_OPTIONS, meta, {
    backend,
    logger: new RecordingLogger(),
    hub,
    tokens: NO_TOKENS,
    yieldTurn: noPause,
    compactionPause: noPause,
    compactionObserver: { began: () => undefined, ended: () => undefined },
    fatal: (error) => fatals.push(error),
  });
  hub.attach(store);
  await store.compactionsSettled();
  if (fatals.length > 0) throw fatals[0];
  const all = RangeRequest.create({ key: ALL, rangeEnd: ALL });
  const range = await store.range(all);
  expect(!(range instanceof Error), 'the newest revision cannot be read');
  expect(range instanceof Error || range.kvs.length === store.keyCount, 'keys without a row');
  expect(!((await store.hashKv(0)) instanceof Error), 'the newest revision cannot be hashed');
  const revision = store.currentRevision;
  store.put(PutRequest.create({ key: ALL, value: ALL }));
  store.deleteRange(DeleteRangeRequest.create({ key: ALL }));
  expect(store.currentRevision === revision + 2, 'two writes make two revisions');
  await buffer.flush();
  expect(cluster.members.length + alarms.list(0).length >= 0, 'members or alarms cannot be listed');
  store.checkInvariants();
  lessor.checkInvariants();
  await backend.close();
}
