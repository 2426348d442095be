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
  readonly yieldTurn: () => Promise<void>;
}

/**
 * The state to go on with: `current`, unless the log begins behind it and there is the image of
 * `snapshot`. Then `current` is closed. When it rejects, with BboltError, ImageError, BackendError or
 * FileError, `current` is still open.
 */
export async function recoverState(
  current: OpenState,
  snapshot: Snapshot | undefined,
  { received, stage, logger, yieldTurn }: RecoverStatePorts,
): Promise<OpenState> {
  const metadata = snapshot?.metadata;
  const isBehind = metadata !== undefined && metadata.index > current.meta.consistentIndex;
  if (!isBehind || !received.has(metadata.index)) return current;
  logger.info('installing a received snapshot', { 'snapshot-index': metadata.index });
  const staged = await stageImage(metadata, { received, stage, yieldTurn });
  return replaced(current, staged, yieldTurn);
}

/** Puts a state that is on disk in the place of the current one, which is closed and removed. */
export async function replaced(
  current: OpenState,
  staged: StagedImage,
  yieldTurn: () => Promise<void>,
): Promise<OpenState> {
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
