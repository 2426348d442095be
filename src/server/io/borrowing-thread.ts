/** A thread that reads a store which this thread has open: the common part of such threads. */
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { BackendError } from '../../base/ports/backend.ts';
import type { BorrowerCommand } from './borrowed-store.ts';

/** Who reads a store in another thread of this process. */
export interface Borrower {
  /** Resolves when the other thread has closed the store. */
  recall(): Promise<void>;
}

/** A store that can be open in several threads of this process. */
export interface Lender {
  /** Lends it until `takeBack`; returns the folder to open, as `shared`, in the other thread. */
  lend(borrower: Borrower): string;
  takeBack(borrower: Borrower): void;
}

export interface ThreadOptions {
  readonly script: URL;
  readonly name: string;
  /** Handed to the thread besides `folder`. */
  readonly data: object;
  readonly limits?: ResourceLimits;
}

/** Its script makes a BorrowedStore. */
export class BorrowingThread<Message> implements Borrower {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  /** What it has sent and nobody has received; the thread bounds that. */
  readonly #messages: Message[] = [];
  #failure: Error | undefined;
  #hasExited = false;
  /** Set while somebody waits to receive. */
  #wake: (() => void) | undefined;

  constructor(lender: Lender, { script, name, data, limits = {} }: ThreadOptions) {
    const workerData = { ...data, folder: lender.lend(this) };
    this.#worker = new Worker(script, { workerData, name, resourceLimits: limits });
    this.#worker.on('message', (message: Message) => {
      this.#messages.push(message);
      this.#wake?.();
    });
    this.#worker.on('error', (error: Error) => {
      this.#failure = error;
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#hasExited = true;
        lender.takeBack(this);
        this.#wake?.();
        resolve();
      });
    });
  }

  /** The next message, in order; rejects when there will be none. One call at a time. */
  async receive(): Promise<Message> {
    while (this.#messages.length === 0 && !this.#hasExited) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const message = this.#messages.shift();
    if (message !== undefined) return message;
    throw this.#failure ?? new BackendError('BACKEND_CLOSED', 'the backend was closed meanwhile');
  }

  /** A message was taken; with `buffer`, which leaves this thread, the other one may go on. */
  taken(buffer?: ArrayBuffer): void {
    if (buffer === undefined) this.#send({ kind: 'taken' });
    else this.#send({ kind: 'taken', buffer }, [buffer]);
  }

  recall(): Promise<void> {
    this.#send({ kind: 'close' });
    return this.#exited;
  }

  #send(command: BorrowerCommand, buffers: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(command, buffers);
  }
}
