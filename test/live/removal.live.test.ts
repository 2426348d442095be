/** Three processes of ours whose membership changes while they serve: at once, and by removals. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, KV } from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import type { MemberProcess } from '../support/processes.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Changes are refused while members have not been connected for 5 s. */
const HEALTHY_MS = 5500;
const REMOVED = 'the member has been permanently removed from the cluster';
const MUST_GO = 'data-dir used by this member must be removed';

describe('changes of membership', () => {
  let cluster: LiveCluster;
  before(async () => {
    cluster = await LiveCluster.start(3);
  });
  after(async () => {
    await cluster.dispose();
  });

  const idOf = async (member: MemberProcess): Promise<string> => (await cluster.status(member)).id;
  const remove = (through: MemberProcess, ID: string): Promise<unknown> =>
    call(cluster.client(through), '/etcdserverpb.Cluster/MemberRemove', { ID });

  async function ended(member: MemberProcess): Promise<void> {
    assert.equal(await member.exited, 0);
    assert.ok(member.log.includes(REMOVED), member.log);
    assert.ok(member.log.includes(MUST_GO));
  }

  it('several at once through all members -> all are made, none waits for its time-out', async () => {
    const startMs = Date.now();
    const updates = cluster.members.flatMap((through) =>
      cluster.members.map(async (member) =>
        call(cluster.client(through), '/etcdserverpb.Cluster/MemberUpdate', {
          ID: await idOf(member),
          peerURLs: [member.peerUrl],
        }),
      ),
    );
    assert.equal((await Promise.all(updates)).length, 9);
    assert.ok(Date.now() - startMs < 3000);
  });

  it('a leader removes itself -> answers, ends; the others elect another within seconds', {
    timeout: 60_000,
  }, async (t) => {
    await pause(HEALTHY_MS);
    const leader = await cluster.leader();
    const others = cluster.members.filter((member) => member !== leader);
    const startMs = Date.now();
    await remove(leader, await idOf(leader));
    const waiting = KV.put(cluster.client(leader), Buffer.from('k'), Buffer.from('lost'));
    await assert.rejects(waiting, { details: 'etcdserver: server stopped' });
    await ended(leader);
    assert.ok(Date.now() - startMs < 4000);
    const next = await cluster.leader(others);
    await KV.put(cluster.client(next), Buffer.from('k'), Buffer.from('v'));
    t.diagnostic(`the others write after ${Date.now() - startMs} ms`);
    assert.ok(Date.now() - startMs < 6000);
    leader.spawn();
    await ended(leader);
    await leader.dispose();
    cluster.members.splice(cluster.members.indexOf(leader), 1);
  });
});

describe('a member that is removed while it is down', () => {
  it('comes back -> is told by its peers, and ends', { timeout: 60_000 }, async () => {
    const cluster = await LiveCluster.start(3);
    try {
      const leader = await cluster.leader();
      const gone = cluster.members.find((member) => member !== leader);
      assert.ok(gone !== undefined);
      const { id } = await cluster.status(gone);
      await pause(HEALTHY_MS);
      await gone.kill();
      await call(cluster.client(leader), '/etcdserverpb.Cluster/MemberRemove', { ID: id });
      gone.spawn();
      assert.equal(await gone.exited, 0);
      assert.ok(gone.log.includes(REMOVED), gone.log);
      assert.ok(gone.log.includes(MUST_GO));
      await KV.put(cluster.client(leader), Buffer.from('k'), Buffer.from('v'));
    } finally {
      await cluster.dispose();
    }
  });
});
