/**
 * Gives the space of removed rows back to the disk, step by step along the revisions: the
 * backend's own background work waits for a step, and writes may come to wait for that.
 */
import { type Backend, type BackendPlace, Bucket } from '../base/ports/backend.ts';
import { revisionKey } from './backend/revision-key.ts';
import { MvccError } from './errors.ts';
import type { RevisionState } from './revision-state.ts';
import type { WriteBuffer } from './write-buffer.ts';

/** Bytes on disk in one step, if all revisions take about the same. */
export const DEFRAGMENT_STEP_BYTES: number = 64 * 1024 * 1024;

export interface DefragmenterPorts {
  readonly backend: Pick<Backend, 'sizeBytes' | 'compact'>;
  readonly buffer: Pick<WriteBuffer, 'flush'>;
}

export class Defragmenter {
  readonly #ports: DefragmenterPorts;
  readonly #revisions: RevisionState;
  #running: Promise<void> | undefined;
  /** The run after that. */
  #following: Promise<void> | undefined;
  #isClosed = false;

  constructor(ports: DefragmenterPorts, revisions: RevisionState) {
    this.#ports = ports;
    this.#revisions = revisions;
  }

  /**
   * Resolves when a run that began after this call has ended; calls made while one is going on
   * share the next. Rejects with MVCC_CLOSED when the store closes, or with BackendError.
   */
  run(): Promise<void> {
    this.#following ??= this.#runFollowing();
    return this.#following;
  }

  /** Stops after the step being worked on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([this.#running, this.#following]);
  }

  async #runFollowing(): Promise<void> {
    await Promise.allSettled([this.#running]);
    this.#running = this.#following;
    this.#following = undefined;
    try {
      await this.#steps();
    } finally {
      this.#running = undefined;
    }
  }

  async #steps(): Promise<void> {
    const { backend, buffer } = this.#ports;
    this.#assertOpen();
    // So that what a compaction has removed is removed on disk.
    await buffer.flush();
    const bytes = await backend.sizeBytes();
    const { current } = this.#revisions;
    const count = Math.min(Math.ceil(bytes / DEFRAGMENT_STEP_BYTES) || 1, current);
    const place = (step: number): BackendPlace => {
      return { bucket: Bucket.key, key: revisionKey(Math.floor((current * step) / count), 0) };
    };
    for (let step = 0; step < count; step++) {
      this.#assertOpen();
      // The rows of other buckets, which are few, go with the first and the last revisions.
      await backend.compact({
        from: step > 0 ? place(step) : undefined,
        to: step < count - 1 ? place(step + 1) : undefined,
      });
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new MvccError('MVCC_CLOSED', 'the store is closing');
  }
}
