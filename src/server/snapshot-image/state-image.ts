/**
 * A member's state as a bbolt file, as real etcd writes it, made while everything else goes on:
 * all of it is of one moment, and none of it is ever in memory or on disk as a whole.
 */
import { assert } from '../../base/assert.ts';
import { type Backend, type BackendView, Bucket, NAMED_BUCKETS } from '../../base/ports/backend.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import { type BboltPlan, BboltWriter } from '../../bbolt/index.ts';
import type { WriteBuffer } from '../../mvcc/index.ts';
import { type Membership, storedMembership } from '../membership/stored-membership.ts';
import { inChunks } from './chunks.ts';
import { FACT_KEYS, type ImageFacts, readFacts } from './image-facts.ts';

/** Length of the pieces that `chunks` gives, the last one aside: that of etcd's messages. */
export const IMAGE_CHUNK_BYTES: number = 32 * 1024;
/** Rows taken in one turn (of large ones fewer come). Four times as many take longer in all, too. */
const SLICE_ROWS = 128;
/** Bytes of pages that are handed on before all rows of a slice are in theirs. */
const HANDED_ON_BYTES: number = 1 << 20;

export interface StateImagePorts {
  readonly backend: Pick<Backend, 'view' | 'scan' | 'getMany'>;
  readonly buffer: Pick<WriteBuffer, 'flush'>;
  readonly yieldTurn: () => Promise<void>;
}

export class StateImage {
  readonly facts: ImageFacts;
  /** Length of the file. */
  readonly sizeBytes: number;
  readonly #ports: StateImagePorts;
  readonly #view: BackendView;
  readonly #plan: BboltPlan;
  #isClosed = false;

  private constructor(
    ports: StateImagePorts,
    pinned: { view: BackendView; facts: ImageFacts; plan: BboltPlan },
  ) {
    this.#ports = ports;
    this.#view = pinned.view;
    this.#plan = pinned.plan;
    this.facts = pinned.facts;
    this.sizeBytes = pinned.plan.pages * pinned.plan.pageBytes;
  }

  /**
   * Pins the state, with everything that is applied by now, and measures it. Rejects with
   * BackendError, and with ImageError when nothing has been applied yet.
   */
  static async open(ports: StateImagePorts): Promise<StateImage> {
    const { backend, buffer } = ports;
    await buffer.flush();
    const view = backend.view();
    try {
      const facts = readFacts(await backend.getMany(Bucket.meta, FACT_KEYS, view));
      const plan = await measured(ports, view);
      return new StateImage(ports, { view, facts, plan });
    } catch (error) {
      await view.close();
      throw error;
    }
  }

  /** The file from its first byte to its last, in {@link IMAGE_CHUNK_BYTES}; the reader's own. */
  chunks(): AsyncIterable<Uint8Array> {
    assert(!this.#isClosed, 'an image is read before it is closed');
    return inChunks(written(this.#ports, this.#view, this.#plan), IMAGE_CHUNK_BYTES);
  }

  /** Who the members were at that moment. */
  membership(): Promise<Membership> {
    return storedMembership(this.#ports.backend, this.#view);
  }

  /** Lets go of the state; not while the next chunk is being waited for. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#view.close();
  }
}

async function measured(ports: StateImagePorts, view: BackendView): Promise<BboltPlan> {
  const writer = BboltWriter.measuring();
  const slices = putRows(writer, ports, view);
  while ((await slices.next()).done !== true);
  return writer.end();
}

async function* written(
  ports: StateImagePorts,
  view: BackendView,
  plan: BboltPlan,
): AsyncGenerator<Uint8Array[], void, undefined> {
  const writer = BboltWriter.streaming(plan);
  yield* putRows(writer, ports, view);
  writer.end();
  yield writer.take();
}

/** Puts all rows into `writer`, and gives what it has made of them after each slice. */
async function* putRows(
  writer: BboltWriter,
  { backend, yieldTurn }: StateImagePorts,
  view: BackendView,
): AsyncGenerator<Uint8Array[], void, undefined> {
  for (const [name, bucket] of NAMED_BUCKETS) {
    writer.beginBucket(utf8Bytes(name));
    const cursor = backend.scan({ bucket, view });
    try {
      for (;;) {
        const rows = await cursor.next(SLICE_ROWS);
        if (rows.length === 0) break;
        for (const { key, value } of rows) {
          writer.put(key, value);
          if (writer.pendingBytes >= HANDED_ON_BYTES) yield writer.take();
        }
        yield writer.take();
        await yieldTurn();
      }
    } finally {
      await cursor.close();
    }
  }
}
