import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseLeasesRequest,
  LeaseLeasesResponse,
  LeaseRevokeRequest,
  LeaseRevokeResponse,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
  PutResponse,
} from '../../../../src/pb/index.ts';
import { keepAlivesWaitingMax } from '../../../../src/server/api/lease.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import type { FakeUnaryCall } from '../../../support/server/fake-calls.ts';
import { answered, put, written } from '../../../support/server/requests.ts';

const grantCall = (sim: SimMember, ID: bigint, TTL: number): FakeUnaryCall =>
  sim.unary('/etcdserverpb.Lease/LeaseGrant', LeaseGrantRequest, { ID, TTL });
const grant = (sim: SimMember, ID: bigint, TTL: number): Promise<LeaseGrantResponse> =>
  answered(sim, grantCall(sim, ID, TTL), LeaseGrantResponse);
const timeToLive = (sim: SimMember, ID: bigint, keys = false): FakeUnaryCall =>
  sim.unary('/etcdserverpb.Lease/LeaseTimeToLive', LeaseTimeToLiveRequest, { ID, keys });
const keepAlive = (ID: bigint): Uint8Array => LeaseKeepAliveRequest.encode({ ID });

async function started(seed = 1, options: ConstructorParameters<typeof SimMember>[1] = {}) {
  const sim = new SimMember(seed, options);
  await sim.start();
  return sim;
}

/** Entries are committed and cannot be applied: both generations of the write buffer are full. */
async function holdApplying(sim: SimMember): Promise<void> {
  sim.holdsCommits = true;
  const { raft } = sim.member;
  while (raft.appliedIndex === raft.committedIndex) {
    put(sim, 'a', 'x');
    await sim.pass(10);
  }
}

async function resumeApplying(sim: SimMember): Promise<void> {
  sim.holdsCommits = false;
  const { raft } = sim.member;
  await sim.until(() => raft.appliedIndex === raft.committedIndex);
}

describe('lease service', () => {
  it('grant: id 0 -> a positive id of ours; a short TTL -> raised to what an election takes', async () => {
    const sim = await started();
    const { ID, TTL, header } = await grant(sim, 0n, 0);
    assert.ok(ID > 0n && ID < 2n ** 63n);
    assert.equal(TTL, 2);
    assert.equal(header?.revision, 1);
    assert.equal(header.memberId, sim.member.cluster.localId);
  });

  it('grant: an id that is taken, too long a TTL -> the errors of etcd', async () => {
    const sim = await started();
    await grant(sim, 7n, 10);
    for (const [call, message] of [
      [grantCall(sim, 7n, 10), 'etcdserver: lease already exists'],
      [grantCall(sim, 8n, 9_000_000_001), 'etcdserver: too large lease TTL'],
    ] as const) {
      await sim.until(() => call.isOver);
      assert.equal(call.failure?.message, message);
    }
  });

  it('expiry: the time is over -> the lease and its keys go, in one revision each', async () => {
    const sim = await started();
    for (let id = 1n; id <= 40n; id++) await grant(sim, id, 3);
    for (let id = 1n; id <= 40n; id++) {
      put(sim, `a${id}`, 'x', { lease: id });
      put(sim, `b${id}`, 'x', { lease: id });
    }
    const revision = await written(sim, 'stays', 'x');
    assert.equal(sim.member.lessor.size, 40);
    await sim.pass(5000);
    assert.equal(sim.member.lessor.size, 0);
    assert.equal(sim.member.store.currentRevision, revision + 40);
    const { leases } = await answered(
      sim,
      sim.unary('/etcdserverpb.Lease/LeaseLeases', LeaseLeasesRequest, {}),
      LeaseLeasesResponse,
    );
    assert.deepEqual(leases, []);
  });

  it('expiry after a restart -> the whole TTL again, and no earlier', async () => {
    const sim = await started();
    await grant(sim, 7n, 10);
    await sim.pass(8000);
    sim.crash('power');
    await sim.start();
    await sim.pass(9000);
    assert.equal(sim.member.lessor.size, 1);
    await sim.pass(4000);
    assert.equal(sim.member.lessor.size, 0);
  });

  it('revoke, then time to live -> TTL -1 without an error', async () => {
    const sim = await started();
    await grant(sim, 7n, 10);
    await answered(sim, put(sim, 'k', 'v', { lease: 7n }), PutResponse);
    const alive = await answered(sim, timeToLive(sim, 7n, true), LeaseTimeToLiveResponse);
    assert.deepEqual([alive.grantedTTL, alive.keys], [10, [Uint8Array.of(0x6b)]]);
    assert.ok(alive.TTL >= 8 && alive.TTL <= 10);
    const revoke = sim.unary('/etcdserverpb.Lease/LeaseRevoke', LeaseRevokeRequest, { ID: 7n });
    const { header } = await answered(sim, revoke, LeaseRevokeResponse);
    assert.equal(header?.revision, 3);
    const gone = await answered(sim, timeToLive(sim, 7n), LeaseTimeToLiveResponse);
    assert.deepEqual([gone.TTL, gone.grantedTTL], [-1, 0]);
    const again = sim.unary('/etcdserverpb.Lease/LeaseRevoke', LeaseRevokeRequest, { ID: 7n });
    await sim.until(() => again.isOver);
    assert.equal(again.failure?.code, 'NotFound');
  });

  it('a leader whose leases are not its own yet -> answers when they are', async () => {
    const sim = await started();
    await grant(sim, 7n, 10);
    sim.member.lessor.demote();
    const call = timeToLive(sim, 7n);
    const stream = sim.bidi('/etcdserverpb.Lease/LeaseKeepAlive');
    stream.receive(keepAlive(7n));
    await sim.pass(200);
    assert.deepEqual([call.failure, stream.failure, stream.sent.length], [undefined, undefined, 0]);
    sim.member.lessor.promote(sim.scheduler.monotonicMs(), 0);
    const { TTL } = await answered(sim, call, LeaseTimeToLiveResponse);
    assert.ok(TTL >= 9);
    await sim.until(() => stream.sent.length === 1);
  });

  it('nobody to answer -> request timed out; the member goes on', async () => {
    const sim = await started();
    sim.member.lessor.demote();
    const call = timeToLive(sim, 7n);
    await sim.pass(7100);
    const message = 'etcdserver: request timed out';
    assert.deepEqual(call.failure, { code: 'Unavailable', message });
    assert.deepEqual(sim.fatals, []);
  });
});

