import { Worker } from 'node:worker_threads';
import { assert, defined } from '../../base/assert.ts';
import { type Backend, BackendError } from '../../base/ports/backend.ts';
import type { Membership } from '../membership/stored-membership.ts';
import { ImageError } from '../snapshot-image/errors.ts';
import type { ImageFacts } from '../snapshot-image/image-facts.ts';
import { IMAGE_CHUNK_BYTES, type StateImage } from '../snapshot-image/state-image.ts';
import type {
  ImageThreadCommand,
  ImageThreadData,
  ImageThreadMessage,
} from './image-thread-messages.ts';
import { type Borrower, LevelBackend } from './level-backend.ts';

/** Heap of the thread; rows and pages lie outside of it. */
const LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };

type Opened = Extract<ImageThreadMessage, { kind: 'opened' }>;

/** An image that a thread of its own makes. It ends with the backend, if not before. */
export class ThreadImage implements StateImage {
  readonly facts: ImageFacts;
  readonly membership: Membership;
  readonly sizeBytes: number;
  readonly #thread: ImageThread;
  #digest: Uint8Array | undefined;

  private constructor(thread: ImageThread, { facts, membership, sizeBytes }: Opened) {
    this.#thread = thread;
    this.facts = facts;
    this.membership = membership;
    this.sizeBytes = sizeBytes;
  }

  /** See MakeImage. */
  static async open(this: void, backend: Backend): Promise<ThreadImage> {
    assert(backend instanceof LevelBackend, 'a thread can open what is a folder');
    const thread = new ImageThread(backend);
    try {
      const opened = await thread.receive();
      assert(opened.kind === 'opened', 'a thread opens the image first');
      return new ThreadImage(thread, opened);
    } catch (error) {
      await thread.recall();
      throw error;
    }
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const message = await this.#thread.receive();
      if (message.kind === 'ended') {
        this.#digest = message.digest;
        return;
      }
      assert(message.kind === 'part', 'parts follow until the end');
      const { bytes } = message;
      for (let at = 0; at < bytes.length; at += IMAGE_CHUNK_BYTES) {
        yield bytes.subarray(at, at + IMAGE_CHUNK_BYTES);
      }
      this.#thread.send('more');
    }
  }

  digest(): Uint8Array {
    return defined(this.#digest, 'the digest is known at the end of the file');
  }

  close(): Promise<void> {
    return this.#thread.recall();
  }
}

class ImageThread implements Borrower {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  /** What it has sent and nobody has received; bounded by `partsAheadMax`. */
  readonly #messages: ImageThreadMessage[] = [];
  #failure: Error | undefined;
  #hasExited = false;
  /** Set while somebody waits to receive. */
  #wake: (() => void) | undefined;

  constructor(backend: LevelBackend) {
    const workerData: ImageThreadData = { folder: backend.lend(this) };
    this.#worker = new Worker(new URL('./image-thread-worker.js', import.meta.url), {
      workerData,
      name: 'image',
      resourceLimits: LIMITS,
    });
    this.#worker.on('message', (message: ImageThreadMessage) => {
      this.#messages.push(message);
      this.#wake?.();
    });
    this.#worker.on('error', (error: Error) => {
      this.#failure = error;
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#hasExited = true;
        backend.takeBack(this);
        this.#wake?.();
        resolve();
      });
    });
  }

  /** The next message; rejects with what the thread failed with. */
  async receive(): Promise<ImageThreadMessage> {
    while (this.#messages.length === 0 && !this.#hasExited) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const message = this.#messages.shift();
    if (message === undefined) {
      throw this.#failure ?? new BackendError('BACKEND_CLOSED', 'the backend was closed meanwhile');
    }
    if (message.kind !== 'failed') return message;
    throw message.of === 'backend'
      ? new BackendError(message.code, message.text)
      : new ImageError(message.code, message.text);
  }

  send(command: ImageThreadCommand): void {
    this.#worker.postMessage(command);
  }

  /** Resolves when the thread has let go of the backend and ended. */
  recall(): Promise<void> {
    this.send('close');
    return this.#exited;
  }
}
