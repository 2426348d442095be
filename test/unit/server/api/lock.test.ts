import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Text } from '../../../../src/base/utf8.ts';
import {
  CompactionRequest,
  CompactionResponse,
  LockResponse,
  UnlockResponse,
} from '../../../../src/pb/index.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import {
  contenders,
  deleted,
  lock,
  memberWithLeases,
  refused,
  settle,
  unlock,
} from '../../../support/server/contests.ts';
import type { FakeUnaryCall } from '../../../support/server/fake-calls.ts';
import { answered, written } from '../../../support/server/requests.ts';

async function started(leases: number): Promise<SimMember> {
  const sim = new SimMember(1);
  await memberWithLeases(sim, leases);
  return sim;
}

/** Key and revision that a lock was got with. */
async function got(sim: SimMember, call: FakeUnaryCall): Promise<[string | undefined, number]> {
  const { header, key } = await answered(sim, call, LockResponse);
  return [utf8Text(key), header?.revision ?? 0];
}

describe('lock service', () => {
  it('a free lock -> got at once, under the lease in hex; again by the same lease -> as it was', async () => {
    const sim = await started(12);
    assert.deepEqual(await got(sim, lock(sim, 'a', 12n)), ['a/c', 2]);
    await written(sim, 'other', '1');
    assert.deepEqual(await got(sim, lock(sim, 'a', 12n)), ['a/c', 3]);
    assert.deepEqual(await contenders(sim, 'a'), ['a/c=']);
  });

  it('no lease -> one of 60 s that nobody keeps alive', async () => {
    const sim = await started(0);
    const [key] = await got(sim, lock(sim, 'a', 0n));
    const [lease] = sim.member.lessor.list();
    assert.equal(key, `a/${lease?.toString(16) ?? ''}`);
    assert.equal(sim.member.lessor.timeToLive(lease ?? 0n, 0, false)?.grantedTtlS, 60);
    await sim.pass(62_000);
    assert.deepEqual(await contenders(sim, 'a'), []);
  });

  it('API-I11: held by another -> waits, with the revision of a read after it is free', async () => {
    const sim = await started(2);
    await got(sim, lock(sim, 'a', 1n));
    const waiting = lock(sim, 'a', 2n);
    await settle(sim);
    assert.equal(waiting.isOver, false);
    assert.equal(await written(sim, 'other', '1'), 4);
    await answered(sim, unlock(sim, 'a/1'), UnlockResponse);
    assert.deepEqual(await got(sim, waiting), ['a/2', 5]);
  });

  it('API-I11: many wait -> one after the other, in the order in which they came', async () => {
    const sim = await started(8);
    const calls = [];
    for (let lease = 1n; lease <= 8n; lease++) {
      calls.push(lock(sim, 'a', lease));
      await settle(sim);
    }
    for (const [at, call] of calls.entries()) {
      await got(sim, call);
      assert.equal(calls.filter((other) => other.isOver).length, at + 1);
      await answered(sim, unlock(sim, `a/${at + 1}`), UnlockResponse);
      await settle(sim);
    }
  });

  it('one in the middle of the queue gives up -> who waited for it waits for the one before', async () => {
    const sim = await started(3);
    await got(sim, lock(sim, 'a', 1n));
    const second = lock(sim, 'a', 2n);
    await settle(sim);
    const third = lock(sim, 'a', 3n);
    await settle(sim);
    second.cancel();
    await settle(sim);
    assert.deepEqual(await contenders(sim, 'a'), ['a/1=', 'a/3=']);
    assert.equal(third.isOver, false);
    await answered(sim, unlock(sim, 'a/1'), UnlockResponse);
    assert.deepEqual((await got(sim, third))[0], 'a/3');
  });

  it('API-I12: cancelled while the key is being put -> the key is taken back', async () => {
    const sim = await started(1);
    const call = lock(sim, 'a', 1n);
    call.cancel();
    await settle(sim);
    assert.deepEqual(await contenders(sim, 'a'), []);
    assert.equal(sim.member.store.currentRevision, 3);
  });

  it('the server stops -> who waits is told, and its key is gone', async () => {
    const sim = await started(2);
    await got(sim, lock(sim, 'a', 1n));
    const waiting = lock(sim, 'a', 2n);
    await settle(sim);
    sim.endCalls();
    assert.deepEqual(waiting.failure, {
      code: 'Unavailable',
      message: 'etcdserver: server stopped',
    });
    await settle(sim);
    assert.deepEqual(await contenders(sim, 'a'), ['a/1=']);
  });

  it('the own key is deleted while waiting -> the session is expired', async () => {
    const sim = await started(2);
    await got(sim, lock(sim, 'a', 1n));
    const waiting = lock(sim, 'a', 2n);
    await settle(sim);
    await deleted(sim, 'a/2');
    await settle(sim);
    assert.equal(waiting.isOver, false);
    await deleted(sim, 'a/1');
    await refused(sim, waiting, 'mutex: session is expired');
  });

  it('the store is compacted while a call waits -> no harm', async () => {
    const sim = await started(2);
    await got(sim, lock(sim, 'a', 1n));
    const waiting = lock(sim, 'a', 2n);
    await settle(sim);
    const revision = await written(sim, 'other', '1');
    const compaction = CompactionRequest.create({ revision, physical: true });
    await answered(
      sim,
      sim.unary('/etcdserverpb.KV/Compact', CompactionRequest, compaction),
      CompactionResponse,
    );
    await answered(sim, unlock(sim, 'a/1'), UnlockResponse);
    assert.deepEqual(await got(sim, waiting), ['a/2', 5]);
  });

  it('errors of the calls inside -> their texts, without their codes', async () => {
    const sim = await started(0);
    await refused(sim, lock(sim, 'a', 7n), 'etcdserver: requested lease not found');
    await refused(sim, unlock(sim, ''), 'etcdserver: key is not provided');
  });

  it('unlock of a key that is not there -> fine', async () => {
    const sim = await started(0);
    const { header } = await answered(sim, unlock(sim, 'nothing'), UnlockResponse);
    assert.equal(header?.revision, 1);
  });

  it('all calls over -> no watch is left', async () => {
    const sim = await started(3);
    await got(sim, lock(sim, 'a', 1n));
    const waiting = lock(sim, 'a', 2n);
    const gone = lock(sim, 'a', 3n);
    await settle(sim);
    gone.cancel();
    await answered(sim, unlock(sim, 'a/1'), UnlockResponse);
    await got(sim, waiting);
    await settle(sim);
    assert.equal(sim.openCalls, 0);
    assert.equal(sim.member.hub.interest(new Uint8Array(0)), 'none');
    sim.checkInvariants();
  });
});
