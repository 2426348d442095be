/** How a member ends when something fails under it, and what is left for the next start. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvariantError, assert as invariant } from '../../../../src/base/assert.ts';
import { BackendError, Bucket } from '../../../../src/base/ports/backend.ts';
import { revisionKey } from '../../../../src/mvcc/backend/revision-key.ts';
import {
  CompactionRequest,
  InternalRaftRequest,
  LeaseGrantRequest,
  LeaseGrantResponse,
  RangeRequest,
} from '../../../../src/pb/index.ts';
import { WalError } from '../../../../src/wal/index.ts';
import { MemberWorkload } from '../../../sim/member-workload.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import { answered, put, range, written } from '../../../support/server/requests.ts';

describe('member: failing disks', () => {
  for (let nth = 1; nth <= 30; nth++) {
    it(`MEMBER-I1: disk call ${nth} fails under load -> fatal once, no answer after it, nothing answered is lost`, async () => {
      const sim = new SimMember(nth);
      await sim.start();
      const workload = new MemberWorkload(sim);
      workload.connect();
      await act(sim, workload, 300);
      sim.failDiskCall(nth, 'FILE_IO');
      await act(sim, workload, 600);
      // A segment that cannot be made ahead of need is no failure yet.
      if (sim.fatals.length === 0) return;
      assert.equal(sim.fatals.length, 1);
      assert.ok(sim.fatals[0] instanceof WalError || sim.fatals[0] instanceof BackendError);
      const { acknowledged } = workload;
      await act(sim, workload, 200);
      assert.equal(workload.acknowledged, acknowledged);
      await sim.settled(sim.member.stop());
      sim.crash('power');
      await sim.start();
      workload.connect();
      await workload.settleAndCheck();
      await sim.stop();
    });
  }

  it('MEMBER-I1: a backend commit fails -> fatal once; the log has what was answered', async () => {
    const sim = new SimMember(1);
    await sim.start();
    assert.equal(await written(sim, 'a', '1'), 2);
    sim.backend.failCommit(1);
    assert.equal(await written(sim, 'b', '1'), 3);
    await sim.until(() => sim.fatals.length > 0);
    const refused = put(sim, 'a', '2');
    assert.equal(refused.failure?.message, 'etcdserver: server stopped');
    await sim.pass(2000);
    assert.equal(sim.fatals.length, 1);
    assert.equal((sim.fatals[0] as BackendError).code, 'BACKEND_IO');
    await sim.stop();
    await sim.start();
    assert.equal(sim.member.store.currentRevision, 3);
  });

  it('MEMBER-I2: the disk fails under a read -> the read fails as Internal, the member stops', async () => {
    const sim = new SimMember(1);
    await sim.start();
    await written(sim, 'a', '1');
    sim.member.store.range = () => Promise.reject(new BackendError('BACKEND_IO', 'bad sector'));
    const read = range(sim, 'a');
    await sim.until(() => read.isOver);
    assert.deepEqual(read.failure, { code: 'Internal', message: 'etcdserver: internal error' });
    assert.deepEqual(
      sim.fatals.map((error) => (error as BackendError).code),
      ['BACKEND_IO'],
    );
  });
});

describe('member: bugs', () => {
  it('MEMBER-I6: state that cannot be restored -> the start rejects, and lets go of the files', async () => {
    const sim = new SimMember(1);
    const opened = await sim.open();
    const batch = opened.backend.batch();
    batch.put(Bucket.key, revisionKey(2, 0), Uint8Array.of(0xff));
    sim.backend.holdCommits = false;
    await batch.commit();
    await assert.rejects(sim.run(opened), { code: 'BACKEND_CORRUPT' });
    await assert.rejects(opened.backend.sizeBytes(), { code: 'BACKEND_CLOSED' });
    assert.equal(sim.log.pending, 0);
    assert.throws(() => sim.log.close(() => undefined), /close is the last command/);
  });

  it('MEMBER-I2: an entry that cannot be applied -> fatal, and the process turn goes on', async () => {
    const sim = new SimMember(1);
    await sim.start();
    const request = InternalRaftRequest.create({ range: RangeRequest.create({}) });
    const entry = InternalRaftRequest.encode(request);
    sim.member.raft.propose(entry, { id: 1n, startMs: 0 });
    const behind = put(sim, 'a', '1');
    await sim.until(() => sim.fatals.length > 0);
    await sim.pass(1000);
    assert.match(String(sim.fatals[0]), /cannot apply: range/);
    assert.equal(sim.fatals.length, 1);
    assert.equal(behind.failure?.message, 'etcdserver: server stopped');
  });

  it('MEMBER-I3: an entry applied in part -> never on disk, applied whole by the next start', async () => {
    // Each entry asks for a flush, which begins behind the turn: behind the failing entry.
    const sim = new SimMember(1, { batchOperationsMax: 1 });
    await sim.start();
    const grant = LeaseGrantRequest.create({ ID: 7n, TTL: 60 });
    const call = sim.unary('/etcdserverpb.Lease/LeaseGrant', LeaseGrantRequest, grant);
    await answered(sim, call, LeaseGrantResponse);
    sim.member.lessor.attach = () => invariant(false, 'a bug');
    await sim.pass(1000);
    put(sim, 'b', '1');
    put(sim, 'a', '1', { lease: 7n });
    await sim.until(() => sim.fatals.length > 0);
    assert.ok(sim.fatals[0] instanceof InvariantError);
    await sim.pass(1000);
    await sim.stop();
    await sim.start();
    assert.equal(sim.member.store.currentRevision, 3);
    assert.deepEqual(sim.member.lessor.keys(7n), [Uint8Array.of(0x61)]);
  });
});

describe('member: stop', () => {
  it('MEMBER-I4: the log cannot be written any more -> the stop rejects, the files are let go', async () => {
    const sim = new SimMember(1);
    await sim.start();
    assert.equal(await written(sim, 'a', '1'), 2);
    await sim.pass(500);
    const unanswered = put(sim, 'a', '2');
    await sim.until(() => sim.log.pending > 0);
    sim.failDiskCall(1, 'FILE_NO_SPACE');
    await assert.rejects(sim.stop(), { code: 'WAL_IO' });
    assert.equal(unanswered.failure?.message, 'etcdserver: server stopped');
    assert.equal(sim.disks.backend.lockedBy, undefined);
  });

  for (let seed = 1; seed <= 20; seed++) {
    it(`MEMBER-I4: stopped amid writes, reads, compactions and snapshots -> every call ends, the next start has all (seed ${seed})`, async () => {
      const sim = new SimMember(seed);
      await sim.start();
      const workload = new MemberWorkload(sim);
      workload.connect();
      await act(sim, workload, 100 + sim.random.below(800));
      const pending = [put(sim, 'a', 'x'), range(sim, 'a')];
      const physical = CompactionRequest.create({
        revision: sim.member.store.currentRevision,
        physical: true,
      });
      pending.push(sim.unary('/etcdserverpb.KV/Compact', CompactionRequest, physical));
      for (let steps = sim.random.below(40); steps > 0; steps--) await sim.step();
      const { member } = sim;
      const stopping = Promise.all([member.stop(), member.stop()]);
      assert.equal(put(sim, 'a', 'y').failure?.message, 'etcdserver: server stopped');
      assert.equal(range(sim, 'a').failure?.message, 'etcdserver: server stopped');
      await sim.settled(stopping);
      assert.ok(pending.every((call) => call.isOver));
      assert.deepEqual(sim.fatals, []);
      const applied = member.raft.appliedIndex;
      sim.crash('kill');
      const opened = await sim.open();
      assert.equal(opened.meta.consistentIndex, applied, 'all that was applied is in the backend');
      await opened.backend.close();
    });
  }
});

/** Lets the clients act for so many steps. */
async function act(sim: SimMember, workload: MemberWorkload, steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) {
    if (sim.random.below(3) === 0) workload.act();
    await sim.step();
  }
}
