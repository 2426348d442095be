/** The thread behind ThreadImage: reads a backend, which the main thread goes on using. */
import { setPriority } from 'node:os';
import { workerData } from 'node:worker_threads';
import { BackendError } from '../../base/ports/backend.ts';
import { BackendImage } from '../snapshot-image/backend-image.ts';
import { ImageError } from '../snapshot-image/errors.ts';
import { BorrowedStore } from './borrowed-store.ts';
import {
  type ImageThreadData,
  type ImageThreadMessage,
  PART_BYTES,
  partsAheadMax,
} from './image-thread-messages.ts';
import { LevelBackend } from './level-backend.ts';

/** As of `nice`: who serves requests goes first where there are too few cores for both. */
const NICENESS = 5;

const { folder } = workerData as ImageThreadData;
// Elsewhere that would be the niceness of the whole process.
if (process.platform === 'linux') setPriority(0, NICENESS);
const backend = await LevelBackend.open(folder, 'shared');
const store = new BorrowedStore<ImageThreadMessage>(backend, partsAheadMax);
try {
  await give(await BackendImage.open({ backend, yieldTurn: () => Promise.resolve() }));
} catch (error) {
  fail(error);
}

async function give(image: BackendImage): Promise<void> {
  const { facts, membership, sizeBytes } = image;
  store.send({ kind: 'opened', facts, membership, sizeBytes });
  const newPart = (): Uint8Array =>
    new Uint8Array(store.spareBuffer() ?? new ArrayBuffer(PART_BYTES));
  for await (const bytes of image.chunks(PART_BYTES, newPart)) {
    if (!(await store.sendAhead({ kind: 'part', bytes }, [bytes.buffer]))) return;
  }
  store.send({ kind: 'ended', digest: image.digest() });
}

/** What is none of these is a bug of ours, and ends the thread. */
function fail(error: unknown): void {
  if (error instanceof BackendError) {
    store.send({ kind: 'failed', of: 'backend', code: error.code, text: error.message });
  } else if (error instanceof ImageError) {
    store.send({ kind: 'failed', of: 'image', code: error.code, text: error.message });
  } else throw error;
}
