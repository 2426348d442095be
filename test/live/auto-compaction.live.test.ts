/** Auto-compaction of running members, with a period of a second: what real etcd does and logs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { call, type GrpcClient, grpcClient, KV } from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import { liveSkipReason, MemberProcess } from '../support/processes.ts';

const FLAGS = ['--auto-compaction-mode=periodic', '--auto-compaction-retention=1s'];
const KEY = Buffer.from('key');

interface Line {
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** What the log says of auto-compaction. */
function compactionLines({ log }: MemberProcess): Line[] {
  return log
    .split('\n')
    .filter((text) => text.startsWith('{') && / auto (periodic|revision) /.test(text))
    .map((text) => JSON.parse(text) as Line);
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`never: ${what}`);
}

const isCompacted = async (client: GrpcClient, revision: number): Promise<boolean> => {
  const request = { key: KEY, revision };
  return call(client, '/etcdserverpb.KV/Range', request).then(
    () => false,
    (error: unknown) => /required revision has been compacted/.test(String(error)),
  );
};

/** The same lines with what differs from run to run left out. */
function shape(lines: readonly Line[]): unknown[] {
  return lines.slice(0, 4).map((line) => {
    const { ts: _ts, caller: _caller, revision: _revision, took: _took, ...rest } = line;
    assert.ok(typeof line['revision'] === 'number' && line['revision'] > 0);
    return { ...rest, fields: Object.keys(line).filter((name) => name !== 'caller') };
  });
}

async function logOf(kind: 'etcd' | 'etcd-ts'): Promise<unknown[]> {
  const member = await MemberProcess.start({ kind, flags: FLAGS });
  const client = grpcClient(member.endpoint);
  try {
    let revision = 0;
    await until('two compactions', async () => {
      revision = await KV.put(client, KEY, Buffer.from('value'));
      return compactionLines(member).length >= 4;
    });
    await until('compacted to the last put', () => isCompacted(client, revision - 1));
    assert.equal(await isCompacted(client, revision), false);
    return shape(compactionLines(member));
  } finally {
    client.close();
    await member.dispose();
  }
}

describe('auto-compaction', { skip: liveSkipReason('etcd') }, () => {
  it('a second to keep -> compacts, and logs it, as real etcd', async () => {
    assert.deepEqual(await logOf('etcd-ts'), await logOf('etcd'));
  });

  it('three members -> the leader compacts for all, also a new one', async () => {
    const cluster = await LiveCluster.start(3, { flags: FLAGS });
    try {
      const leader = await cluster.leader();
      const others = cluster.members.filter((member) => member !== leader);
      const compactsAll = async (members: readonly MemberProcess[], by: MemberProcess) => {
        let revision = 0;
        for (let i = 0; i < 3; i++) {
          revision = await KV.put(cluster.client(by), KEY, Buffer.from('v'));
        }
        for (const member of members) {
          const client = cluster.client(member);
          await until('compacted everywhere', () => isCompacted(client, revision - 1));
        }
        assert.ok(compactionLines(by).length >= 2);
        const followers = members.filter((member) => member !== by);
        assert.deepEqual(followers.flatMap(compactionLines), []);
      };
      await compactsAll(cluster.members, leader);
      await leader.kill();
      await compactsAll(others, await cluster.leader(others));
    } finally {
      await cluster.dispose();
    }
  });
});
