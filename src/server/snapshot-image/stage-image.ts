/**
 * Makes the state of a received image ready to be the member's own, beside the one it has. Who
 * does that decides when the one takes the place of the other; README.md has the order.
 */
import { type BackendMeta, loadMeta } from '../../mvcc/index.ts';
import type { SnapshotMetadata } from '../../pb/index.ts';
import { placeOfReceived } from './image-facts.ts';
import { importImage } from './image-import.ts';
import type { StagedState, StageState } from './ports.ts';
import type { ReceivedImages } from './received-images.ts';

export interface StageImagePorts {
  readonly received: ReceivedImages;
  readonly stage: StageState;
  readonly yieldTurn: () => Promise<void>;
}

export interface StagedImage extends StagedState {
  /** Where the state stands, by what is inside the image: raft goes on behind that. */
  readonly place: SnapshotMetadata;
  readonly meta: BackendMeta;
}

/**
 * Imports the image that was saved for the snapshot at `claimed`. Rejects, leaving nothing, with
 * BboltError, ImageError, BackendError and FileError.
 */
export async function stageImage(
  claimed: SnapshotMetadata,
  { received, stage, yieldTurn }: StageImagePorts,
): Promise<StagedImage> {
  const image = received.open(claimed.index);
  try {
    const place = placeOfReceived(image.facts, claimed);
    const staged = await stage();
    try {
      await importImage(image.file, place, { backend: staged.backend, yieldTurn });
      return { ...staged, place, meta: await loadMeta(staged.backend) };
    } catch (error) {
      await staged.discard();
      throw error;
    }
  } finally {
    image.close();
  }
}
