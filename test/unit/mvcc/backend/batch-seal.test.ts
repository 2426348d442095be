import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Backend, BackendError, Bucket } from '../../../../src/base/ports/backend.ts';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import { BatchSeal, verifyBatches } from '../../../../src/mvcc/backend/batch-seal.ts';
import { MemoryBackend, MemoryBackendDisk } from '../../../sim/memory-backend.ts';

async function writeBatches(disk: MemoryBackendDisk, count: number): Promise<void> {
  const backend = await MemoryBackend.open(disk);
  const seal = new BatchSeal(await verifyBatches(backend));
  for (let i = 0; i < count; i++) {
    const batch = backend.batch();
    seal.seal(batch);
    await batch.commit();
  }
  await backend.close();
}

/** The disk after `count` batches, without those in `lost` (1 = first). */
async function diskWithout(count: number, lost: readonly number[]): Promise<MemoryBackendDisk> {
  const disk = new MemoryBackendDisk();
  await writeBatches(disk, count);
  for (const number of lost.toSorted((a, b) => b - a)) disk.dropBatch(number - 1);
  return disk;
}

async function rowsOfOwn(backend: Backend): Promise<number> {
  const cursor = backend.scan({ bucket: Bucket.own });
  const rows = await cursor.next(1000);
  await cursor.close();
  return rows.length;
}

function isIncomplete(error: unknown): boolean {
  return error instanceof BackendError && error.code === 'BACKEND_CORRUPT';
}

describe('batch seal', () => {
  test('all batches there -> their number, in one run or over restarts', async () => {
    for (const count of [0, 1, 2, 63, 64, 65, 127, 128, 129, 200]) {
      const disk = await diskWithout(count, []);
      assert.equal(await verifyBatches(await MemoryBackend.open(disk)), count);
      disk.lockedBy = undefined;
      await writeBatches(disk, 70);
      assert.equal(await verifyBatches(await MemoryBackend.open(disk)), count + 70);
    }
  });

  test('any one batch lost but the last -> BACKEND_CORRUPT that names it (WB-I7)', async () => {
    for (const count of [2, 64, 65, 129, 200]) {
      for (let lost = 1; lost < count; lost++) {
        const backend = await MemoryBackend.open(await diskWithout(count, [lost]));
        await assert.rejects(verifyBatches(backend), (error) => {
          assert.ok(isIncomplete(error), `${lost} of ${count}`);
          return error instanceof Error && error.message.endsWith(`number ${lost} is missing`);
        });
      }
    }
  });

  test('any two batches lost, one of them not at the end -> BACKEND_CORRUPT', async () => {
    const count = 140;
    for (let first = 1; first < count - 1; first += 3) {
      for (const second of [first + 1, 63, 64, 65, 128, count].filter((number) => number > first)) {
        const backend = await MemoryBackend.open(await diskWithout(count, [first, second]));
        await assert.rejects(verifyBatches(backend), isIncomplete, `${first} and ${second}`);
      }
    }
  });

  test('the last batches lost -> the number of the last that is left', async () => {
    for (const count of [1, 64, 65, 130]) {
      for (let left = 0; left < count; left++) {
        const lost = Array.from({ length: count - left }, (_, i) => left + 1 + i);
        assert.equal(
          await verifyBatches(await MemoryBackend.open(await diskWithout(count, lost))),
          left,
        );
      }
    }
  });

  test('rows stay few however many batches there were', async () => {
    const backend = await MemoryBackend.open(await diskWithout(1000, []));
    assert.ok((await rowsOfOwn(backend)) <= 66);
  });

  test('a number that is cut short -> BACKEND_CORRUPT', async () => {
    const backend = await MemoryBackend.open();
    const batch = backend.batch();
    batch.put(Bucket.own, utf8Bytes('batch'), Uint8Array.of(1));
    await batch.commit();
    await assert.rejects(verifyBatches(backend), isIncomplete);
  });
});
