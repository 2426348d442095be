/** The other end of a BorrowingThread: the store it has borrowed, and what it sends. */
import { parentPort, type TransferListItem } from 'node:worker_threads';
import { defined } from '../../base/assert.ts';
import type { LevelBackend } from './level-backend.ts';

/**
 * - `taken`: one message that was sent ahead was; a buffer that came with it may be used again
 * - `close`: let go of everything and end
 */
export type BorrowerCommand =
  | { readonly kind: 'taken'; readonly buffer?: ArrayBuffer }
  | { readonly kind: 'close' };

export class BorrowedStore<Message> {
  readonly backend: LevelBackend;
  readonly #port = defined(parentPort ?? undefined, 'runs as a worker thread');
  readonly #aheadMax: number;
  /** Buffers that came back. */
  readonly #spare: ArrayBuffer[] = [];
  #ahead = 0;
  #isClosing = false;
  /** Set while it waits until something is taken. */
  #goOn: (() => void) | undefined;

  /** `aheadMax`: messages that are sent before they are taken. */
  constructor(backend: LevelBackend, aheadMax: number) {
    this.backend = backend;
    this.#aheadMax = aheadMax;
    this.#port.on('message', (command: BorrowerCommand) => this.#take(command));
  }

  send(message: Message): void {
    this.#port.postMessage(message);
  }

  /** Sends what has to be taken, once there is room; false: it is to end. Moves `buffers`. */
  async sendAhead(message: Message, buffers: readonly ArrayBufferLike[]): Promise<boolean> {
    while (this.#ahead >= this.#aheadMax && !this.#isClosing) {
      await new Promise<void>((resolve) => {
        this.#goOn = resolve;
      });
    }
    if (this.#isClosing) return false;
    this.#ahead++;
    this.#port.postMessage(message, buffers as TransferListItem[]);
    return true;
  }

  /** A buffer that was sent and came back: an older message's bytes are in it. */
  spareBuffer(): ArrayBuffer | undefined {
    return this.#spare.pop();
  }

  #take(command: BorrowerCommand): void {
    if (command.kind === 'taken') {
      this.#ahead--;
      if (command.buffer !== undefined) this.#spare.push(command.buffer);
    } else {
      this.#isClosing = true;
      this.#port.close();
      // Whatever reads fails from now on.
      void this.backend.close();
    }
    this.#goOn?.();
  }
}
