import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  DefragmentRequest,
  HashKVRequest,
  HashKVResponse,
  HashRequest,
  HashResponse,
  MoveLeaderRequest,
} from '../../../../src/pb/index.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import type { FakeUnaryCall } from '../../../support/server/fake-calls.ts';
import { answered, written } from '../../../support/server/requests.ts';

async function started(): Promise<SimMember> {
  const sim = new SimMember(1);
  await sim.start();
  return sim;
}

const hashKv = (sim: SimMember, revision: number): FakeUnaryCall =>
  sim.unary('/etcdserverpb.Maintenance/HashKV', HashKVRequest, { revision });
const defragment = (sim: SimMember): FakeUnaryCall =>
  sim.unary('/etcdserverpb.Maintenance/Defragment', DefragmentRequest, {});
const moveLeader = (sim: SimMember, targetID: bigint): FakeUnaryCall =>
  sim.unary('/etcdserverpb.Maintenance/MoveLeader', MoveLeaderRequest, { targetID });

async function over(sim: SimMember, call: FakeUnaryCall): Promise<FakeUnaryCall> {
  await sim.until(() => call.isOver);
  return call;
}

describe('maintenance: hashes', () => {
  it('HashKV -> the hash, and the header of the moment in which it was taken', async () => {
    const sim = await started();
    await written(sim, 'a', '1');
    await written(sim, 'b', '2');
    const found = await answered(sim, hashKv(sim, 2), HashKVResponse);
    assert.deepEqual(
      [found.hash, found.compactRevision, found.hashRevision, found.header?.revision],
      [2587454935, -1, 2, 3],
    );
    assert.equal(found.header?.memberId, sim.member.cluster.localId);
    const { failure } = await over(sim, hashKv(sim, 4));
    assert.deepEqual(failure, {
      code: 'OutOfRange',
      message: 'etcdserver: mvcc: required revision is a future revision',
    });
    await sim.stop();
  });

  it('Hash -> changes with the state, and is there again after a restart', async () => {
    const sim = await started();
    const hash = async (): Promise<number> => {
      const call = sim.unary('/etcdserverpb.Maintenance/Hash', HashRequest, {});
      return (await answered(sim, call, HashResponse)).hash;
    };
    await written(sim, 'a', '1');
    const before = await hash();
    await written(sim, 'a', '1');
    const after = await hash();
    assert.notEqual(after, before);
    await sim.stop();
    await sim.start();
    assert.equal(await hash(), after);
    await sim.stop();
  });

  it('the member stops meanwhile -> server stopped', async () => {
    const sim = await started();
    await written(sim, 'a', '1');
    sim.holdsCommits = true;
    await written(sim, 'a', '2');
    const call = hashKv(sim, 0);
    sim.holdsCommits = false;
    await sim.stop();
    assert.deepEqual(call.failure, {
      code: 'Unavailable',
      message: 'etcdserver: server stopped',
    });
  });

  it('the disk fails meanwhile -> Internal, and the member ends', async () => {
    const sim = await started();
    await written(sim, 'a', '1');
    sim.backend.failCommit(1);
    const { failure } = await over(sim, hashKv(sim, 0));
    assert.equal(failure?.code, 'Internal');
    assert.equal(sim.fatals.length, 1);
    sim.crash('kill');
  });
});

describe('maintenance: defragment', () => {
  it('answers without a header when it has ended; reads and writes go on meanwhile', async () => {
    const sim = await started();
    await written(sim, 'a', '1');
    sim.holdsCommits = true;
    const call = defragment(sim);
    assert.equal(await written(sim, 'a', '2'), 3);
    assert.ok(!call.isOver);
    sim.holdsCommits = false;
    const { response } = await over(sim, call);
    assert.deepEqual(response, new Uint8Array(0));
    await sim.stop();
  });
});

describe('maintenance: move leader', () => {
  it('to the member itself -> done; to nobody -> as etcd', async () => {
    const sim = await started();
    const { response } = await over(sim, moveLeader(sim, sim.member.cluster.localId));
    assert.deepEqual(response, new Uint8Array(0));
    const { failure } = await over(sim, moveLeader(sim, 5n));
    assert.deepEqual(failure, {
      code: 'FailedPrecondition',
      message: 'etcdserver: bad leader transferee',
    });
    await sim.stop();
  });
});
