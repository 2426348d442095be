/**
 * A cluster of real etcd becomes one of ours and is real again, member by member as an operator does
 * it, while clients write, watch and keep a lease: they lose nothing.
 */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { ClusterLoad } from '../support/cluster-load.ts';
import { call, type Fields } from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import {
  freePort,
  liveSkipReason,
  MemberProcess,
  type RunResult,
  realTool,
  run,
} from '../support/processes.ts';
import { oracleLine } from './grpc-differences.ts';

type Kind = 'etcd' | 'etcd-ts';

/** How a new member joins, and what becomes of the leadership of the one that it replaces. */
interface Replacement {
  readonly joins: 'learner' | 'voter';
  readonly leads: 'follower' | 'leader, moved' | 'leader, removed';
}

const REPLACEMENTS: readonly Replacement[] = [
  { joins: 'learner', leads: 'follower' },
  { joins: 'voter', leads: 'leader, moved' },
  { joins: 'learner', leads: 'leader, removed' },
];

/** So that members need not be connected for 5 s before each change. */
const FLAGS = ['--strict-reconfig-check=false'];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a cluster under load', { skip: liveSkipReason('etcd', 'etcdctl') }, () => {
  const cluster = new LiveCluster();
  let load: ClusterLoad | undefined;
  after(async () => {
    load?.stop();
    await cluster.dispose();
  });

  it('three real members -> three of ours -> three real ones, and nothing is lost', {
    timeout: 180_000,
  }, async (t) => {
    await startReal();
    load = await ClusterLoad.start(() => cluster.members.map(({ endpoint }) => endpoint));
    await replaceAll('etcd-ts');
    await untilVersion('3.6.0');
    t.diagnostic(`${load.acknowledged} writes when all are ours`);
    const line = await oracleLine();
    const isDowngraded = line !== '3.6';
    if (isDowngraded) {
      await downgrade('ENABLE', line);
      await untilVersion(`${line}.0`);
    }
    await replaceAll('etcd', async () => {
      // Members of 3.5 let no other join while it is enabled; they keep the version down themselves.
      if (isDowngraded) await downgrade('CANCEL');
    });
    t.diagnostic(`${load.acknowledged} writes when all are real again`);
    await load.check();
    await cluster.equalHash();
  });

  async function startReal(): Promise<void> {
    const ports = [await freePort(), await freePort(), await freePort()];
    const initialCluster = ports.map((port, at) => `real${at}=http://127.0.0.1:${port}`).join(',');
    const starting = ports.map((peerPort, at) =>
      MemberProcess.start({
        kind: 'etcd',
        name: `real${at}`,
        peerPort,
        initialCluster,
        flags: FLAGS,
      }),
    );
    cluster.members.push(...(await Promise.all(starting)));
  }

  let named = 0;

  async function replaceAll(
    kind: Kind,
    firstJoined: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const formers = [...cluster.members];
    for (const [at, replacement] of REPLACEMENTS.entries()) {
      const former = formers[at] ?? assert.fail('one for each');
      await leadership(former, replacement.leads !== 'follower');
      await replace(former, kind, replacement);
      if (at === 0) await firstJoined();
    }
  }

  /** Has a member lead, or another one. */
  async function leadership(member: MemberProcess, leads: boolean): Promise<void> {
    const leader = await cluster.leader();
    if ((leader === member) === leads) return;
    const to = leads ? member : cluster.members.find((other) => other !== member);
    assert.ok(to !== undefined);
    await moveLeader(to);
  }

  async function moveLeader(to: MemberProcess): Promise<void> {
    const leader = await cluster.leader();
    await etcdctl(`--endpoints=${leader.endpoint}`, 'move-leader', await hexId(to));
    assert.equal(await cluster.leader(), to);
  }

  async function replace(
    former: MemberProcess,
    kind: Kind,
    { joins, leads }: Replacement,
  ): Promise<void> {
    const name = `new${named++}`;
    const peerPort = await freePort();
    const learner = joins === 'learner' ? ['--learner'] : [];
    const peerURLs = `--peer-urls=http://127.0.0.1:${peerPort}`;
    const added = await etcdctl('member', 'add', name, ...learner, peerURLs);
    const member = await MemberProcess.start({
      kind,
      name,
      peerPort,
      initialCluster: /ETCD_INITIAL_CLUSTER="([^"]*)"/.exec(added)?.[1] ?? '',
      flags: [...FLAGS, '--initial-cluster-state=existing'],
    });
    if (joins === 'learner') await etcdctl('member', 'promote', await hexId(member));
    cluster.members.push(member);
    await equalHashUnderLoad();
    if (leads === 'leader, moved') await moveLeader(member);
    const formerId = await hexId(former);
    cluster.members.splice(cluster.members.indexOf(former), 1);
    await etcdctl('member', 'remove', formerId);
    assert.equal(await former.exited, 0, former.log.slice(-2000));
    await former.dispose();
    await cluster.leader();
  }

  /** Tries again what fails for a moment: while there is no leader, or a learner is behind. */
  async function etcdctl(...args: string[]): Promise<string> {
    let result: RunResult | undefined;
    for (let tries = 0; tries < 20; tries++) {
      const path = realTool('etcdctl') ?? 'etcdctl';
      result = await run(path, [`--endpoints=${cluster.endpoints}`, ...args]);
      if (result.code === 0) return result.stdout;
      await pause(250);
    }
    return assert.fail(`etcdctl ${args.join(' ')}: ${result?.stderr}`);
  }

  async function hexId(member: MemberProcess): Promise<string> {
    return BigInt((await cluster.status(member)).id).toString(16);
  }

  /** The hash at a revision that all members have reached. */
  async function equalHashUnderLoad(): Promise<void> {
    const path = '/etcdserverpb.Maintenance/HashKV';
    const { header } = await call(cluster.client(await cluster.leader()), path, {});
    const { revision } = header as Fields;
    const hashes: string[] = [];
    for (const member of cluster.members) hashes.push(await hashAt(member, String(revision)));
    assert.equal(new Set(hashes).size, 1, hashes.join(', '));
  }

  async function hashAt(member: MemberProcess, revision: string): Promise<string> {
    for (let tries = 0; ; tries++) {
      try {
        const path = '/etcdserverpb.Maintenance/HashKV';
        const { hash } = await call(cluster.client(member), path, { revision });
        return String(hash);
      } catch (error) {
        // It is behind, and the revision in its future.
        if (tries === 200) throw error;
        await pause(25);
      }
    }
  }

  async function downgrade(action: string, version = ''): Promise<void> {
    const client = cluster.client(await cluster.leader());
    await call(client, '/etcdserverpb.Maintenance/Downgrade', { action, version });
  }

  /** Every member works at that version, and stores as it does. */
  async function untilVersion(version: string): Promise<void> {
    const path = '/etcdserverpb.Maintenance/Status';
    let found: string[] = [];
    for (let tries = 0; tries < 400; tries++) {
      const answers = await Promise.all(
        cluster.members.map((member) => call(cluster.client(member), path, {})),
      );
      found = answers.map(({ storageVersion }) => String(storageVersion));
      if (found.every((each) => each === version)) return;
      await pause(25);
    }
    assert.fail(`the members are at ${found.join(', ')}`);
  }
});
