import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AlarmRequest,
  AlarmResponse,
  AlarmType,
  MemberListRequest,
  MemberListResponse,
  StatusRequest,
  StatusResponse,
} from '../../../../src/pb/index.ts';
import { memberHealth } from '../../../../src/server/gateway/member-health.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import { answered, put, written } from '../../../support/server/requests.ts';

async function started() {
  const sim = new SimMember(1);
  await sim.start();
  return sim;
}

const alarm = (sim: SimMember, action: number, type: number, memberID = 5n) =>
  answered(
    sim,
    sim.unary('/etcdserverpb.Maintenance/Alarm', AlarmRequest, { action, memberID, alarm: type }),
    AlarmResponse,
  );

const status = (sim: SimMember) =>
  answered(sim, sim.unary('/etcdserverpb.Maintenance/Status', StatusRequest, {}), StatusResponse);

describe('cluster service', () => {
  for (const linearizable of [false, true]) {
    it(`member list, linearizable ${linearizable} -> this member, as it has published itself`, async () => {
      const sim = await started();
      const call = sim.unary('/etcdserverpb.Cluster/MemberList', MemberListRequest, {
        linearizable,
      });
      const { header, members } = await answered(sim, call, MemberListResponse);
      assert.deepEqual(members, [
        {
          ID: 0x8e9e_05c5_2164_694dn,
          name: 'default',
          peerURLs: ['http://localhost:2380'],
          clientURLs: ['http://localhost:2379'],
          isLearner: false,
        },
      ]);
      assert.equal(header?.revision, 0, 'headers of this service carry no revision');
      assert.equal(header.clusterId, 0xcdf8_1819_4e3a_8c32n);
    });
  }
});

describe('maintenance service', () => {
  it('status -> where the member stands', async () => {
    const sim = await started();
    await written(sim, 'a', '1');
    await sim.pass(1000);
    const found = await status(sim);
    const { raft } = sim.member;
    assert.deepEqual(
      [found.version, found.storageVersion, found.leader, found.raftTerm, found.errors],
      ['3.6.14', '3.6.0', sim.member.cluster.localId, 2, []],
    );
    assert.deepEqual([found.raftIndex, found.raftAppliedIndex], [raft.lastIndex, raft.lastIndex]);
    assert.deepEqual([found.header?.revision, found.dbSizeQuota], [2, 2 ** 31]);
    assert.ok(found.dbSize > 0);
    assert.deepEqual(found.downgradeInfo, { enabled: false, targetVersion: '' });
    assert.equal(found.isLearner, false);
  });

  it('alarms -> raised, listed by type, shown by status, refusing writes, kept over a restart, cleared', async () => {
    const sim = await started();
    await alarm(sim, 1, AlarmType.NOSPACE);
    assert.deepEqual((await status(sim)).errors, ['memberID:5 alarm:NOSPACE ']);
    const refused = put(sim, 'a', '1');
    await sim.until(() => refused.isOver);
    assert.deepEqual(refused.failure, {
      code: 'ResourceExhausted',
      message: 'etcdserver: mvcc: database space exceeded',
    });
    assert.deepEqual((await alarm(sim, 0, AlarmType.CORRUPT)).alarms, []);
    await sim.stop();
    await sim.start();
    assert.deepEqual((await alarm(sim, 0, AlarmType.NONE)).alarms, [{ memberID: 5n, alarm: 1 }]);
    await alarm(sim, 2, AlarmType.NOSPACE);
    assert.equal(await written(sim, 'a', '1'), 2);
  });
});

describe('maintenance service: hostile alarms', () => {
  it('an action that nobody knows -> an empty list, and no entry that would stop real members', async () => {
    const sim = await started();
    const last = sim.member.raft.lastIndex;
    const { alarms } = await alarm(sim, 3, AlarmType.NOSPACE);
    assert.deepEqual(alarms, []);
    assert.equal(sim.member.raft.lastIndex, last);
  });
});

describe('health of a member', () => {
  it('leads, no alarm, can be read -> healthy; stopped -> the text that clients get', async () => {
    const sim = await started();
    const { member } = sim;
    const health = memberHealth(member);
    assert.deepEqual([health.hasLeader, health.alarms], [true, []]);
    const readBoth = async (): Promise<(string | undefined)[]> => {
      const found: (string | undefined)[] = [];
      health.read(false, (failure) => found.push(failure));
      health.read(true, (failure) => found.push(failure));
      while (found.length < 2) await sim.scheduler.step();
      return found;
    };
    assert.deepEqual(await readBoth(), [undefined, undefined]);
    await sim.stop();
    const stopped = 'etcdserver: server stopped';
    assert.deepEqual(await readBoth(), [stopped, stopped]);
  });
});
