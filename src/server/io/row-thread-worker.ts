/** The thread behind ThreadCursor. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { BackendError } from '../../base/ports/backend.ts';
import { LevelBackend } from './level-backend.ts';
import {
  packed,
  type RowThreadCommand,
  type RowThreadData,
  type RowThreadMessage,
  slicesAheadMax,
} from './row-thread-messages.ts';

/** Rows of a slice; of large ones fewer come. */
const SLICE_ROWS = 1000;

assert(parentPort !== null, 'runs as a worker thread');
const port = parentPort;
const { folder, bucket } = workerData as RowThreadData;
let slicesAhead = 0;
let isClosing = false;
/** Set while it waits until a slice is taken. */
let goOn: (() => void) | undefined;

const backend = await LevelBackend.open(folder, 'shared');
port.on('message', (command: RowThreadCommand) => {
  if (command === 'more') slicesAhead--;
  else {
    isClosing = true;
    port.close();
    // Whatever reads fails from now on.
    void backend.close();
  }
  goOn?.();
});
try {
  await give();
} catch (error) {
  // What is something else is a bug of ours, and ends the thread.
  if (!(error instanceof BackendError)) throw error;
  const { code, message } = error;
  port.postMessage({ kind: 'failed', code, text: message } satisfies RowThreadMessage);
}

async function give(): Promise<void> {
  const cursor = backend.scan({ bucket });
  for (let isEnd = false; !isEnd && !isClosing; ) {
    const rows = packed(await cursor.next(SLICE_ROWS));
    isEnd = rows.ends.length === 0;
    while (slicesAhead >= slicesAheadMax && !isClosing) {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
    }
    slicesAhead++;
    const message: RowThreadMessage = { kind: 'slice', packed: rows };
    const moved = [rows.bytes.buffer, rows.ends.buffer] as ArrayBuffer[];
    if (!isClosing) port.postMessage(message, moved);
  }
}
