import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { BackendError, Bucket } from '../../../../src/base/ports/backend.ts';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import { loadMeta } from '../../../../src/mvcc/index.ts';
import { ReceivedImages } from '../../../../src/server/snapshot-image/received-images.ts';
import { saveImage } from '../../../../src/server/snapshot-image/save-image.ts';
import { type StagedImage, stageImage } from '../../../../src/server/snapshot-image/stage-image.ts';
import { MemoryBackend } from '../../../sim/memory-backend.ts';
import { MemoryFileSystem, PowerLossError } from '../../../sim/memory-file-system.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { SimDisks } from '../../../sim/sim-disks.ts';
import {
  filledState,
  imageBytes,
  inParts,
  memoryGrowingFiles,
  namedRows,
  noPause,
  PLACE,
} from '../../../support/server/images.ts';

const SNAP = '/member/snap';
const KV = '/member/kv';
const OLD_KEY = utf8Bytes('old');

let bytes: Uint8Array;
let expected: Record<string, unknown>;
before(async () => {
  // More than one batch.
  const state = await filledState(12_000);
  bytes = await imageBytes(state);
  expected = await namedRows(state.backend);
});

/** A member with a state of its own, and an image. */
class Machine {
  readonly disks: SimDisks;

  private constructor(disks: SimDisks) {
    this.disks = disks;
  }

  static async make(): Promise<Machine> {
    const files = new MemoryFileSystem();
    files.makeDirectory(SNAP);
    files.syncDirectory('/');
    files.syncDirectory('/member');
    const machine = new Machine(new SimDisks(files));
    const backend = await machine.disks.openBackend(KV);
    const batch = backend.batch();
    batch.put(Bucket.key, OLD_KEY, OLD_KEY);
    await batch.commit();
    await backend.close();
    const ports = { received: machine.received, createFile: memoryGrowingFiles(files) };
    await saveImage(PLACE, inParts(bytes, 32_768), { ...ports, yieldTurn: noPause });
    return machine;
  }

  get received(): ReceivedImages {
    return new ReceivedImages(SNAP, this.disks.files);
  }

  stage(yieldTurn = noPause): Promise<StagedImage> {
    const stage = () => this.disks.stageBackend(KV);
    return stageImage(PLACE, { received: this.received, stage, yieldTurn });
  }

  /** All of an installation. */
  async install(): Promise<void> {
    const current = await this.disks.openBackend(KV);
    const staged = await this.stage();
    staged.adopt();
    await current.close();
    await staged.removeFormer(noPause);
    this.received.removeThrough(PLACE.index);
    await staged.backend.close();
  }

  /** Which of the two states a start finds; it must be whole, and nothing else be there. */
  async found(): Promise<'old' | 'new'> {
    const backend = await this.disks.openBackend(KV);
    const names = this.disks.files.list(KV).filter((name) => name !== 'current.tmp');
    assert.equal(names.length, 2, names.join(' '));
    const isOld = backend.getSync(Bucket.key, OLD_KEY) !== undefined;
    if (!isOld) {
      await loadMeta(backend);
      assert.deepEqual(await namedRows(backend), expected);
    }
    await backend.close();
    return isOld ? 'old' : 'new';
  }

  afterPowerLoss(seed: number): Machine {
    return new Machine(this.disks.afterPowerLoss(new SeededRandom(seed)));
  }
}

describe('stage an image', () => {
  it('IMAGE-I6: the same rows, where it stands by the image, and nothing before it is adopted', async () => {
    const machine = await Machine.make();
    const current = await machine.disks.openBackend(KV);
    let turns = 0;
    const staged = await machine.stage(async () => void turns++);
    assert.ok(turns > 20, 'in slices');
    assert.deepEqual(staged.place, PLACE);
    assert.equal(staged.meta.consistentIndex, PLACE.index);
    assert.equal(staged.meta.term, PLACE.term);
    assert.equal(staged.meta.currentRevision, 12_001);
    assert.deepEqual(await namedRows(staged.backend), expected);
    await staged.backend.close();
    await current.close();
    assert.equal(await machine.found(), 'old');
  });

  it('adopted -> the next start opens it, and the former is gone', async () => {
    const machine = await Machine.make();
    await machine.install();
    assert.equal(await machine.found(), 'new');
    assert.deepEqual(machine.disks.files.list(KV), ['2', 'current']);
    assert.deepEqual(machine.disks.files.list(SNAP), []);
  });

  it('discarded -> nothing of it is left, and the next one gets the same place', async () => {
    const machine = await Machine.make();
    const current = await machine.disks.openBackend(KV);
    await (await machine.stage()).discard();
    assert.deepEqual(machine.disks.files.list(KV), ['1', 'current']);
    await current.close();
    await machine.install();
    assert.equal(await machine.found(), 'new');
  });

  it('IMAGE-I7: power lost at any call -> the old state or the new one, whole, and nothing else', async () => {
    const probe = await Machine.make();
    const before = probe.disks.files.calls;
    await probe.install();
    const calls = probe.disks.files.calls - before;
    const states: string[] = [];
    for (let count = 0; count < calls; count++) {
      const machine = await Machine.make();
      machine.disks.files.losePowerAfter(count);
      await assert.rejects(machine.install(), PowerLossError);
      states.push(await machine.afterPowerLoss(count).found());
    }
    assert.deepEqual(new Set(states), new Set(['old', 'new']));
    assert.deepEqual(states, states.toSorted().reverse(), 'never the old one again');
  });

  it('any batch fails -> BackendError, and the state that was', async () => {
    for (const nth of [1, 2]) {
      const machine = await Machine.make();
      const current = await machine.disks.openBackend(KV);
      const stage = async () => {
        const staged = await machine.disks.stageBackend(KV);
        if (staged.backend instanceof MemoryBackend) staged.backend.failCommit(nth);
        return staged;
      };
      const ports = { received: machine.received, stage, yieldTurn: noPause };
      await assert.rejects(stageImage(PLACE, ports), BackendError);
      await current.close();
      assert.deepEqual(machine.disks.files.list(KV), ['1', 'current']);
      assert.equal(await machine.found(), 'old');
    }
  });

  it('IMAGE-I8: the backend loses a batch of it later -> a start notices', async () => {
    const machine = await Machine.make();
    const current = await machine.disks.openBackend(KV);
    const staged = await machine.stage();
    staged.adopt();
    await current.close();
    assert.ok(staged.backend instanceof MemoryBackend);
    const disk = staged.backend.crash();
    assert.ok(disk.batches.length > 1);
    disk.dropBatch(0);
    const isIncomplete = (error: unknown): boolean =>
      error instanceof BackendError && error.code === 'BACKEND_CORRUPT';
    await assert.rejects(loadMeta(await MemoryBackend.open(disk)), isIncomplete);
  });
});
