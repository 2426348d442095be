import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemberWorkload } from '../../../sim/member-workload.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import { put, range, written } from '../../../support/server/requests.ts';

/** A member in its second life, without a leader yet. */
async function restarted(sim: SimMember): Promise<void> {
  await sim.start();
  await sim.stop();
  await sim.run(await sim.open());
}

describe('member: start', () => {
  it('a new data directory -> leads in term 2, named, with the cluster version decided', async () => {
    const sim = new SimMember(1);
    await sim.start();
    const { cluster, raft } = sim.member;
    assert.deepEqual([raft.isLeader, raft.term], [true, 2]);
    assert.deepEqual(
      cluster.members.map(({ name }) => name),
      ['default'],
    );
    assert.deepEqual([cluster.version, cluster.storageVersion], ['3.6.0', '3.6.0']);
    assert.equal(await written(sim, 'a', '1'), 2);
  });

  it('a restart -> leads the next term with all that was written, the version as it was', async () => {
    const sim = new SimMember(1);
    await sim.start();
    for (let i = 0; i < 10; i++) await written(sim, 'a', String(i));
    await sim.stop();
    await sim.start();
    assert.deepEqual([sim.member.raft.term, sim.member.store.currentRevision], [3, 11]);
    assert.equal(sim.member.cluster.version, '3.6.0');
    sim.checkInvariants();
  });

  it('NODE-I7: entries in the log behind consistent_index, and before it -> each is applied once', async () => {
    const sim = new SimMember(1);
    await sim.start();
    for (let i = 0; i < 5; i++) await written(sim, 'a', String(i));
    await sim.pass(1000);
    sim.holdsCommits = true;
    for (let i = 5; i < 10; i++) await written(sim, 'a', String(i));
    sim.crash('power');
    sim.holdsCommits = false;
    const opened = await sim.open();
    assert.ok(opened.meta.consistentIndex > 0);
    assert.ok((opened.entries[0]?.index ?? 0) < opened.meta.consistentIndex);
    assert.ok((opened.entries.at(-1)?.index ?? 0) > opened.meta.consistentIndex);
    const member = await sim.run(opened);
    await sim.settled(member.published);
    assert.equal(member.store.currentRevision, 11);
  });

  it('the disk is slow at the start -> published when it can be', async () => {
    const sim = new SimMember(1);
    const opened = await sim.open();
    const member = await sim.run(opened);
    sim.log.isStalled = true;
    let isPublished = false;
    void member.published.then(() => {
      isPublished = true;
    });
    await sim.pass(20_000);
    assert.equal(isPublished, false);
    sim.log.isStalled = false;
    await sim.settled(member.published);
    assert.deepEqual(sim.fatals, []);
  });

  it('calls before the cluster version is decided -> not capable; it is when the member may serve', async () => {
    const sim = new SimMember(1);
    const member = await sim.run(await sim.open());
    const message = 'etcdserver: not capable';
    assert.deepEqual(put(sim, 'a', '1').failure, { code: 'FailedPrecondition', message });
    await sim.settled(member.published);
    assert.equal(await written(sim, 'a', '1'), 2);
  });

  it('writes before there is a leader -> wait for it', async () => {
    const sim = new SimMember(1);
    await restarted(sim);
    const early = put(sim, 'a', '1');
    await sim.until(() => early.isOver);
    assert.notEqual(early.response, undefined);
  });

  it('NODE-I2: a read before there is a leader -> leader changed, as when another one takes over', async () => {
    const sim = new SimMember(1);
    await restarted(sim);
    const early = range(sim, 'a');
    await sim.until(() => early.isOver);
    assert.deepEqual(early.failure, { code: 'Unavailable', message: 'etcdserver: leader changed' });
  });
});

describe('member simulation', () => {
  it('the same seed -> the same run, step by step', async () => {
    const run = async (seed: number): Promise<string> => {
      const sim = new SimMember(seed);
      const workload = new MemberWorkload(sim);
      for (let life = 0; life < 2; life++) {
        await sim.start();
        workload.connect();
        for (let step = 0; step < 400; step++) {
          if (sim.random.below(3) === 0) workload.act();
          await sim.step();
        }
        sim.crash('power');
      }
      const lines = sim.logLines.map(({ level, message }) => `${level} ${message}`);
      return [
        sim.scheduler.monotonicMs(),
        workload.acknowledged,
        workload.seen,
        sim.files.calls,
        ...lines,
      ].join('\n');
    };
    assert.equal(await run(7), await run(7));
    assert.notEqual(await run(7), await run(8));
  });
});
