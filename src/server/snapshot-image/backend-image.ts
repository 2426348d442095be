/** Makes an image from a view of a backend, in the thread that asks for it. */
import { createHash } from 'node:crypto';
import { assert, defined } from '../../base/assert.ts';
import { type Backend, type BackendView, Bucket, NAMED_BUCKETS } from '../../base/ports/backend.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import { type BboltPlan, BboltWriter } from '../../bbolt/index.ts';
import { type Membership, storedMembership } from '../membership/stored-membership.ts';
import { freshChunk, inChunks, type NewChunk } from './chunks.ts';
import { FACT_KEYS, type ImageFacts, readFacts } from './image-facts.ts';
import { IMAGE_CHUNK_BYTES, type StateImage } from './state-image.ts';

/** Rows taken in one turn (of large ones fewer come). Four times as many take longer in all, too. */
const SLICE_ROWS = 128;
/** Bytes of pages that are handed on before all rows of a slice are in theirs. */
const HANDED_ON_BYTES: number = 1 << 20;

export interface BackendImagePorts {
  readonly backend: Pick<Backend, 'view' | 'scan' | 'getMany'>;
  readonly yieldTurn: () => Promise<void>;
}

interface Pinned {
  readonly view: BackendView;
  readonly facts: ImageFacts;
  readonly membership: Membership;
  readonly plan: BboltPlan;
}

export class BackendImage implements StateImage {
  readonly facts: ImageFacts;
  readonly membership: Membership;
  readonly sizeBytes: number;
  readonly #ports: BackendImagePorts;
  readonly #view: BackendView;
  readonly #plan: BboltPlan;
  #digest: Uint8Array | undefined;
  #isClosed = false;

  private constructor(ports: BackendImagePorts, { view, facts, membership, plan }: Pinned) {
    this.#ports = ports;
    this.#view = view;
    this.#plan = plan;
    this.facts = facts;
    this.membership = membership;
    this.sizeBytes = plan.pages * plan.pageBytes;
  }

  /** See MakeImage. */
  static async open(ports: BackendImagePorts): Promise<BackendImage> {
    const { backend } = ports;
    const view = backend.view();
    try {
      const facts = readFacts(await backend.getMany(Bucket.meta, FACT_KEYS, view));
      const membership = await storedMembership(backend, view);
      const plan = await measured(ports, view);
      return new BackendImage(ports, { view, facts, membership, plan });
    } catch (error) {
      await view.close();
      throw error;
    }
  }

  /** `chunkBytes` and `newChunk`, which makes them, are for who hands them on in pieces. */
  async *chunks(
    chunkBytes: number = IMAGE_CHUNK_BYTES,
    newChunk: NewChunk = freshChunk,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    assert(!this.#isClosed, 'an image is read before it is closed');
    const digest = createHash('sha256');
    const bytes = written(this.#ports, this.#view, this.#plan);
    for await (const chunk of inChunks(bytes, chunkBytes, newChunk)) {
      digest.update(chunk);
      yield chunk;
    }
    this.#digest = new Uint8Array(digest.digest());
  }

  digest(): Uint8Array {
    return defined(this.#digest, 'the digest is known at the end of the file');
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#view.close();
  }
}

async function measured(ports: BackendImagePorts, view: BackendView): Promise<BboltPlan> {
  const writer = BboltWriter.measuring();
  const slices = putRows(writer, ports, view);
  while ((await slices.next()).done !== true);
  return writer.end();
}

async function* written(
  ports: BackendImagePorts,
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
  { backend, yieldTurn }: BackendImagePorts,
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