describe('keep-alive stream', () => {
  it('API-I4: known and unknown leases -> one answer each, in order; the last one ends the call', async () => {
    const sim = await started();
    await grant(sim, 7n, 10);
    const stream = sim.bidi('/etcdserverpb.Lease/LeaseKeepAlive');
    for (const id of [7n, 9n, 7n]) stream.receive(keepAlive(id));
    stream.halfClose();
    const answers = stream.take().map((bytes) => LeaseKeepAliveResponse.decode(bytes));
    assert.deepEqual(
      answers.map(({ ID, TTL }) => [ID, TTL]),
      [
        [7n, 10],
        [9n, 0],
        [7n, 10],
      ],
    );
    assert.equal(stream.hasEnded, true);
  });

  it('a lease that is kept alive -> does not expire', async () => {
    const sim = await started();
    await grant(sim, 7n, 3);
    const stream = sim.bidi('/etcdserverpb.Lease/LeaseKeepAlive');
    for (let i = 0; i < 5; i++) {
      await sim.pass(2000);
      stream.receive(keepAlive(7n));
    }
    assert.equal(sim.member.lessor.size, 1);
  });

  it('API-I4: keepAlivesWaitingMax wait to be applied -> the client is held back, then all are answered in order', async () => {
    const sim = await started(1, { batchOperationsMax: 5 });
    await grant(sim, 7n, 100);
    await holdApplying(sim);
    const stream = sim.bidi('/etcdserverpb.Lease/LeaseKeepAlive');
    for (let i = 0; i < keepAlivesWaitingMax + 10; i++) stream.receive(keepAlive(BigInt(1000 + i)));
    assert.equal(stream.isPaused, true);
    assert.equal(stream.waiting, 10);
    assert.equal(stream.sent.length, 0);
    await resumeApplying(sim);
    await sim.until(() => stream.sent.length === keepAlivesWaitingMax + 10);
    const ids = stream.take().map((bytes) => Number(LeaseKeepAliveResponse.decode(bytes).ID));
    assert.deepEqual(
      ids,
      [...ids].sort((a, b) => a - b),
    );
    assert.equal(stream.isPaused, false);
  });

  it('API-I4: the client does not read -> it is held back until it does', async () => {
    const sim = await started();
    const stream = sim.bidi('/etcdserverpb.Lease/LeaseKeepAlive');
    stream.sendMax = 3;
    for (let i = 0; i < 5; i++) stream.receive(keepAlive(7n));
    assert.deepEqual([stream.sent.length, stream.isPaused, stream.waiting], [3, true, 2]);
    stream.take();
    assert.deepEqual([stream.sent.length, stream.isPaused, stream.waiting], [2, false, 0]);
  });

  it('not applied within a second -> the stream ends with the text of etcd', async () => {
    const sim = await started(1, { batchOperationsMax: 5 });
    await holdApplying(sim);
    const stream = sim.bidi('/etcdserverpb.Lease/LeaseKeepAlive');
    stream.receive(keepAlive(7n));
    await sim.pass(1500);
    assert.deepEqual(stream.failure, {
      code: 'Unavailable',
      message: 'etcdserver: request timed out, waiting for the applied index took too long',
    });
  });

  it('a message that is none -> Internal, with the text of grpc-go', async () => {
    const sim = await started();
    const stream = sim.bidi('/etcdserverpb.Lease/LeaseKeepAlive');
    stream.receive(Uint8Array.of(0xff));
    assert.equal(stream.failure?.code, 'Internal');
    assert.match(stream.failure.message, /^grpc: failed to unmarshal the received message: /);
  });

  it('API-I5: the server stops -> the stream ends as Unavailable', async () => {
    const sim = await started();
    const stream = sim.bidi('/etcdserverpb.Lease/LeaseKeepAlive');
    await sim.stop();
    assert.deepEqual(stream.failure, {
      code: 'Unavailable',
      message: 'etcdserver: server stopped',
    });
  });
});
