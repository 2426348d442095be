import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { concatBytes } from '../../../../src/base/bytes.ts';
import { HashKVRequest, HashKVResponse } from '../../../../src/pb/index.ts';
import { ServerError } from '../../../../src/server/errors.ts';
import { ReceivedImages } from '../../../../src/server/snapshot-image/received-images.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import type { SimDisks } from '../../../sim/sim-disks.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import { answered, written } from '../../../support/server/requests.ts';

const SNAP = '/data/member/snap';
const KV = '/data/member/kv';

const hashKv = async (sim: SimMember): Promise<number> => {
  const call = sim.unary('/etcdserverpb.Maintenance/HashKV', HashKVRequest, { revision: 0 });
  return (await answered(sim, call, HashKVResponse)).hash;
};

interface Interrupted {
  readonly disks: SimDisks;
  /** What the state must be after a start. */
  readonly hash: number;
}

/**
 * The disks of a member whose log begins behind a snapshot, whose state is of long before that,
 * and that has the image of the snapshot.
 */
async function interrupted({ hasImage = true } = {}): Promise<Interrupted> {
  const sim = new SimMember(1);
  await sim.start();
  const images = new Map<number, Uint8Array>();
  for (let n = 0; n < 50; n++) {
    await written(sim, `key${n % 9}`, 'v'.repeat(n));
    const image = await sim.settled(sim.member.stateImage());
    const chunks: Uint8Array[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of image.chunks()) chunks.push(chunk);
      await image.close();
    };
    await sim.settled(read());
    images.set(image.facts.index, concatBytes(chunks));
  }
  const hash = await hashKv(sim);
  await sim.stop();
  const { disks } = sim;
  const newest = disks.files
    .list(SNAP)
    .filter((name) => name.endsWith('.snap'))
    .at(-1);
  const index = Number.parseInt(newest?.split('-')[1] ?? '', 16);
  const image = images.get(index);
  assert.ok(image !== undefined, `an image of entry ${index}`);
  disks.backend.keepBatches(2);
  if (hasImage) {
    const name = `${SNAP}/${index.toString(16).padStart(16, '0')}.snap.db`;
    const file = disks.files.open(name, 'create');
    file.write(image, 0);
    file.dataSync();
    disks.files.syncDirectory(SNAP);
  }
  return { disks, hash };
}

describe('recover state: a start after a crash while a snapshot was being installed', () => {
  it('STORAGE-I9: the log begins behind the state, and there is the image -> it is the state', async () => {
    const { disks, hash } = await interrupted();
    const sim = new SimMember(2, {}, disks);
    await sim.start();
    assert.equal(await hashKv(sim), hash);
    assert.deepEqual(disks.files.list(KV), ['2', 'current']);
    assert.equal(
      disks.files.list(SNAP).some((name) => name.endsWith('.db')),
      false,
    );
    await sim.stop();
    const again = new SimMember(3, {}, disks);
    await again.start();
    assert.equal(await hashKv(again), hash);
    await again.stop();
  });

  it('no image -> refused, and nothing changed', async () => {
    const { disks } = await interrupted({ hasImage: false });
    const before = disks.files.list(KV);
    await assert.rejects(
      new SimMember(2, {}, disks).start(),
      (error) => error instanceof ServerError && error.code === 'SERVER_START_REFUSED',
    );
    assert.deepEqual(disks.files.list(KV), before);
  });

  it('an image that is not needed, and what a crash left of others -> removed', async () => {
    const sim = new SimMember(1);
    await sim.start();
    await sim.stop();
    const { disks } = sim;
    for (const name of ['000000000000ffff.snap.db', 'tmp-image-1', 'other.db']) {
      disks.files.open(`${SNAP}/${name}`, 'create').close();
    }
    const next = new SimMember(2, {}, disks);
    await next.start();
    assert.deepEqual(disks.files.list(SNAP), ['other.db']);
    await next.stop();
  });

  it('power lost at any call of that start -> the next one ends it', async () => {
    const { disks, hash } = await interrupted();
    const probe = disks.afterProcessDeath();
    const opened = await new SimMember(2, {}, probe).open();
    await opened.backend.close();
    const { calls } = probe.files;
    assert.ok(calls > 10);
    for (let count = 0; count < calls; count++) {
      const first = disks.afterProcessDeath();
      first.files.losePowerAfter(count);
      await assert.rejects(new SimMember(2, {}, first).open());
      const sim = new SimMember(3, {}, first.afterPowerLoss(new SeededRandom(count)));
      await sim.start();
      assert.equal(await hashKv(sim), hash, `after call ${count}`);
      await sim.stop();
    }
  });

  it('the image is damaged -> the start fails, lets go, and leaves all as it is', async () => {
    const { disks } = await interrupted();
    const name = disks.files.list(SNAP).find((file) => file.endsWith('.db'));
    const file = disks.files.open(`${SNAP}/${name}`, 'write');
    file.truncate(8192);
    await assert.rejects(new SimMember(2, {}, disks).start());
    assert.equal(new ReceivedImages(SNAP, disks.files).has(Number.parseInt(name ?? '', 16)), true);
    assert.deepEqual(disks.files.list(KV), ['1', 'current']);
    assert.equal(disks.backend.lockedBy, undefined);
  });
});
