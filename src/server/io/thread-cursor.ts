/** Reads all rows of a bucket in a thread of its own, so that another core takes half of the work. */
import {
  type BackendCursor,
  BackendError,
  type BackendRow,
  type Bucket,
} from '../../base/ports/backend.ts';
import { BorrowingThread, type Lender } from './borrowing-thread.ts';
import { type RowThreadMessage, unpacked } from './row-thread-messages.ts';

const SCRIPT = new URL('./row-thread-worker.js', import.meta.url);

export class ThreadCursor implements BackendCursor {
  readonly #thread: BorrowingThread<RowThreadMessage>;
  /** Rows that have come and were not asked for yet. */
  #rows: BackendRow[] = [];
  #hasEnded = false;

  constructor(lender: Lender, bucket: Bucket) {
    this.#thread = new BorrowingThread(lender, { script: SCRIPT, name: 'rows', data: { bucket } });
  }

  async next(rowsMax: number): Promise<BackendRow[]> {
    if (this.#rows.length === 0 && !this.#hasEnded) await this.#receive();
    return this.#rows.splice(0, rowsMax);
  }

  close(): Promise<void> {
    return this.#thread.recall();
  }

  async #receive(): Promise<void> {
    const message = await this.#thread.receive();
    if (message.kind === 'failed') throw new BackendError(message.code, message.text);
    this.#thread.taken();
    this.#rows = unpacked(message.packed);
    this.#hasEnded = this.#rows.length === 0;
  }
}
