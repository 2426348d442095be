/** Takes a database in as a member does that of its leader, down to the state in memory. */
import type { SnapshotMetadata } from '../../../src/pb/index.ts';
import { ReceivedImages } from '../../../src/server/snapshot-image/received-images.ts';
import { saveImage } from '../../../src/server/snapshot-image/save-image.ts';
import { stageImage } from '../../../src/server/snapshot-image/stage-image.ts';
import { MemoryFileSystem } from '../../sim/memory-file-system.ts';
import { SimDisks } from '../../sim/sim-disks.ts';
import { inParts, memoryGrowingFiles, noPause } from '../../support/server/images.ts';
import { type DataFiles, databaseOf } from './data-files.ts';
import { expect, refusalOf } from './file-finding.ts';
import { useState } from './use-state.ts';

const SNAP = '/data/member/snap';
const KV = '/data/member/kv';
const PART_BYTES = 32_768;

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
    const stage = () => disks.stageBackend(KV);
    await useState(await stageImage(claimed, { received, stage, yieldTurn: noPause }));
    return 'accepted';
  } catch (error) {
    return refusalOf(error);
  }
}
