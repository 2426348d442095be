import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import {
  AlarmRequest,
  AlarmResponse,
  CompactionRequest,
  CompactionResponse,
  DefragmentRequest,
  DefragmentResponse,
  DeleteRangeRequest,
  DeleteRangeResponse,
  InternalRaftRequest,
  LeaseGrantRequest,
  PutRequest,
  RangeResponse,
  RequestHeader,
  RequestOp,
  TxnRequest,
} from '../../../../src/pb/index.ts';
import type { Outcome } from '../../../../src/server/apply/requests.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import type { FakeUnaryCall } from '../../../support/server/fake-calls.ts';
import { answered, put, range, written } from '../../../support/server/requests.ts';

const QUOTA = 100_000;
const NO_SPACE = {
  code: 'ResourceExhausted',
  message: 'etcdserver: mvcc: database space exceeded',
};
const LARGE = 'x'.repeat(10_000);

async function started(quotaBytes = QUOTA): Promise<SimMember> {
  const sim = new SimMember(1, { quotaBytes });
  await sim.start();
  return sim;
}

/** Puts until one is refused; returns how many were not. */
async function filled(sim: SimMember): Promise<number> {
  for (let count = 0; ; count++) {
    const call = put(sim, 'k', LARGE);
    await sim.until(() => call.isOver);
    if (call.failure === undefined) continue;
    assert.deepEqual(call.failure, NO_SPACE);
    return count;
  }
}

async function failure(sim: SimMember, call: FakeUnaryCall): Promise<unknown> {
  await sim.until(() => call.isOver);
  return call.failure;
}

const alarms = (sim: SimMember): unknown[] =>
  sim.member.alarms.list(0).map(({ memberID, alarm }) => [memberID, alarm]);
const ownAlarm = (sim: SimMember): unknown[] => [[sim.member.cluster.localId, 1]];

const alarm = (sim: SimMember, action: number, memberID: bigint): Promise<AlarmResponse> =>
  answered(
    sim,
    sim.unary('/etcdserverpb.Maintenance/Alarm', AlarmRequest, { action, memberID, alarm: 1 }),
    AlarmResponse,
  );

describe('quota: before a request is proposed', () => {
  it('NODE-I8: no room -> NoSpace once the alarm is raised, and nothing is written', async () => {
    const sim = await started();
    assert.ok((await filled(sim)) >= 8);
    assert.deepEqual(alarms(sim), ownAlarm(sim));
    const { currentRevision } = sim.member.store;
    const lastIndex = sim.member.raft.appliedIndex;
    // The alarm is on: it is not raised again.
    assert.deepEqual(await failure(sim, put(sim, 'k', LARGE)), NO_SPACE);
    assert.equal(sim.member.raft.appliedIndex, lastIndex);
    assert.equal(sim.member.store.currentRevision, currentRevision);
    await sim.stop();
  });

  it('txn with a put, lease grant, and what would fail otherwise -> NoSpace; the rest passes', async () => {
    const sim = await started(1);
    const unary = sim.unary.bind(sim);
    const requestPut = PutRequest.create({ key: utf8Bytes('k') });
    const txn = TxnRequest.create({ failure: [RequestOp.create({ requestPut })] });
    assert.deepEqual(await failure(sim, unary('/etcdserverpb.KV/Txn', TxnRequest, txn)), NO_SPACE);
    const lease = LeaseGrantRequest.create({ TTL: 10 });
    const granting = unary('/etcdserverpb.Lease/LeaseGrant', LeaseGrantRequest, lease);
    assert.deepEqual(await failure(sim, granting), NO_SPACE);
    // The quota comes before all checks.
    assert.deepEqual(await failure(sim, put(sim, '', '')), NO_SPACE);
    await answered(sim, range(sim, 'k'), RangeResponse);
    const deletion = DeleteRangeRequest.create({ key: utf8Bytes('k') });
    const deleting = unary('/etcdserverpb.KV/DeleteRange', DeleteRangeRequest, deletion);
    await answered(sim, deleting, DeleteRangeResponse);
    await sim.stop();
  });

  it('negative -> no quota', async () => {
    const sim = await started(-1);
    for (let i = 0; i < 20; i++) await written(sim, 'k', LARGE);
    assert.deepEqual(alarms(sim), []);
    await sim.stop();
  });

  it('delete, compact, defragment, disarm -> there is room again', async () => {
    const sim = await started();
    await filled(sim);
    // Until it has been measured once.
    await sim.pass(6000);
    const { currentRevision: revision } = sim.member.store;
    const compaction = CompactionRequest.create({ revision, physical: true });
    const compacting = sim.unary('/etcdserverpb.KV/Compact', CompactionRequest, compaction);
    await answered(sim, compacting, CompactionResponse);
    const { totalBytes, inUseBytes } = sim.member.size;
    assert.ok(totalBytes > 80_000 && inUseBytes < 30_000, `${inUseBytes} of ${totalBytes}`);
    const defragmenting = sim.unary('/etcdserverpb.Maintenance/Defragment', DefragmentRequest, {});
    await answered(sim, defragmenting, DefragmentResponse);
    assert.ok(sim.member.size.totalBytes < 30_000);
    // The alarm stays until someone disarms it.
    assert.deepEqual(await failure(sim, put(sim, 'k', '')), NO_SPACE);
    const { alarms: cleared } = await alarm(sim, 2, sim.member.cluster.localId);
    assert.equal(cleared.length, 1);
    assert.equal(await written(sim, 'k', ''), revision + 1);
    sim.member.size.checkInvariants();
    await sim.stop();
  });
});

