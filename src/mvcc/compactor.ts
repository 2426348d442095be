/**
 * Removes compacted history from index and backend in the background: one compaction after the
 * other, in slices, with pauses. The floor itself moves in apply, before a job is queued here.
 */
import { assert } from '../base/assert.ts';
import { EMPTY_BYTES } from '../base/bytes.ts';
import type { Revision } from '../base/ids.ts';
import { Bucket } from '../base/ports/backend.ts';
import { MetaKey } from './backend/meta.ts';
import { revisionKey } from './backend/revision-key.ts';
import { MvccError } from './errors.ts';
import type { Hashes } from './hash/hashes.ts';
import type { Slot } from './key-index.ts';
import { RemovalPass } from './removal-pass.ts';
import type { StorePorts } from './store-ports.ts';

/**
 * Compactions that wait for their turn. One more takes the place of the last of them: its floor
 * is higher, so that it removes what the other would have.
 */
export const COMPACTIONS_QUEUED_MAX = 64;

export interface CompactorOptions {
  /** Rows looked at between two pauses. */
  readonly batchLimit: number;
  readonly sliceKeysMax: number;
  /** Whether a range that reads below `floor` is still going on. */
  readonly hasReadBelow: (floor: Revision) => boolean;
}

/** A floor, and the one before it (-1 without one). */
export interface FloorStep {
  readonly floor: Revision;
  readonly formerFloor: Revision;
}

/** One compaction, queued or being worked on. */
interface Job {
  floor: Revision;
  readonly formerFloor: Revision;
  /** Whether all that earlier floors made unreachable was gone when this one was set. */
  readonly isHashed: boolean;
  /** Resolves when the job is done or given up. */
  readonly ended: Promise<void>;
  readonly end: () => void;
}

export class Compactor {
  readonly #options: CompactorOptions;
  readonly #ports: StorePorts;
  readonly #hashes: Hashes;
  /** By ascending floor; the first is being worked on. */
  readonly #jobs: Job[] = [];
  #removedBytes = 0;
  #isClosed = false;
  /** The run over the jobs; undefined when there is none. */
  #running: Promise<void> | undefined;

  constructor(options: CompactorOptions, ports: StorePorts, hashes: Hashes) {
    assert(options.batchLimit > 0, 'a batch is of something');
    this.#options = options;
    this.#ports = ports;
    this.#hashes = hashes;
  }

  /** Keys and values of the rows of bucket `key` that compactions have removed. */
  get removedBytes(): number {
    return this.#removedBytes;
  }

  /** Queues the removal of what a floor makes unreachable. Floors come in ascending order. */
  enqueue(step: FloorStep): void {
    // As in etcd, only what a compaction sees after a finished one is worth comparing.
    this.#enqueue(step, this.#jobs.length === 0);
  }

  /** Queues again what a crash cut short. */
  resume(step: FloorStep): void {
    this.#enqueue(step, false);
  }

  #enqueue(step: FloorStep, isHashed: boolean): void {
    if (this.#isClosed) return;
    const { floor } = step;
    const last = this.#jobs.at(-1);
    assert(last === undefined || last.floor < floor, 'floors only rise');
    if (last !== undefined && this.#jobs.length > COMPACTIONS_QUEUED_MAX) {
      last.floor = floor;
      return;
    }
    this.#jobs.push(newJob(step, isHashed));
    this.#running ??= this.#run();
  }

  /**
   * Resolves when all compactions queued so far are done and on disk. Rejects with MVCC_CLOSED
   * when the store closes or a compaction fails before that, with BackendError when the last
   * flush does.
   */
  async settled(): Promise<void> {
    await this.#jobs.at(-1)?.ended;
    if (this.#isClosed) throw new MvccError('MVCC_CLOSED', 'the store is closing');
    await this.#ports.buffer.flush();
  }

  /** Stops after the slice being worked on; what is left is done after the next restore. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      for (let job = this.#jobs[0]; job !== undefined && !this.#isClosed; job = this.#jobs[0]) {
        await this.#compact(job);
        this.#jobs.shift();
        job.end();
      }
    } catch (error) {
      this.#isClosed = true;
      this.#ports.fatal(error);
    }
    for (const job of this.#jobs.splice(0)) job.end();
    this.#running = undefined;
  }

  /** Does one job, unless the store closes meanwhile. */
  async #compact({ floor, formerFloor, isHashed }: Job): Promise<void> {
    const { buffer, compactionObserver } = this.#ports;
    // A range that began before the floor moved goes on in the index as it was.
    while (this.#options.hasReadBelow(floor)) await this.#ports.compactionPause();
    compactionObserver?.began();
    await this.#forget(floor);
    await buffer.flush();
    let removedRows = 0;
    const span = { compactRevision: formerFloor, revision: floor };
    const pass = new RemovalPass(
      {
        span,
        batchLimit: this.#options.batchLimit,
        goesOn: () => !this.#isClosed,
        removed: (bytes) => {
          removedRows++;
          this.#removedBytes += bytes;
        },
      },
      this.#ports,
    );
    if (!(await pass.run())) return;
    buffer.put(Bucket.meta, MetaKey.finishedCompactRev, revisionKey(floor, 0));
    if (isHashed) this.#hashes.remember({ ...span, hash: pass.hash });
    compactionObserver?.ended(removedRows);
  }

  /** Has the index forget what the floor makes unreachable. */
  async #forget(floor: Revision): Promise<void> {
    const keysMax = this.#options.sliceKeysMax;
    for (let from: Uint8Array | undefined = EMPTY_BYTES; from !== undefined; ) {
      await this.#ports.yieldTurn();
      if (this.#isClosed) return;
      from = this.#ports.index.compact(floor, { from, keysMax }, this.#report);
    }
  }

  readonly #report = {
    // Which rows go, the pass over the rows finds out itself.
    forgot: (): void => {},
    freed: (slot: Slot): void => {
      assert(this.#ports.values.view(slot) === undefined, 'a deleted key has no value in memory');
    },
  };

  checkInvariants(): void {
    let last = -Infinity;
    for (const { floor } of this.#jobs) {
      assert(floor > last, 'floors rise along the queue');
      last = floor;
    }
    assert(this.#jobs.length <= COMPACTIONS_QUEUED_MAX + 1, 'the queue is bounded');
    assert(this.#jobs.length === 0 || this.#running !== undefined, 'a queued job is worked on');
  }
}

function newJob(step: FloorStep, isHashed: boolean): Job {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { ...step, isHashed, ended, end };
}
