/** What tests do with a pair of members, one of which is to get the other one's state. */
import assert from 'node:assert/strict';
import { utf8Bytes } from '../../../src/base/utf8.ts';
import { MvccError } from '../../../src/mvcc/index.ts';
import {
  AlarmType,
  type MessageCodec,
  PutRequest,
  RequestOp,
  TxnRequest,
} from '../../../src/pb/index.ts';
import type { Member } from '../../../src/server/member.ts';
import { MemberPair } from './member-pair.ts';

/** Operations of a txn, as many as a member takes. */
const TXN_OPS = 100;

/** One request to the leader, which must not fail. */
export async function call<Request extends object>(
  pair: MemberPair,
  path: string,
  codec: MessageCodec<Request> & { create(fields: Partial<Request>): Request },
  fields: Partial<Request>,
): Promise<void> {
  const asked = pair.leader.unary(path, codec, codec.create(fields));
  await pair.until(() => asked.isOver);
  assert.equal(asked.failure, undefined);
}

/** Puts through the leader, one after the other, over a few keys. */
export async function writeMany(
  pair: MemberPair,
  count: number,
  fields: Partial<PutRequest> = {},
): Promise<void> {
  for (let n = 0; n < count; n++) {
    const put = { key: utf8Bytes(`k${n % 7}`), value: utf8Bytes(`v${n}`), ...fields };
    await call(pair, '/etcdserverpb.KV/Put', PutRequest, put);
  }
}

/** The same value for all of `keys`, in as few entries as possible. */
export async function writeTxn(
  pair: MemberPair,
  keys: readonly string[],
  value: string,
): Promise<void> {
  for (let from = 0; from < keys.length; from += TXN_OPS) {
    const success = keys.slice(from, from + TXN_OPS).map((key) => {
      const put = { key: utf8Bytes(key), value: utf8Bytes(value) };
      return RequestOp.create({ requestPut: PutRequest.create(put) });
    });
    await call(pair, '/etcdserverpb.KV/Txn', TxnRequest, { success });
  }
}

/** A pair, cut apart, whose follower lacks what the leader's log does not hold any more. */
export async function lagging(seed = 1): Promise<MemberPair> {
  const pair = await MemberPair.start(seed);
  pair.isCut = true;
  await writeMany(pair, 60);
  await pair.pass(500);
  return pair;
}

async function hashOf(pair: MemberPair, { store }: Member): Promise<number> {
  const hashed = await pair.settled(store.hashKv(0));
  assert.ok(!(hashed instanceof MvccError));
  return hashed.hash;
}

/** Waits until the follower has all, and compares the two, whole. */
export async function assertEqual(pair: MemberPair): Promise<void> {
  await pair.caughtUp();
  const { leader, follower } = pair;
  assert.deepEqual([leader.fatals, follower.fatals], [[], []]);
  assert.equal(await hashOf(pair, follower.member), await hashOf(pair, leader.member));
  assert.deepEqual(follower.member.cluster.members, leader.member.cluster.members);
  assert.deepEqual(follower.member.cluster.removed, leader.member.cluster.removed);
  const alarms = leader.member.alarms.list(AlarmType.NONE);
  assert.deepEqual(follower.member.alarms.list(AlarmType.NONE), alarms);
  const leases = leader.member.lessor.list();
  assert.deepEqual(new Set(follower.member.lessor.list()), new Set(leases));
  for (const { member } of [leader, follower]) {
    member.store.checkInvariants();
    member.lessor.checkInvariants();
    member.hub.checkInvariants();
  }
}
