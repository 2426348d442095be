/** What has to be on disk before anybody hears of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LOG_COMMANDS_MAX } from '../../../../src/wal/index.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import type { FakeUnaryCall } from '../../../support/server/fake-calls.ts';
import { put, range } from '../../../support/server/requests.ts';

describe('member node: durability', () => {
  it('NODE-I1: a read while a write waits for its sync -> the write is not answered before it', async () => {
    const sim = new SimMember(1);
    await sim.start();
    sim.log.isStalled = true;
    const write = put(sim, 'a', '1');
    // A read makes a Ready with nothing to write, behind the one that is on its way to the disk.
    const reads: FakeUnaryCall[] = [];
    for (let i = 0; i < 5; i++) {
      reads.push(range(sim, 'a'));
      await sim.pass(50);
    }
    assert.equal(write.isOver, false, 'not synced, not answered');
    assert.equal(sim.member.raft.appliedIndex, sim.member.raft.committedIndex);
    sim.log.isStalled = false;
    await sim.until(() => write.isOver);
    assert.notEqual(write.response, undefined);
    assert.ok(reads.every((read) => read.response !== undefined));
  });

  it('NODE-I21: what is committed -> written with the next entries, or with a tick; once', async () => {
    const sim = new SimMember(1);
    await sim.start();
    await sim.pass(500);
    const appends: string[] = [];
    const append = sim.log.append.bind(sim.log);
    sim.log.append = (batch, done) => {
      appends.push(batch.lastIndex === 0 ? 'commit' : 'entries');
      append(batch, done);
    };
    for (let n = 0; n < 3; n++) {
      const write = put(sim, 'a', String(n));
      await sim.until(() => write.isOver);
    }
    assert.deepEqual(appends, ['entries', 'entries', 'entries']);
    await sim.pass(500);
    assert.deepEqual(appends, ['entries', 'entries', 'entries', 'commit']);
    const last = put(sim, 'a', 'last');
    await sim.until(() => last.isOver);
    await sim.stop();
    assert.deepEqual(appends.slice(4), ['entries', 'commit']);
  });

  it('NODE-I21: a member that fails -> nothing more is written, no commit index either', async () => {
    const sim = new SimMember(1);
    await sim.start();
    const write = put(sim, 'a', '1');
    await sim.until(() => write.isOver);
    let appends = 0;
    sim.log.append = () => appends++;
    sim.member.fatal(new Error('planted'));
    await sim.stop();
    assert.equal(appends, 0);
  });

  it('so much waits for the disk that no more is given to it -> nothing spins until it goes on', async () => {
    const sim = new SimMember(1);
    await sim.start();
    sim.log.isStalled = true;
    const writes: FakeUnaryCall[] = [];
    while (sim.log.pending < LOG_COMMANDS_MAX / 2) {
      writes.push(put(sim, 'a', '1'));
      await sim.step();
    }
    writes.push(put(sim, 'a', '2'));
    let steps = 0;
    const endMs = sim.scheduler.monotonicMs() + 1000;
    while (sim.scheduler.monotonicMs() < endMs && steps < 10_000) {
      await sim.step();
      steps++;
    }
    assert.ok(steps < 500, `${steps} steps in a second in which only timers ran`);
    sim.log.isStalled = false;
    await sim.until(() => writes.every((write) => write.isOver));
    assert.ok(writes.every((write) => write.response !== undefined));
  });
});
