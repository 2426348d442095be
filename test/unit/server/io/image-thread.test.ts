import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { BackendError } from '../../../../src/base/ports/backend.ts';
import { WriteBuffer } from '../../../../src/mvcc/index.ts';
import { ThreadImage } from '../../../../src/server/io/image-thread.ts';
import {
  type ImageThreadMessage,
  PART_BYTES,
  partsAheadMax,
} from '../../../../src/server/io/image-thread-messages.ts';
import { LevelBackend } from '../../../../src/server/io/level-backend.ts';
import { BackendMeters } from '../../../../src/server/metrics/backend-meters.ts';
import { BackendImage } from '../../../../src/server/snapshot-image/backend-image.ts';
import { ImageError } from '../../../../src/server/snapshot-image/errors.ts';
import {
  IMAGE_CHUNK_BYTES,
  IMAGE_CHUNKS_KEPT,
  type StateImage,
} from '../../../../src/server/snapshot-image/state-image.ts';
import { fillState, MEMBER, noPause, PLACE } from '../../../support/server/images.ts';

const ROWS = 2000;
const VALUE_BYTES = 3000;

interface Filled {
  readonly folder: string;
  readonly backend: LevelBackend;
  readonly buffer: WriteBuffer;
  readonly meters: BackendMeters;
}

/** A backend on disk, with an image of more parts than a thread sends ahead; or without a row. */
async function filled(t: TestContext, rows = ROWS): Promise<Filled> {
  const folder = await mkdtemp(join(tmpdir(), 'etcd-ts-image-'));
  const meters = new BackendMeters();
  const backend = await LevelBackend.open(folder, 'create', { meters });
  t.after(async () => {
    await backend.close();
    await rm(folder, { recursive: true, force: true });
  });
  const start = { consistentIndex: 0, term: 0, currentRevision: 1, batch: 0 };
  const buffer = new WriteBuffer(start, backend);
  if (rows > 0) {
    fillState(buffer, rows, VALUE_BYTES);
    await buffer.flush();
  }
  return { folder, backend, buffer, meters };
}

async function digestOf(image: StateImage): Promise<string> {
  const digest = createHash('sha256');
  let bytes = 0;
  for await (const chunk of image.chunks()) {
    digest.update(chunk);
    bytes += chunk.length;
    assert.ok(chunk.length === IMAGE_CHUNK_BYTES || bytes === image.sizeBytes);
  }
  assert.equal(bytes, image.sizeBytes);
  return digest.digest('hex');
}

const isClosed = (error: unknown): boolean =>
  error instanceof BackendError && error.code === 'BACKEND_CLOSED';

describe('image thread', () => {
  it('IMAGE-I10: the same image as in this thread, with its digest', async (t) => {
    const { backend, meters } = await filled(t);
    const local = await BackendImage.open({ backend, yieldTurn: noPause });
    const expected = await digestOf(local);
    await local.close();
    const image = await ThreadImage.open(backend);
    assert.deepEqual(image.facts, { ...PLACE, storageVersion: '3.6.0' });
    assert.deepEqual(image.membership.members, [MEMBER]);
    assert.equal(image.sizeBytes, local.sizeBytes);
    assert.equal(meters.openViews, 1);
    assert.equal(await digestOf(image), expected);
    assert.equal(Buffer.from(image.digest()).toString('hex'), expected);
    await image.close();
    assert.equal(meters.openViews, 0);
  });

  it('IMAGE-I11: a piece stays as it is until IMAGE_CHUNKS_KEPT more were asked for', async (t) => {
    const { backend } = await filled(t);
    const image = await ThreadImage.open(backend);
    const digest = createHash('sha256');
    const kept: Uint8Array[] = [];
    for await (const chunk of image.chunks()) {
      kept.push(chunk);
      if (kept.length > IMAGE_CHUNKS_KEPT) digest.update(kept.shift() as Uint8Array);
    }
    for (const chunk of kept) digest.update(chunk);
    assert.deepEqual(new Uint8Array(digest.digest()), image.digest());
    await image.close();
  });

  it('IMAGE-I3: writes go on while it is read, and are not in it', async (t) => {
    const { backend, buffer } = await filled(t);
    const local = await BackendImage.open({ backend, yieldTurn: noPause });
    const image = await ThreadImage.open(backend);
    for (let n = 0; n < ROWS; n++) {
      const kv = new Uint8Array(VALUE_BYTES);
      buffer.putRevision({ main: ROWS + 2 + n, sub: 0, tombstone: false, kv });
    }
    buffer.setApplied(PLACE.index + 1, PLACE.term);
    await buffer.flush();
    assert.equal(await digestOf(image), await digestOf(local));
    await image.close();
    await local.close();
  });

  it('the backend is closed while it is read -> BACKEND_CLOSED, and nothing holds the folder', async (t) => {
    const { folder, backend } = await filled(t);
    const image = await ThreadImage.open(backend);
    const chunks = image.chunks()[Symbol.asyncIterator]();
    await chunks.next();
    await backend.close();
    await assert.rejects(async () => {
      while ((await chunks.next()).done !== true);
    }, isClosed);
    await image.close();
    await (await LevelBackend.open(folder, 'existing')).close();
  });

  it('the backend is closed while it is measured -> BACKEND_CLOSED', async (t) => {
    const { backend } = await filled(t);
    const opening = ThreadImage.open(backend);
    await Promise.all([assert.rejects(opening, isClosed), backend.close()]);
  });

  it('closed before its end -> nothing is lent any more', async (t) => {
    const { backend, meters } = await filled(t);
    const image = await ThreadImage.open(backend);
    for await (const chunk of image.chunks()) {
      assert.equal(chunk.length, IMAGE_CHUNK_BYTES);
      break;
    }
    await image.close();
    await image.close();
    assert.equal(meters.openViews, 0);
  });

  it('a state in which nothing has been applied -> IMAGE_NO_INDEX', async (t) => {
    const { backend, meters } = await filled(t, 0);
    await assert.rejects(
      ThreadImage.open(backend),
      (error) => error instanceof ImageError && error.code === 'IMAGE_NO_INDEX',
    );
    assert.equal(meters.openViews, 0);
  });

  it('parts that nobody takes -> no more than partsAheadMax are sent', async (t) => {
    const { folder } = await filled(t);
    assert.ok(ROWS * VALUE_BYTES > (partsAheadMax + 2) * PART_BYTES);
    const script = '../../../../src/server/io/image-thread-worker.js';
    const worker = new Worker(new URL(script, import.meta.url), { workerData: { folder } });
    let parts = 0;
    const sent = new Promise<void>((resolve) => {
      worker.on('message', ({ kind }: ImageThreadMessage) => {
        if (kind === 'part') parts++;
        if (parts === partsAheadMax) resolve();
      });
    });
    await sent;
    worker.postMessage('close');
    await once(worker, 'exit');
    assert.equal(parts, partsAheadMax);
  });
});
