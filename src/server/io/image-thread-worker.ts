/** The thread behind ThreadImage: reads a backend, which the main thread goes on using. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { BackendError } from '../../base/ports/backend.ts';
import { BackendImage } from '../snapshot-image/backend-image.ts';
import { ImageError } from '../snapshot-image/errors.ts';
import {
  type ImageThreadCommand,
  type ImageThreadData,
  type ImageThreadMessage,
  PART_BYTES,
  partsAheadMax,
} from './image-thread-messages.ts';
import { LevelBackend } from './level-backend.ts';

/** As of `nice`: who serves requests goes first where there are too few cores for both. */
const NICENESS = 5;

assert(parentPort !== null, 'runs as a worker thread');
const port = parentPort;
const { folder } = workerData as ImageThreadData;
let partsAhead = 0;
let isClosing = false;
/** Set while it waits until a part is taken. */
let goOn: (() => void) | undefined;

// Elsewhere that would be the niceness of the whole process.
if (process.platform === 'linux') setPriority(0, NICENESS);
const backend = await LevelBackend.open(folder, 'shared');
port.on('message', (command: ImageThreadCommand) => {
  if (command === 'more') partsAhead--;
  else {
    isClosing = true;
    port.close();
    // Whatever reads fails from now on.
    void backend.close();
  }
  goOn?.();
});
try {
  await give(await BackendImage.open({ backend, yieldTurn: () => Promise.resolve() }));
} catch (error) {
  fail(error);
}

async function give(image: BackendImage): Promise<void> {
  const { facts, membership, sizeBytes } = image;
  post({ kind: 'opened', facts, membership, sizeBytes });
  for await (const bytes of image.chunks(PART_BYTES)) {
    while (partsAhead >= partsAheadMax && !isClosing) await taken();
    if (isClosing) return;
    partsAhead++;
    port.postMessage({ kind: 'part', bytes } satisfies ImageThreadMessage, [
      bytes.buffer as ArrayBuffer,
    ]);
  }
  post({ kind: 'ended', digest: image.digest() });
}

function taken(): Promise<void> {
  return new Promise((resolve) => {
    goOn = resolve;
  });
}

/** What is none of these is a bug of ours, and ends the thread. */
function fail(error: unknown): void {
  if (error instanceof BackendError) {
    post({ kind: 'failed', of: 'backend', code: error.code, text: error.message });
  } else if (error instanceof ImageError) {
    post({ kind: 'failed', of: 'image', code: error.code, text: error.message });
  } else throw error;
}

function post(message: ImageThreadMessage): void {
  port.postMessage(message);
}