describe('quota: when an entry is applied', () => {
  const large = PutRequest.create({ key: utf8Bytes('k'), value: utf8Bytes(LARGE) });

  it('APPLY-I7: no room -> applied all the same; the answer is NoSpace, after the alarm', async () => {
    const sim = await started(5000);
    let outcome: Outcome<'put'> | undefined;
    let alarmsThen: unknown[] = [];
    sim.member.propose('put', large, (found) => {
      outcome = found;
      alarmsThen = alarms(sim);
    });
    await sim.until(() => outcome !== undefined);
    assert.equal(outcome?.error?.code, 'SERVER_NO_SPACE');
    assert.deepEqual(alarmsThen, ownAlarm(sim));
    assert.equal(sim.member.store.currentRevision, 2);
    assert.ok(sim.logLines.some(({ message }) => message.includes('raising alarm')));
    await sim.stop();
  });

  it('APPLY-I7: another member proposed it -> this one raises its alarm, too', async () => {
    const sim = await started(5000);
    const header = RequestHeader.create({ ID: 1n });
    const entry = InternalRaftRequest.create({ header, put: large });
    sim.member.raft.propose(InternalRaftRequest.encode(entry), { id: 1n, startMs: 0 });
    await sim.until(() => alarms(sim).length > 0);
    assert.deepEqual(alarms(sim), ownAlarm(sim));
    assert.equal(sim.member.store.currentRevision, 2);
    await sim.stop();
  });

  it('APPLY-I7: a request that fails anyway -> its own error, and no alarm', async () => {
    const sim = await started(5000);
    let outcome: Outcome<'put'> | undefined;
    sim.member.propose('put', { ...large, lease: 9n }, (found) => {
      outcome = found;
    });
    await sim.until(() => outcome !== undefined);
    assert.equal(outcome?.error?.code, 'MVCC_LEASE_NOT_FOUND');
    await sim.pass(1000);
    assert.deepEqual(alarms(sim), []);
    await sim.stop();
  });
});

describe('quota: in the log at start', () => {
  const TABLE: [number, string[]][] = [
    [-1, ['disabled backend quota']],
    [2 * 1024 ** 3, ['enabled backend quota']],
    [9 * 1024 ** 3, ['quota exceeds the maximum value', 'enabled backend quota']],
  ];
  for (const [bytes, expected] of TABLE) {
    it(`${bytes} -> ${expected.join(', ')}`, async () => {
      const sim = await started(bytes);
      const messages = sim.logLines.map(({ message }) => message);
      assert.deepEqual(
        messages.filter((message) => message.includes('quota')),
        expected,
      );
      await sim.stop();
    });
  }
});
