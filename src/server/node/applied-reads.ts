/**
 * Reads of a leader's own state, such as of its leases: each runs when what was committed as it
 * came is applied, whoever leads by then. They run in the order in which they came.
 */
import type { LogIndex } from '../../base/ids.ts';
import { ServerError } from '../errors.ts';
import { type LinearizableRead, readsWaitingMax } from './linearizable-reads.ts';

const TIMEOUT_MS = 1000;

interface Waiting {
  readonly index: LogIndex;
  readonly deadlineMs: number;
  readonly read: LinearizableRead;
}

export class AppliedReads {
  /** In the order of coming, which is that of index and of deadline, too. */
  readonly #waiting = new Set<Waiting>();

  /** Runs `read` when `index`, the commit index, is applied; now if it is and none waits. */
  add(read: LinearizableRead, at: { index: LogIndex; applied: LogIndex; nowMs: number }): void {
    const { index, applied, nowMs } = at;
    if (index <= applied && this.#waiting.size === 0) {
      read.run();
    } else if (this.#waiting.size >= readsWaitingMax) {
      read.fail(new ServerError('SERVER_TOO_MANY_REQUESTS', 'too many requests'));
    } else {
      this.#waiting.add({ index, deadlineMs: nowMs + TIMEOUT_MS, read });
    }
  }

  applied(index: LogIndex): void {
    for (const waiting of this.#waiting) {
      if (waiting.index > index) return;
      this.#waiting.delete(waiting);
      waiting.read.run();
    }
  }

  /** Fails those that have waited too long. */
  expire(nowMs: number): void {
    for (const waiting of this.#waiting) {
      if (waiting.deadlineMs > nowMs) return;
      this.#waiting.delete(waiting);
      waiting.read.fail(
        new ServerError('SERVER_TIMEOUT_WAIT_APPLIED', 'the applied index lags behind'),
      );
    }
  }

  /** Fails all of them: the server stops. */
  failAll(error: ServerError): void {
    for (const waiting of this.#waiting) {
      this.#waiting.delete(waiting);
      waiting.read.fail(error);
    }
  }
}
