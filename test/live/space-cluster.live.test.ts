/**
 * A cluster of three under the alarm of one of them: what passes and what is refused, on every
 * member, over restarts, and the way out. The same on real etcd.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CallError, call, type Fields } from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import { liveSkipReason, type MemberProcess } from '../support/processes.ts';

const put = (key: string): Fields => ({ key, value: 'v' });
const NESTED_PUT: Fields = {
  success: [{ requestTxn: { failure: [{ requestPut: put('nested') }] } }],
};

/** What is tried on each member under the alarm. */
const TRIED: readonly (readonly [path: string, request: Fields])[] = [
  ['KV/Put', put('a')],
  ['KV/Put', { key: '' }],
  ['KV/Txn', { success: [{ requestPut: put('a') }] }],
  ['KV/Txn', { failure: [{ requestPut: put('a') }] }],
  ['KV/Txn', { success: [{ requestTxn: { success: [{ requestDeleteRange: { key: 'x' } }] } }] }],
  ['KV/Txn', { success: [{ requestRange: { key: 'a' } }, { requestDeleteRange: { key: 'x' } }] }],
  ['KV/Txn', { success: [{ requestRange: { key: 'a' } }] }],
  ['KV/Range', { key: 'a', countOnly: true }],
  ['KV/DeleteRange', { key: 'x' }],
  ['Lease/LeaseGrant', { ID: '77', TTL: '60' }],
  ['Lease/LeaseTimeToLive', { ID: '5' }],
  ['Lease/LeaseRevoke', { ID: '77' }],
];

async function outcome(
  cluster: LiveCluster,
  member: MemberProcess,
  [path, request]: readonly [string, Fields],
): Promise<string> {
  return call(cluster.client(member), `/etcdserverpb.${path}`, request).then(
    () => `${path} passes`,
    (error: unknown) => `${path}: ${(error as CallError).code} ${(error as CallError).details}`,
  );
}

/** Under an alarm nobody is healthy, so that `/health` does not tell. */
async function untilFollowing(cluster: LiveCluster, member: MemberProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const leader = await cluster.status(member).then(
      (status) => status.leader,
      () => '0',
    );
    if (leader !== '0') return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`the member does not come back:\n${member.log}`);
}

/** Everything that was said, in order. */
async function walkThrough(kind: 'etcd' | 'etcd-ts'): Promise<string[]> {
  const cluster = await LiveCluster.start(3, { kind });
  const said: string[] = [];
  const say = async (member: MemberProcess, path: string, request: Fields): Promise<void> => {
    said.push(await outcome(cluster, member, [path, request]));
  };
  const alarm = async (member: MemberProcess, action: string, memberID = '0'): Promise<unknown> => {
    const request = { action, memberID, alarm: 'NOSPACE' };
    const { alarms } = await call(
      cluster.client(member),
      '/etcdserverpb.Maintenance/Alarm',
      request,
    );
    return alarms;
  };
  try {
    const leader = await cluster.leader();
    const [raiser, other] = cluster.members.filter((member) => member !== leader);
    assert.ok(raiser !== undefined && other !== undefined);
    const { id } = await cluster.status(raiser);
    await say(leader, 'KV/Put', put('x'));
    await say(leader, 'KV/Put', put('a'));
    await say(leader, 'Lease/LeaseGrant', { ID: '5', TTL: '600' });
    await alarm(leader, 'ACTIVATE', id);
    for (const member of [leader, raiser, other]) {
      for (const tried of TRIED) said.push(await outcome(cluster, member, tried));
    }
    await say(other, 'KV/Compact', { revision: '3', physical: true });
    await say(other, 'Lease/LeaseRevoke', { ID: '5' });
    // A restart forgets nothing, be it that of the member with the alarm or of another one.
    for (const member of [raiser, other]) {
      await member.kill();
      member.spawn();
      await untilFollowing(cluster, member);
      await say(member, 'KV/Put', put('a'));
      said.push(`alarms of it: ${JSON.stringify(await alarm(member, 'GET')).replaceAll(id, 'ID')}`);
    }
    await say(await cluster.leader(), 'KV/Put', put('a'));
    if (kind === 'etcd-ts') {
      // 3.5 forgets puts in nested transactions; 3.6.14 does not.
      const nested = await outcome(cluster, other, ['KV/Txn', NESTED_PUT]);
      assert.equal(nested, 'KV/Txn: 8 etcdserver: mvcc: database space exceeded');
    }
    await alarm(other, 'DEACTIVATE', id);
    for (const member of cluster.members) await say(member, 'KV/Put', put('a'));
    await say(other, 'KV/Txn', NESTED_PUT);
    await cluster.equalHash();
    return said;
  } finally {
    await cluster.dispose();
  }
}

describe('space: a cluster', { skip: liveSkipReason('etcd') }, () => {
  it('one member has the alarm -> every member refuses what takes space, as real etcd', async () => {
    const ours = await walkThrough('etcd-ts');
    assert.equal(ours.filter((text) => text.includes('database space exceeded')).length, 3 * 4 + 3);
    assert.deepEqual(ours, await walkThrough('etcd'));
  });
});
