/** How members without data begin, beside real etcd and as etcd words what it refuses. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  ETCD_TS,
  freePort,
  liveSkipReason,
  MemberProcess,
  realTool,
  run,
  temporaryFolder,
} from '../support/processes.ts';

const skip = liveSkipReason('etcd', 'etcdctl');

/** The text of the fatal line with which a start has to end. */
async function refusal(kind: 'etcd' | 'etcd-ts', flags: readonly string[]): Promise<string> {
  const folder = temporaryFolder();
  try {
    const given = [`--data-dir=${join(folder, 'data')}`, ...flags];
    const [command, args] =
      kind === 'etcd'
        ? [realTool('etcd') ?? 'etcd', given]
        : [process.execPath, [ETCD_TS, ...given]];
    const { code, stderr } = await run(command, args);
    assert.equal(code, 1, stderr);
    const lines = stderr.split('\n').filter((line) => line.includes('"level":"fatal"'));
    return (JSON.parse(lines[0] ?? '{}') as { error?: string }).error ?? stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('bootstrap of etcd and etcd-ts', { skip }, () => {
  const members: MemberProcess[] = [];
  after(async () => {
    for (const member of members) await member.dispose();
  });

  /** A real cluster of one, that a member of these URLs is to join. */
  async function realCluster(isLearner: boolean): Promise<{ etcd: MemberProcess; peer: string }> {
    const etcd = await MemberProcess.start({ kind: 'etcd', name: 'real' });
    members.push(etcd);
    const peer = `http://127.0.0.1:${await freePort()}`;
    const args = [`--endpoints=${etcd.endpoint}`, 'member', 'add', 'b', `--peer-urls=${peer}`];
    const added = await run(
      realTool('etcdctl') ?? 'etcdctl',
      isLearner ? [...args, '--learner'] : args,
    );
    assert.equal(added.code, 0, added.stderr);
    return { etcd, peer };
  }

  const joining = async (etcd: MemberProcess, peer: string, cluster: string): Promise<string[]> => {
    const client = `http://127.0.0.1:${await freePort()}`;
    return [
      '--name=b',
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=real=${etcd.peerUrl},${cluster}`,
      '--initial-cluster-state=existing',
    ];
  };

  it('joins a real etcd -> with the ids that this has given', { timeout: 60_000 }, async () => {
    const { etcd, peer } = await realCluster(true);
    const list = await run(realTool('etcdctl') ?? 'etcdctl', [
      `--endpoints=${etcd.endpoint}`,
      'member',
      'list',
      '-w',
      'fields',
    ]);
    const ids = /"ClusterID" : (\d+)[^]*"ID" : (\d+)\n"Name" : ""/.exec(list.stdout) ?? [];
    const flags = await joining(etcd, peer, `b=${peer}`);
    const folder = temporaryFolder();
    const ours = await joined(folder, flags);
    const hex = (text: string | undefined): string => BigInt(text ?? 0).toString(16);
    assert.equal(ours['cluster-id'], hex(ids[1]));
    assert.equal(ours['local-member-id'], hex(ids[2]));
    rmSync(folder, { recursive: true, force: true });
  });

  it('a cluster of other members -> refused in the same words', { timeout: 60_000 }, async () => {
    const { etcd, peer } = await realCluster(false);
    const clusters = [`b=${peer},c=http://127.0.0.1:1`, 'b=http://127.0.0.1:1'];
    for (const cluster of clusters) {
      const flags = await joining(etcd, peer, cluster);
      const [ours, real] = [await refusal('etcd-ts', flags), await refusal('etcd', flags)];
      assert.equal(inOrder(ours), inOrder(real));
    }
  });

  it('nobody to be asked -> refused in the same words', { timeout: 60_000 }, async () => {
    const flags = [
      '--initial-cluster=default=http://localhost:2380,b=http://127.0.0.1:1',
      '--initial-cluster-state=existing',
      '--listen-client-urls=http://127.0.0.1:0',
      '--advertise-client-urls=http://127.0.0.1:1',
      '--listen-peer-urls=http://127.0.0.1:0',
    ];
    assert.equal(await refusal('etcd-ts', flags), await refusal('etcd', flags));
  });
});

/** 3.5 shows the members of a cluster in no order. */
function inOrder(text: string): string {
  return text.replace(/(?<=Members:\[)&\{.*\}\}(?=\] RemovedMemberIDs)/, (members) =>
    members.split(/ ?&/).sort().join(' &'),
  );
}

/** The fields of the line with which our member says what it has opened. */
async function joined(folder: string, flags: readonly string[]): Promise<Record<string, unknown>> {
  const args = [ETCD_TS, `--data-dir=${join(folder, 'data')}`, ...flags];
  const { stderr } = await run(process.execPath, args, { timeoutMs: 5000 });
  const line = stderr.split('\n').find((text) => text.includes('"opened storage"'));
  assert.ok(line !== undefined, stderr);
  return JSON.parse(line) as Record<string, unknown>;
}
