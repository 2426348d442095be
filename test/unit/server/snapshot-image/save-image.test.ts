import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { FileError } from '../../../../src/base/ports/file-system.ts';
import { BboltError } from '../../../../src/bbolt/index.ts';
import { growingFiles } from '../../../../src/server/io/growing-file.ts';
import { NodeFileSystem } from '../../../../src/server/io/node-file-system.ts';
import { ImageError } from '../../../../src/server/snapshot-image/errors.ts';
import { ReceivedImages } from '../../../../src/server/snapshot-image/received-images.ts';
import { saveImage } from '../../../../src/server/snapshot-image/save-image.ts';
import { MemoryFileSystem, PowerLossError } from '../../../sim/memory-file-system.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import {
  filledState,
  imageBytes,
  inParts,
  memoryGrowingFiles,
  noPause,
  PLACE,
} from '../../../support/server/images.ts';

const SNAP = '/member/snap';
const NAME = '000000000000001e.snap.db';
const PART_BYTES = 5000;

let bytes: Uint8Array;
before(async () => {
  bytes = await imageBytes(await filledState(300));
});

function machine(): MemoryFileSystem {
  const files = new MemoryFileSystem();
  files.makeDirectory(SNAP);
  files.syncDirectory('/');
  files.syncDirectory('/member');
  return files;
}

const imagesOn = (files: MemoryFileSystem): ReceivedImages => new ReceivedImages(SNAP, files);

function save(
  files: MemoryFileSystem,
  body: AsyncIterable<Uint8Array> = inParts(bytes, PART_BYTES),
  place = PLACE,
): Promise<void> {
  const received = imagesOn(files);
  return saveImage(place, body, {
    received,
    createFile: memoryGrowingFiles(files),
    yieldTurn: noPause,
  });
}

describe('save an image', () => {
  it('a sound one -> on disk under the name of its snapshot, and readable', async () => {
    const files = machine();
    await save(files);
    assert.deepEqual(files.list(SNAP), [NAME]);
    assert.deepEqual(files.readFile(`${SNAP}/${NAME}`), bytes);
    const image = imagesOn(files).open(PLACE.index);
    assert.deepEqual(image.facts, { ...PLACE, storageVersion: '3.6.0' });
    image.close();
  });

  it('one that is there already -> stays as it is', async () => {
    const files = machine();
    await save(files);
    await save(files);
    assert.deepEqual(files.list(SNAP), [NAME]);
  });

  it('the sender breaks off -> its error, and nothing is left', async () => {
    const files = machine();
    const gone = new FileError('FILE_IO', { path: 'network', message: 'gone' });
    const body = (async function* () {
      yield bytes.subarray(0, 3 * PART_BYTES);
      throw gone;
    })();
    await assert.rejects(save(files, body), gone);
    assert.deepEqual(files.list(SNAP), []);
  });

  it('IMAGE-I4: cut off or damaged -> refused, and nothing is left', async () => {
    const files = machine();
    for (const length of [0, 4096, bytes.length - 4096, bytes.length - 1]) {
      await assert.rejects(save(files, inParts(bytes.subarray(0, length), PART_BYTES)), BboltError);
    }
    const damaged = bytes.slice();
    damaged.fill(0xff, 3 * 4096, 3 * 4096 + 40);
    await assert.rejects(save(files, inParts(damaged, PART_BYTES)), BboltError);
    assert.deepEqual(files.list(SNAP), []);
  });

  it('the state at another entry than the snapshot s -> IMAGE_OTHER_INDEX', async () => {
    for (const index of [PLACE.index - 1, PLACE.index + 1]) {
      const files = machine();
      const isOther = (error: unknown): boolean =>
        error instanceof ImageError && error.code === 'IMAGE_OTHER_INDEX';
      await assert.rejects(save(files, undefined, { ...PLACE, index }), isOther);
      assert.deepEqual(files.list(SNAP), []);
    }
  });

  it('any file call fails -> rejected, and the next start finds nothing of it', async () => {
    const probe = machine();
    const before = probe.calls;
    await save(probe);
    for (let nth = 1; nth <= probe.calls - before; nth++) {
      const files = machine();
      files.failCall(nth, 'FILE_NO_SPACE');
      await assert.rejects(save(files), FileError);
      imagesOn(files).removeAll();
      assert.deepEqual(files.list(SNAP), [], `call ${nth}`);
    }
  });

  it('IMAGE-I5: power lost at any call -> an image is there whole, or not at all', async () => {
    const probe = machine();
    const before = probe.calls;
    await save(probe);
    const calls = probe.calls - before;
    let kept = 0;
    for (let count = 0; count <= calls; count++) {
      const files = machine();
      files.losePowerAfter(count);
      if (count < calls) await assert.rejects(save(files), PowerLossError);
      else await save(files);
      const left = files.afterPowerLoss(new SeededRandom(count));
      const images = imagesOn(left);
      if (images.has(PLACE.index)) {
        kept++;
        assert.deepEqual(left.readFile(`${SNAP}/${NAME}`), bytes);
      } else {
        assert.ok(count < calls, 'what was answered is there');
      }
      images.removeAll();
      assert.deepEqual(left.list(SNAP), []);
    }
    assert.ok(kept > 0);
  });

  it('on a real disk: mode 0600, the same bytes', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'etcd-ts-image-'));
    t.after(() => rmSync(folder, { recursive: true }));
    for (const unsafeNoFsync of [false, true]) {
      const received = new ReceivedImages(folder, new NodeFileSystem());
      const ports = { received, createFile: growingFiles({ unsafeNoFsync }), yieldTurn: noPause };
      await saveImage(PLACE, inParts(bytes, PART_BYTES), ports);
      assert.deepEqual(readdirSync(folder), [NAME]);
      assert.deepEqual(new Uint8Array(readFileSync(join(folder, NAME))), bytes);
      assert.equal(statSync(join(folder, NAME)).mode & 0o777, 0o600);
      received.removeThrough(PLACE.index - 1);
      assert.equal(received.has(PLACE.index), true);
      received.removeThrough(PLACE.index);
      assert.deepEqual(readdirSync(folder), []);
    }
  });

  it('a growing file whose name is taken -> FILE_EXISTS', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'etcd-ts-image-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const create = growingFiles();
    const file = await create(join(folder, 'x'));
    await file.close();
    const isTaken = (error: unknown): boolean =>
      error instanceof FileError && error.code === 'FILE_EXISTS';
    await assert.rejects(create(join(folder, 'x')), isTaken);
  });
});
