import { assert, defined } from '../../base/assert.ts';
import { type Backend, BackendError } from '../../base/ports/backend.ts';
import type { Membership } from '../membership/stored-membership.ts';
import { ImageError } from '../snapshot-image/errors.ts';
import type { ImageFacts } from '../snapshot-image/image-facts.ts';
import { IMAGE_CHUNK_BYTES, type StateImage } from '../snapshot-image/state-image.ts';
import { BorrowingThread } from './borrowing-thread.ts';
import { type ImageThreadMessage, PART_BYTES } from './image-thread-messages.ts';
import { LevelBackend } from './level-backend.ts';

const SCRIPT = new URL('./image-thread-worker.js', import.meta.url);

/**
 * Heap of the thread. Rows and pages lie outside of it, but count as its garbage: with a small one the
 * thread collects more than it reads.
 */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 48 };

type Thread = BorrowingThread<ImageThreadMessage>;
type Opened = Extract<ImageThreadMessage, { kind: 'opened' }>;

/** An image that a thread of its own makes. It ends with the backend, if not before. */
export class ThreadImage implements StateImage {
  readonly facts: ImageFacts;
  readonly membership: Membership;
  readonly sizeBytes: number;
  readonly #thread: Thread;
  #digest: Uint8Array | undefined;

  private constructor(thread: Thread, { facts, membership, sizeBytes }: Opened) {
    this.#thread = thread;
    this.facts = facts;
    this.membership = membership;
    this.sizeBytes = sizeBytes;
  }

  /** See MakeImage. */
  static async open(this: void, backend: Backend): Promise<ThreadImage> {
    assert(backend instanceof LevelBackend, 'a thread can open what is a folder');
    const options = { script: SCRIPT, name: 'image', data: {}, limits: LIMITS };
    const thread: Thread = new BorrowingThread(backend, options);
    try {
      const opened = checked(await thread.receive());
      assert(opened.kind === 'opened', 'a thread opens the image first');
      return new ThreadImage(thread, opened);
    } catch (error) {
      await thread.recall();
      throw error;
    }
  }

  /**
   * Buffers go to and fro. Were new ones made for each part, V8 would count them as garbage of both
   * threads, and collect all of theirs ten times a second.
   */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    let former: Uint8Array | undefined;
    for (;;) {
      const message = checked(await this.#thread.receive());
      if (message.kind === 'ended') {
        this.#digest = message.digest;
        return;
      }
      assert(message.kind === 'part', 'parts follow until the end');
      const { bytes } = message;
      for (let at = 0; at < bytes.length; at += IMAGE_CHUNK_BYTES) {
        yield bytes.subarray(at, at + IMAGE_CHUNK_BYTES);
      }
      // Behind a short part comes the end; the one before it may be on its way yet.
      const isRead = former !== undefined && bytes.length === PART_BYTES;
      if (isRead) this.#thread.taken(former?.buffer as ArrayBuffer);
      former = bytes;
    }
  }

  digest(): Uint8Array {
    return defined(this.#digest, 'the digest is known at the end of the file');
  }

  close(): Promise<void> {
    return this.#thread.recall();
  }
}

function checked(message: ImageThreadMessage): Exclude<ImageThreadMessage, { kind: 'failed' }> {
  if (message.kind !== 'failed') return message;
  throw message.of === 'backend'
    ? new BackendError(message.code, message.text)
    : new ImageError(message.code, message.text);
}
