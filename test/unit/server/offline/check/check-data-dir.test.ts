import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type CheckReport,
  checkDataDir,
} from '../../../../../src/server/offline/check/check-data-dir.ts';
import type { SimDisks } from '../../../../sim/sim-disks.ts';
import { busyMember, PATHS, stoppedPorts } from '../../../../support/server/stopped-members.ts';

function check(disks: SimDisks): Promise<CheckReport> {
  const noWait = () => Promise.resolve();
  return checkDataDir(PATHS, {
    ...stoppedPorts(disks),
    yieldTurn: noWait,
    onProgress: () => undefined,
  });
}

describe('check of a data directory', () => {
  it('a member that was stopped -> nothing is wrong', async () => {
    const sim = await busyMember();
    await sim.stop();
    const report = await check(sim.disks);
    assert.deepEqual(report.findings.wrong, []);
    console.log(report.findings.notes, report.log, report.state);
  });

  it('a member that was killed -> nothing is wrong', async () => {
    for (const how of ['kill', 'power'] as const) {
      const sim = await busyMember();
      sim.crash(how);
      const report = await check(sim.disks);
      assert.deepEqual(report.findings.wrong, []);
      console.log(report.findings.notes);
    }
  });
});
