/**
 * The state of one member is altered while it is stopped, and the others find out: members of ours
 * and of real etcd, each as the one that looks and as the one that is wrong.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Alteration, alterOurs, alterReal } from '../support/altered-state.ts';
import { call, type Fields, KV } from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import { freePort, liveSkipReason, MemberProcess, realTool, run } from '../support/processes.ts';

type Kind = 'etcd' | 'etcd-ts';

/** The names of 3.5, which 3.6 takes, too. */
const PERIODIC = ['--experimental-corrupt-check-time=300ms'];
const BY_COMPACTION = [
  '--experimental-compact-hash-check-enabled=true',
  '--experimental-compact-hash-check-time=300ms',
];
/** Real etcd knows the other members only where it finds them in a snapshot. */
const INITIAL = ['--experimental-initial-corrupt-check=true', '--snapshot-count=10'];

const TO_WRONG: Alteration = { from: 'genuine-2', to: 'altered-2' };
const TO_RIGHT: Alteration = { from: 'altered-2', to: 'genuine-2' };

const bytes = (text: string): Uint8Array => Buffer.from(text);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

class TestedCluster extends LiveCluster {
  readonly kinds: readonly Kind[];

  private constructor(kinds: readonly Kind[]) {
    super();
    this.kinds = kinds;
  }

  /** A cluster that holds something, led by its first member. */
  static async of(kinds: readonly Kind[], flags: readonly string[]): Promise<TestedCluster> {
    const cluster = new TestedCluster(kinds);
    const ports: number[] = [];
    for (const _ of kinds) ports.push(await freePort());
    const initialCluster = ports.map((port, at) => `m${at}=http://127.0.0.1:${port}`).join(',');
    const starting = kinds.map((kind, at) =>
      MemberProcess.start({
        kind,
        name: `m${at}`,
        peerPort: ports[at] ?? 0,
        initialCluster,
        flags,
      }),
    );
    for (const started of await Promise.allSettled(starting)) {
      if (started.status === 'fulfilled') cluster.members.push(started.value);
    }
    assert.equal(cluster.members.length, kinds.length);
    for (let n = 0; n < 30; n++) {
      await KV.put(
        cluster.client(cluster.member(n % 3)),
        bytes(`k${n % 10}`),
        bytes(`genuine-${n}`),
      );
    }
    await cluster.lead(0);
    await cluster.equalHash();
    return cluster;
  }

  member(at: number): MemberProcess {
    const member = this.members[at];
    assert.ok(member !== undefined);
    return member;
  }

  async lead(at: number): Promise<void> {
    const leader = await this.leader();
    if (leader === this.member(at)) return;
    const { id } = await this.status(this.member(at));
    const to = BigInt(id).toString(16);
    const ctl = realTool('etcdctl') ?? 'etcdctl';
    const moved = await run(ctl, [`--endpoints=${leader.endpoint}`, 'move-leader', to]);
    assert.equal(moved.code, 0, moved.stderr);
    assert.equal(await this.leader(), this.member(at));
  }

  /** Stops the member, alters its state, and starts its process again. */
  async alter(at: number, alteration: Alteration = TO_WRONG): Promise<void> {
    const member = this.member(at);
    await member.stop();
    if (this.kinds[at] === 'etcd') alterReal(member.dataDir, alteration);
    else await alterOurs(member.dataDir, alteration);
    member.spawn();
  }

  async compact(): Promise<void> {
    const client = this.client(this.member(0));
    const revision = await KV.revision(client);
    await call(client, '/etcdserverpb.KV/Compact', { revision, physical: true });
  }

  /** The members that a CORRUPT alarm names, as soon as there are some. */
  async alarmed(): Promise<string[]> {
    for (let tries = 0; tries < 400; tries++) {
      const answer = await call(this.client(this.member(0)), '/etcdserverpb.Maintenance/Alarm', {});
      const alarms = answer['alarms'] as Fields[];
      if (alarms.length > 0) {
        for (const { alarm } of alarms) assert.equal(alarm, 'CORRUPT');
        return alarms.map(({ memberID }) => String(memberID));
      }
      await pause(25);
    }
    return assert.fail(`no alarm; the leader says:\n${this.member(0).log.slice(-4000)}`);
  }

