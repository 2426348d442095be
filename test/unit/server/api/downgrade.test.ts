import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bucket } from '../../../../src/base/ports/backend.ts';
import { utf8Text } from '../../../../src/base/utf8.ts';
import {
  DowngradeAction,
  DowngradeRequest,
  DowngradeResponse,
  StatusRequest,
  StatusResponse,
} from '../../../../src/pb/index.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import { answered, written } from '../../../support/server/requests.ts';

const { VALIDATE, ENABLE, CANCEL } = DowngradeAction;

async function started() {
  const sim = new SimMember(1);
  await sim.start();
  return sim;
}

const asked = (sim: SimMember, action: number, version = '') =>
  sim.unary('/etcdserverpb.Maintenance/Downgrade', DowngradeRequest, { action, version });

/** The version in the answer. */
async function told(sim: SimMember, action: number, version?: string): Promise<string> {
  const { header, version: current } = await answered(
    sim,
    asked(sim, action, version),
    DowngradeResponse,
  );
  assert.equal(header?.revision, sim.member.store.currentRevision);
  return current;
}

/** Code and text of the failure. */
async function refused(sim: SimMember, action: number, version?: string): Promise<string> {
  const call = asked(sim, action, version);
  await sim.until(() => call.isOver);
  return `${call.failure?.code} ${call.failure?.message}`;
}

const status = async (sim: SimMember) => {
  const call = sim.unary('/etcdserverpb.Maintenance/Status', StatusRequest, {});
  const { storageVersion, downgradeInfo } = await answered(sim, call, StatusResponse);
  return { version: sim.member.cluster.version, storageVersion, downgradeInfo };
};

const UP = {
  version: '3.6.0',
  storageVersion: '3.6.0',
  downgradeInfo: { enabled: false, targetVersion: '' },
};
const DOWN = {
  version: '3.5.0',
  storageVersion: '3.5.0',
  downgradeInfo: { enabled: true, targetVersion: '3.5.0' },
};

const row = (sim: SimMember, bucket: Bucket, key: string): string | undefined => {
  const value = sim.backend.getSync(bucket, Buffer.from(key));
  return value === undefined ? undefined : utf8Text(value);
};

const BAD_FORMAT = 'InvalidArgument etcdserver: wrong downgrade target version format';
const BAD_TARGET = 'InvalidArgument etcdserver: invalid downgrade target version';
const IN_PROGRESS = 'FailedPrecondition etcdserver: cluster has a downgrade job in progress';

describe('Maintenance.Downgrade', () => {
  it('validate -> the version of the cluster, or what is wrong with the target, as 3.6.14 says', async () => {
    const sim = await started();
    for (const target of ['3.5', '3.5.0', '3.5.7', '3.5.0-rc.1', '3.5.1+x', '3.5.0-', '03.05']) {
      assert.equal(await told(sim, VALIDATE, target), '3.6', target);
    }
    for (const target of [
      '',
      '3',
      'v3.5',
      '3.5-rc',
      '3.5.x',
      '3.5.0.0',
      '3.5.0-a..b',
      `${2n ** 64n}.5`,
    ]) {
      assert.equal(await refused(sim, VALIDATE, target), BAD_FORMAT, target);
    }
    for (const target of ['3.4', '3.6', '3.7.0', '2.5', '4.5']) {
      assert.equal(await refused(sim, VALIDATE, target), BAD_TARGET, target);
    }
    assert.deepEqual(await status(sim), UP);
  });

  it('enable -> the version goes down, a snapshot keeps no entry behind it; cancel -> up again', async () => {
    const sim = await started();
    await written(sim, 'a', '1');
    assert.equal(await refused(sim, ENABLE, '3.4'), BAD_TARGET);
    assert.equal(await told(sim, ENABLE, '3.5'), '3.6');
    assert.deepEqual(await status(sim), { ...DOWN, version: '3.6.0', storageVersion: '3.6.0' });
    assert.equal(await refused(sim, ENABLE, '3.5'), IN_PROGRESS);
    await sim.pass(5000);
    assert.deepEqual(await status(sim), DOWN);
    const enabled = '{"target-version":"3.5.0","enabled":true}';
    assert.equal(row(sim, Bucket.cluster, 'clusterVersion'), '3.5.0');
    assert.equal(row(sim, Bucket.cluster, 'downgrade'), enabled);
    assert.equal(row(sim, Bucket.meta, 'storageVersion'), undefined);
    const saved = sim.logLines.filter(({ message }) => message === 'saved snapshot');
    assert.equal(saved.length, 1);
    assert.equal(await refused(sim, VALIDATE, '3.5'), BAD_TARGET);
    assert.equal(await refused(sim, ENABLE, '3.4'), IN_PROGRESS);
    assert.equal(await told(sim, CANCEL), '3.5');
    await sim.pass(5000);
    assert.deepEqual(await status(sim), UP);
    const disabled = '{"target-version":"","enabled":false}';
    assert.equal(row(sim, Bucket.cluster, 'downgrade'), disabled);
    assert.equal(row(sim, Bucket.meta, 'storageVersion'), '3.6.0');
  });

  it('MEMBERSHIP-I4: a restart on the way -> still on it', async () => {
    const sim = await started();
    await told(sim, ENABLE, '3.5');
    await sim.pass(5000);
    await sim.stop();
    await sim.start();
    assert.deepEqual(await status(sim), DOWN);
    await sim.pass(10_000);
    assert.deepEqual(await status(sim), DOWN, 'as long as its server is newer than that');
  });

  it('cancel of none -> answered all the same, and nothing is proposed', async () => {
    const sim = await started();
    const { raft } = sim.member;
    const last = raft.lastIndex;
    assert.equal(await told(sim, CANCEL, 'anything'), '3.6');
    assert.equal(raft.lastIndex, last);
  });

  it('an action that nobody knows -> refused', async () => {
    const sim = await started();
    assert.equal(await refused(sim, 3, '3.5'), 'Unknown etcdserver: unknown method');
  });

  it('the member stops -> enable fails, cancel is answered as if nothing was', async () => {
    const sim = await started();
    await sim.settled(sim.member.stop());
    const stopped = 'Unavailable etcdserver: server stopped';
    assert.equal(await refused(sim, ENABLE, '3.5'), stopped);
    assert.equal(await told(sim, CANCEL), '3.6');
  });
});
