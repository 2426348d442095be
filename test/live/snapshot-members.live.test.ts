/** Members that lack what the log does not hold any more: they get the leader's state instead. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, type Fields, KV } from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import { freePort, liveSkipReason, MemberProcess, realTool, run } from '../support/processes.ts';

/** Entries between two snapshots of the log, and those that are kept behind one. */
const SNAPSHOT_COUNT = 100;
const FLAGS = [`--snapshot-count=${SNAPSHOT_COUNT}`, '--snapshot-catchup-entries=10'];
const FLAGS_3_5 = [
  `--snapshot-count=${SNAPSHOT_COUNT}`,
  '--experimental-snapshot-catchup-entries=10',
];
/** More than any member can get from the log. */
const WRITES = 3 * SNAPSHOT_COUNT;

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** Until its log says so; rejects after 20 s. */
async function says(member: MemberProcess, text: string): Promise<void> {
  for (let tries = 0; tries < 4000; tries++) {
    if (member.log.includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail(`the member never said "${text}":\n${member.log}`);
}

async function writeMany(
  cluster: LiveCluster,
  member: MemberProcess,
  { prefix, valueBytes = 100 }: { prefix: string; valueBytes?: number },
): Promise<void> {
  const client = cluster.client(member);
  for (let n = 0; n < WRITES; n += 10) {
    const batch = Array.from({ length: 10 }, (_, at) =>
      KV.put(client, bytes(`${prefix}/${n + at}`), Buffer.alloc(valueBytes, n + at)),
    );
    await Promise.all(batch);
  }
}

function othersThan(cluster: LiveCluster, ...absent: MemberProcess[]): MemberProcess[] {
  return cluster.members.filter((member) => !absent.includes(member));
}

async function memberList(cluster: LiveCluster, member: MemberProcess): Promise<unknown> {
  const { members } = await call(cluster.client(member), '/etcdserverpb.Cluster/MemberList', {});
  return (members as Fields[]).map(({ ID, name, peerURLs, clientURLs }) => [
    String(ID),
    name,
    peerURLs,
    clientURLs,
  ]);
}

describe('three of ours, one of which was away for long', { skip: liveSkipReason() }, () => {
  let cluster: LiveCluster;
  before(async () => {
    cluster = await LiveCluster.start(3, { flags: FLAGS });
  });
  after(async () => {
    await cluster.dispose();
  });

  it('stopped, then started -> has all, by a snapshot, while the others take writes', async () => {
    const [away = assert.fail()] = cluster.members;
    await away.stop();
    const leader = await cluster.leader(othersThan(cluster, away));
    await writeMany(cluster, leader, { prefix: 'away' });
    let isBack = false;
    const writing = (async () => {
      for (let n = 0; !isBack; n++) {
        await KV.put(cluster.client(leader), bytes(`meanwhile/${n}`), bytes('v'));
      }
    })();
    await away.restart();
    await says(away, 'applied snapshot');
    isBack = true;
    await writing;
    await cluster.equalHash();
    await KV.put(cluster.client(away), bytes('through it'), bytes('v'));
    await cluster.equalHash();
  });

  it('killed again and again while it installs -> has all in the end', async () => {
    const [away = assert.fail()] = cluster.members;
    await away.kill();
    const leader = await cluster.leader(othersThan(cluster, away));
    // Some 20 MB: it takes a while to put them in place.
    await writeMany(cluster, leader, { prefix: 'large', valueBytes: 64 * 1024 });
    for (const delayMs of [0, 10, 40, 120, 250]) {
      away.spawn();
      // A start that finds the image of the last life installs it before it takes part.
      await Promise.race([says(away, 'applying snapshot'), says(away, 'installing a received')]);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await away.kill();
      await writeMany(cluster, leader, { prefix: `after ${delayMs}` });
    }
    await away.restart();
    await cluster.equalHash();
  });
});

describe('one real member and two of ours', { skip: liveSkipReason('etcd', 'etcdctl') }, () => {
  const cluster = new LiveCluster();
  let real: MemberProcess;
  before(async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    const initialCluster = ports.map((port, at) => `m${at}=http://127.0.0.1:${port}`).join(',');
    const starting = ports.map((peerPort, at) => {
      const kind = at === 0 ? 'etcd' : 'etcd-ts';
      const flags = at === 0 ? FLAGS_3_5 : FLAGS;
      return MemberProcess.start({ kind, name: `m${at}`, peerPort, initialCluster, flags });
    });
    cluster.members.push(...(await Promise.all(starting)));
    real = cluster.members[0] ?? assert.fail();
  });
  after(async () => {
    await cluster.dispose();
  });

  async function lead(member: MemberProcess): Promise<void> {
    const from = await cluster.leader();
    if (from === member) return;
    const id = BigInt((await cluster.status(member)).id).toString(16);
    const path = realTool('etcdctl') ?? 'etcdctl';
    const moved = await run(path, [`--endpoints=${from.endpoint}`, 'move-leader', id]);
    assert.equal(moved.code, 0, moved.stderr);
    assert.equal(await cluster.leader(), member);
  }

  async function assertSame(): Promise<void> {
    await cluster.equalHash();
    for (const member of cluster.members) {
      assert.deepEqual(await memberList(cluster, member), await memberList(cluster, real));
    }
  }

  it('the real one leads -> ours catches up by its snapshot', async () => {
    await lead(real);
    const [, away = assert.fail()] = cluster.members;
    await away.stop();
    await writeMany(cluster, real, { prefix: 'real leads' });
    await away.restart();
    await says(away, 'applied snapshot');
    await assertSame();
    await away.stop();
    await away.restart();
    await assertSame();
  });

  it('one of ours leads -> the real one catches up by its snapshot, and starts on it', async () => {
    const [, ours = assert.fail()] = cluster.members;
    await lead(ours);
    await real.stop();
    await writeMany(cluster, ours, { prefix: 'ours leads' });
    await real.restart();
    await says(real, 'applied snapshot');
    await assertSame();
    await real.stop();
    await writeMany(cluster, ours, { prefix: 'and on' });
    await real.restart();
    await assertSame();
    await lead(real);
    await KV.put(cluster.client(real), bytes('at last'), bytes('v'));
    await assertSame();
  });
});

describe('newcomers to a cluster whose log begins late', {
  skip: liveSkipReason('etcd', 'etcdctl'),
}, () => {
  for (const kind of ['etcd-ts', 'etcd'] as const) {
    it(`ours joins a cluster of ${kind} -> learner by a snapshot, then voter`, async (t) => {
      const cluster = new LiveCluster();
      t.after(() => cluster.dispose());
      const flags = kind === 'etcd' ? FLAGS_3_5 : FLAGS;
      const founder = await MemberProcess.start({ kind, name: 'founder', flags });
      cluster.members.push(founder);
      await writeMany(cluster, founder, { prefix: 'before' });
      const etcdctl = async (...args: string[]): Promise<string> => {
        const path = realTool('etcdctl') ?? 'etcdctl';
        const done = await run(path, [`--endpoints=${founder.endpoint}`, ...args]);
        assert.equal(done.code, 0, done.stderr);
        return done.stdout;
      };
      const peerPort = await freePort();
      const peerUrl = `--peer-urls=http://127.0.0.1:${peerPort}`;
      const added = await etcdctl('member', 'add', 'newcomer', '--learner', peerUrl);
      const newcomer = await MemberProcess.start({
        kind: 'etcd-ts',
        name: 'newcomer',
        peerPort,
        initialCluster: /ETCD_INITIAL_CLUSTER="([^"]*)"/.exec(added)?.[1] ?? '',
        flags: ['--initial-cluster-state=existing', ...FLAGS],
      });
      cluster.members.push(newcomer);
      await says(newcomer, 'applied snapshot');
      const id = BigInt((await cluster.status(newcomer)).id).toString(16);
      await etcdctl('member', 'promote', id);
      const { applied } = await cluster.status(founder);
      while ((await cluster.status(newcomer)).applied < applied);
      await KV.put(cluster.client(newcomer), bytes('as a voter'), bytes('v'));
      await cluster.equalHash();
      assert.deepEqual(await memberList(cluster, newcomer), await memberList(cluster, founder));
    });
  }
});
