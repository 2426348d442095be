/** The thread behind ThreadCursor. */
import { workerData } from 'node:worker_threads';
import { BackendError } from '../../base/ports/backend.ts';
import { BorrowedStore } from './borrowed-store.ts';
import { LevelBackend } from './level-backend.ts';
import {
  packed,
  type RowThreadData,
  type RowThreadMessage,
  slicesAheadMax,
} from './row-thread-messages.ts';

/** Rows of a slice; of large ones fewer come. */
const SLICE_ROWS = 1000;

const { folder, bucket } = workerData as RowThreadData;
const backend = await LevelBackend.open(folder, 'shared');
const store = new BorrowedStore<RowThreadMessage>(backend, slicesAheadMax);
try {
  await give();
} catch (error) {
  // What is something else is a bug of ours, and ends the thread.
  if (!(error instanceof BackendError)) throw error;
  store.send({ kind: 'failed', code: error.code, text: error.message });
}

async function give(): Promise<void> {
  const cursor = backend.scan({ bucket });
  for (;;) {
    const rows = packed(await cursor.next(SLICE_ROWS));
    const isEnd = rows.ends.length === 0;
    const buffers = [rows.bytes.buffer, rows.ends.buffer];
    if (!(await store.sendAhead({ kind: 'slice', packed: rows }, buffers)) || isEnd) return;
  }
}
