import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemberWorkload } from '../../../sim/member-workload.ts';
import { PowerLossError } from '../../../sim/memory-file-system.ts';
import { SimMember } from '../../../sim/sim-member.ts';

const SEED = process.env['SEED'];
const SEEDS = SEED === undefined ? 24 : 1;
const LIVES = 6;

describe('member: crashes', () => {
  for (let i = 0; i < SEEDS; i++) {
    const seed = SEED === undefined ? 1000 + i : Number(SEED);
    it(`MEMBER-I5: writes and snapshots, killed or without power at any step -> nothing answered is lost (SEED=${seed})`, async () => {
      const sim = new SimMember(seed);
      const workload = new MemberWorkload(sim);
      for (let life = 0; life < LIVES; life++) await liveAndCrash(sim, workload);
      await sim.start();
      workload.connect();
      await workload.settleAndCheck();
      sim.checkInvariants();
      assert.deepEqual(sim.fatals, []);
      await sim.stop();
      assert.ok(workload.acknowledged > 0, 'the workload does something');
    });
  }
});

async function liveAndCrash(sim: SimMember, workload: MemberWorkload): Promise<void> {
  const how = sim.random.below(2) === 0 ? 'kill' : 'power';
  if (how === 'power' && sim.random.below(2) === 0) sim.files.losePowerAfter(sim.random.below(150));
  else sim.losePowerAfterSteps(sim.random.below(1200));
  try {
    await sim.start();
    workload.connect();
    for (;;) {
      if (sim.random.below(3) === 0) workload.act();
      await sim.step();
      if (sim.random.below(200) === 0) await workload.settleAndCheck();
      assert.deepEqual(sim.fatals, []);
    }
  } catch (error) {
    if (!(error instanceof PowerLossError)) throw error;
  }
  sim.crash(how);
}