  /** Nothing is written any more, through any member, and health says why. */
  async assertRefusing(): Promise<void> {
    for (const member of this.members) {
      await this.#untilAnswering(member);
      await assert.rejects(KV.put(this.client(member), bytes('k'), bytes('v')), {
        code: 15,
        details: 'etcdserver: corrupt cluster',
      });
      const health = await fetch(`http://${member.endpoint}/health`);
      assert.equal(health.status, 503);
      assert.match(await health.text(), /"reason":"ALARM CORRUPT"/);
    }
  }

  async #untilAnswering(member: MemberProcess): Promise<void> {
    const until = Date.now() + 20_000;
    for (;;) {
      try {
        if ((await this.status(member)).leader !== '0') return;
      } catch (error) {
        if (Date.now() > until) throw error;
      }
      await pause(50);
    }
  }
}

const skip = liveSkipReason('etcd', 'etcdctl');
const TIME = { timeout: 60_000 };

describe('corruption', { skip }, () => {
  async function altered(
    kinds: readonly Kind[],
    flags: readonly string[],
    alteration: (cluster: TestedCluster) => Promise<void>,
  ): Promise<void> {
    const cluster = await TestedCluster.of(kinds, flags);
    try {
      await alteration(cluster);
    } finally {
      await cluster.dispose();
    }
  }

  // Real etcd 3.5 finds what we find, and never says which member it is.
  const periodic: readonly (readonly [Kind[], 'the follower' | 'nobody'])[] = [
    [['etcd-ts', 'etcd-ts', 'etcd-ts'], 'the follower'],
    [['etcd-ts', 'etcd', 'etcd'], 'the follower'],
    [['etcd', 'etcd-ts', 'etcd-ts'], 'nobody'],
  ];
  for (const [kinds, named] of periodic) {
    it(`periodic check, ${kinds.join(', ')} -> the alarm of ${named}`, TIME, () =>
      altered(kinds, PERIODIC, async (cluster) => {
        const { id } = await cluster.status(cluster.member(1));
        await cluster.alter(1);
        assert.deepEqual(await cluster.alarmed(), [named === 'nobody' ? '0' : id]);
        await cluster.assertRefusing();
      }),
    );
  }

  const compactions: readonly (readonly [Kind[], number, 'it' | 'nobody'])[] = [
    [['etcd-ts', 'etcd-ts', 'etcd'], 2, 'it'],
    [['etcd-ts', 'etcd-ts', 'etcd'], 0, 'it'],
    [['etcd', 'etcd-ts', 'etcd-ts'], 1, 'nobody'],
  ];
  for (const [kinds, wrong, named] of compactions) {
    const title = `member ${wrong} of ${kinds.join(', ')} is wrong -> the alarm of ${named}`;
    it(`check by compactions, ${title}`, TIME, () =>
      altered(kinds, BY_COMPACTION, async (cluster) => {
        const { id } = await cluster.status(cluster.member(wrong));
        await cluster.alter(wrong);
        await cluster.member(wrong).untilServing();
        await cluster.lead(0);
        await cluster.compact();
        assert.deepEqual(await cluster.alarmed(), [named === 'nobody' ? '0' : id]);
        await cluster.assertRefusing();
      }),
    );
  }

  it(
    'initial check of ours and of a real member -> each refuses to start; unaltered, it starts',
    TIME,
    () =>
      altered(['etcd-ts', 'etcd-ts', 'etcd'], INITIAL, async (cluster) => {
        for (const at of [1, 2]) {
          const member = cluster.member(at);
          const { id } = await cluster.status(member);
          await member.stop();
          await member.restart();
          assert.match(member.log, /initial corruption checking passed; no corruption/);
          await cluster.alter(at);
          assert.equal(await member.exited, 1);
          const refusal = `${BigInt(id).toString(16)} found data inconsistency with peers`;
          assert.ok(member.log.includes(refusal), member.log.slice(-3000));
          assert.match(member.log, /found different hash values from remote peer/);
          // So that the other one is compared with members that are well.
          await cluster.alter(at, TO_RIGHT);
          await member.untilServing();
        }
      }),
  );
});
