/**
 * A member that loses power, or whose disk fails, at any call of taking over a real etcd's data
 * directory: the next start finds etcd's files, whole, or the state made of them, and loses nothing.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { PowerLossError } from '../sim/memory-file-system.ts';
import { SeededRandom } from '../sim/seeded-random.ts';
import type { SimDisks } from '../sim/sim-disks.ts';
import { SimMember } from '../sim/sim-member.ts';
import {
  asOf34,
  DATABASE,
  type EtcdLeft,
  etcdLeft,
  hashKv,
  KV,
  SNAP,
  takenOver,
  writeFile,
} from '../support/server/etcd-left.ts';
import { written } from '../support/server/requests.ts';

const SEED = 5;
const BETWEEN_LIVES_MS = 3_600_000;

/** Starts, writes once, and goes on until nothing of etcd's is left; the revision of the write. */
async function life(disks: SimDisks): Promise<SimMember> {
  const sim = new SimMember(SEED, {}, disks);
  await sim.start();
  await written(sim, 'acknowledged', 'v');
  await sim.until(() => disks.files.stat(DATABASE) === undefined || sim.fatals.length > 0);
  return sim;
}

/** Whether a write was answered in the life that `disks` have behind them, as they are now. */
async function assertWhole(disks: SimDisks, left: EtcdLeft, answered: boolean): Promise<void> {
  const sim = new SimMember(SEED + 1, {}, disks);
  // Request ids are made from the time: no two lives may have the same ones.
  sim.scheduler.skip(BETWEEN_LIVES_MS);
  await sim.start();
  const { currentRevision } = sim.member.store;
  const hasWrite = currentRevision === left.revision + 1;
  assert.ok(hasWrite || (!answered && currentRevision === left.revision), String(currentRevision));
  if (!hasWrite) assert.equal(await hashKv(sim), left.hash);
  await sim.until(() => disks.files.stat(DATABASE) === undefined);
  assert.deepEqual(sim.fatals, []);
  sim.checkInvariants();
  await sim.stop();
  const kept = disks.files.list(SNAP).filter((name) => !/^[0-9a-f-]{33}\.snap$/.test(name));
  assert.deepEqual(kept, [], 'nothing of the database is left');
  assert.equal(disks.files.list(KV).length, 2, 'one state and its pointer');
}

describe('crash: a data directory of etcd is taken over', () => {
  let left: EtcdLeft;
  let calls: readonly string[];

  before(async () => {
    left = await etcdLeft({ database: asOf34 });
    // Of an installation that ended before it could remove it.
    writeFile(left.disks, `${SNAP}/0000000000000003.snap.db`, new Uint8Array(9));
    const probe = left.disks.afterProcessDeath();
    const sim = await life(probe);
    calls = [...probe.files.trace];
    await sim.stop();
    await assertWhole(probe, left, true);
  });

  it('STORAGE-I14: power lost at any call -> the next start begins anew, or goes on', async (t) => {
    const found = new Set<string>();
    for (let count = 0; count < calls.length; count++) {
      for (const seed of [count, count + 1_000_000]) {
        const disks = left.disks.afterProcessDeath();
        disks.files.losePowerAfter(count);
        let answered = false;
        const sim = new SimMember(SEED, {}, disks);
        await assert.rejects(async () => {
          await sim.start();
          await written(sim, 'acknowledged', 'v');
          answered = true;
          await sim.until(() => sim.fatals.length > 0);
          throw sim.fatals[0];
        }, PowerLossError);
        const after = disks.afterPowerLoss(new SeededRandom(seed));
        const hasOld = after.files.stat(DATABASE) !== undefined;
        found.add(`${hasOld} ${after.files.list('/data/member').join()}`);
        await assertWhole(after, left, answered);
      }
    }
    t.diagnostic(`${calls.length} calls: ${calls.length * 2} losses`);
    assert.ok(found.size >= 3, [...found].join('\n'));
  });

  it('STORAGE-I14: any call fails -> the start or the member ends, or it goes on; nothing is lost', async (t) => {
    let ends = 0;
    for (let nth = 1; nth <= calls.length; nth++) {
      const disks = left.disks.afterProcessDeath();
      disks.files.failCall(nth, 'FILE_IO');
      const sim = new SimMember(SEED, {}, disks);
      let answered = false;
      try {
        await sim.start();
        await written(sim, 'acknowledged', 'v');
        answered = true;
        await sim.pass(1000);
      } catch {
        ends++;
      }
      // After a failed sync the machine is not to be trusted with what was not synced.
      await assertWhole(disks.afterPowerLoss(new SeededRandom(nth)), left, answered);
    }
    t.diagnostic(`${calls.length} calls, ${ends} of which end the start`);
    assert.ok(ends > 10, String(ends));
  });

  it('STORAGE-I14: any reading call fails -> refused; the next start works', async () => {
    const probe = left.disks.afterProcessDeath();
    const opened = await new SimMember(SEED, {}, probe).open();
    await opened.backend.close();
    const { reads } = probe.files;
    assert.ok(reads > 20);
    for (let nth = 1; nth <= reads; nth++) {
      const disks = left.disks.afterProcessDeath();
      disks.files.failRead(nth, 'FILE_IO');
      await assert.rejects(new SimMember(SEED, {}, disks).open(), `read ${nth}`);
      const sim = await takenOver({ ...left, disks: disks.afterProcessDeath() });
      await sim.stop();
    }
  });

  it('its database is damaged -> refused, and all of it is as it was', async () => {
    const disks = left.disks.afterProcessDeath();
    disks.files.open(DATABASE, 'write').truncate(4096 * 3);
    const before = disks.files.readFile(DATABASE);
    await assert.rejects(new SimMember(SEED, {}, disks).start());
    assert.deepEqual(disks.files.readFile(DATABASE), before);
    assert.deepEqual(disks.files.list(KV), ['1', 'current']);
  });
});
