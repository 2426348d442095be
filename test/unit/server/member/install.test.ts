/** A member that takes in the state of another one while it runs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import { MvccError } from '../../../../src/mvcc/index.ts';
import { PutRequest } from '../../../../src/pb/index.ts';
import type { Member } from '../../../../src/server/member.ts';
import { MemberPair } from '../../../support/server/member-pair.ts';

const SNAP = '/data/member/snap';
const KV = '/data/member/kv';

/** Writes through the leader, more than the log keeps. */
async function write(pair: MemberPair, count: number, fields: Partial<PutRequest> = {}) {
  for (let n = 0; n < count; n++) {
    const request = { key: utf8Bytes(`k${n % 7}`), value: utf8Bytes(`v${n}`), ...fields };
    const call = pair.leader.unary('/etcdserverpb.KV/Put', PutRequest, PutRequest.create(request));
    await pair.until(() => call.isOver);
    assert.equal(call.failure, undefined);
  }
}

async function hashOf(pair: MemberPair, { store }: Member): Promise<number> {
  const hashed = await pair.settled(store.hashKv(0));
  assert.ok(!(hashed instanceof MvccError));
  return hashed.hash;
}

async function assertEqual(pair: MemberPair): Promise<void> {
  await pair.caughtUp();
  const { leader, follower } = pair;
  assert.deepEqual([leader.fatals, follower.fatals], [[], []]);
  assert.equal(await hashOf(pair, follower.member), await hashOf(pair, leader.member));
  assert.deepEqual(follower.member.cluster.members, leader.member.cluster.members);
  assert.deepEqual(follower.member.alarms.list(0), leader.member.alarms.list(0));
  assert.deepEqual(follower.member.lessor.list(), leader.member.lessor.list());
  for (const { member } of [leader, follower]) {
    member.store.checkInvariants();
    member.lessor.checkInvariants();
    member.hub.checkInvariants();
  }
}

describe('install: the state of the leader', () => {
  it('the log behind the follower is gone -> it takes in the state, and goes on from there', async () => {
    const pair = await MemberPair.start();
    const { follower } = pair;
    pair.isCut = true;
    await write(pair, 60);
    await pair.pass(500);
    pair.isCut = false;
    await assertEqual(pair);
    assert.equal(pair.snapshotsSent, 1);
    await write(pair, 30);
    await assertEqual(pair);
    await pair.pass(1000);
    assert.deepEqual(follower.disks.files.list(KV), ['2', 'current']);
    assert.deepEqual(
      follower.disks.files.list(SNAP).filter((name) => !name.endsWith('.snap')),
      [],
    );
    await follower.stop();
    await follower.start();
    await assertEqual(pair);
    assert.equal(pair.snapshotsSent, 1);
  });
});
