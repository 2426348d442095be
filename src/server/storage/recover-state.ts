/**
 * Ends what a crash interrupted while a snapshot of another member was being installed. Its image
 * is on disk before the log says that it is this member's: so it is brought in (again) now.
 */
import type { Backend } from '../../base/ports/backend.ts';
import type { Logger } from '../../base/ports/logger.ts';
import type { BackendMeta } from '../../mvcc/index.ts';
import type { Snapshot } from '../../pb/index.ts';
import type { StageState } from '../snapshot-image/ports.ts';
import type { ReceivedImages } from '../snapshot-image/received-images.ts';
import { type StagedImage, stageImage } from '../snapshot-image/stage-image.ts';

/** An open backend and what is in it. */
export interface OpenState {
  readonly backend: Backend;
  readonly meta: BackendMeta;
}

export interface RecoverStatePorts {
  readonly received: ReceivedImages;
  readonly stage: StageState;
  readonly logger: Logger;
}

/** Nothing else runs yet that would want its turn. */
const yieldTurn = (): Promise<void> => Promise.resolve();

/**
 * The state to go on with: `current`, unless the log begins behind it and there is the image of
 * `snapshot`. Then `current` is closed. Removes images that are of no use any more. When it
 * rejects, with BboltError, ImageError, BackendError or FileError, `current` is still open.
 */
export async function recoverState(
  current: OpenState,
  snapshot: Snapshot | undefined,
  { received, stage, logger }: RecoverStatePorts,
): Promise<OpenState> {
  const metadata = snapshot?.metadata;
  let state = current;
  if (
    metadata !== undefined &&
    metadata.index > current.meta.consistentIndex &&
    received.has(metadata.index)
  ) {
    logger.info('installing a received snapshot', { 'snapshot-index': metadata.index });
    state = await replaced(current, await stageImage(metadata, { received, stage, yieldTurn }));
  }
  received.removeAll();
  return state;
}

async function replaced(current: OpenState, staged: StagedImage): Promise<OpenState> {
  try {
    staged.adopt();
    await current.backend.close();
    await staged.removeFormer(yieldTurn);
  } catch (error) {
    await staged.backend.close();
    throw error;
  }
  return staged;
}
