/**
 * Auth in a cluster of two real members and one of ours: whatever commands and requests of users
 * run through any of them, with the tokens of any, all three have the same users, roles and keys
 * afterwards. `SEED=` and `STEPS=` try other and longer histories.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import { SeededRandom } from '../sim/seeded-random.ts';
import { AuthWorkload, auth, passwordOf, type Step } from '../support/auth/auth-workload.ts';
import { storedAuth } from '../support/auth/stored-auth.ts';
import { type CallError, call, type Fields } from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import { freePort, liveSkipReason, MemberProcess } from '../support/processes.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_120);
const STEPS = Number(process.env['STEPS'] ?? 600);
const ROUNDS = 3;

async function mixedCluster(): Promise<LiveCluster> {
  const cluster = new LiveCluster();
  const ports = [await freePort(), await freePort(), await freePort()];
  const initialCluster = ports.map((port, at) => `m${at}=http://127.0.0.1:${port}`).join(',');
  const starting = ports.map((peerPort, at) =>
    MemberProcess.start({
      kind: at === 2 ? 'etcd-ts' : 'etcd',
      name: `m${at}`,
      peerPort,
      initialCluster,
      flags: ['--bcrypt-cost=4'],
    }),
  );
  const started = await Promise.allSettled(starting);
  for (const one of started) if (one.status === 'fulfilled') cluster.members.push(one.value);
  if (cluster.members.length === ports.length) return cluster;
  await cluster.dispose();
  return assert.fail('a member did not start');
}

async function lead(cluster: LiveCluster, member: MemberProcess): Promise<void> {
  const [leader, { id }] = [await cluster.leader(), await cluster.status(member)];
  if (leader === member) return;
  const path = '/etcdserverpb.Maintenance/MoveLeader';
  await call(cluster.client(leader), path, { targetID: id });
  assert.equal(await cluster.leader(), member);
}

async function sameRows(cluster: LiveCluster, ...flags: string[]): Promise<void> {
  const stored = cluster.members.map((member) => storedAuth(member, ...flags));
  const [first, ...others] = await Promise.all(stored);
  assert.ok(first !== undefined && first.length > 3);
  for (const other of others) assert.deepEqual(other, first);
}

class Run {
  readonly #cluster: LiveCluster;
  readonly #random: SeededRandom;
  readonly #workload: AuthWorkload;
  readonly #tokens = new Map<string, string>();
  /** How often each answer came: `OK`, or the text of an error. */
  readonly answers = new Map<string, number>();

  constructor(cluster: LiveCluster, seed: number) {
    this.#cluster = cluster;
    this.#random = new SeededRandom(seed);
    this.#workload = new AuthWorkload(this.#random);
  }

  /** Through one of the members; the answer, or undefined when it was refused. */
  async #send({ path, request }: Step, user?: string): Promise<Fields | undefined> {
    const member = this.#random.pick(this.#cluster.members);
    const metadata = new Metadata();
    const token = user === undefined ? undefined : this.#tokens.get(user);
    if (token !== undefined) metadata.set('token', token);
    let told = 'OK';
    let answer: Fields | undefined;
    try {
      answer = await call(this.#cluster.client(member), path, request, metadata);
    } catch (error) {
      told = (error as CallError).details;
    }
    this.answers.set(told, (this.answers.get(told) ?? 0) + 1);
    return answer;
  }

  async #login(user: string): Promise<void> {
    const step = auth('Authenticate', { name: user, password: passwordOf(user) });
    const answer = await this.#send(step);
    if (answer !== undefined) this.#tokens.set(user, String(answer['token']));
  }

  async prepare(): Promise<void> {
    await this.#send(auth('UserAdd', { name: 'root', password: passwordOf('root') }));
    await this.#send(auth('RoleAdd', { name: 'root' }));
    await this.#send(auth('UserGrantRole', { user: 'root', role: 'root' }));
    for (let n = 0; n < 40; n++) await this.#send(this.#workload.command());
  }

  /** While auth is on: root changes users and roles, and users do what they may and may not. */
  async play(steps: number): Promise<void> {
    await this.#send(auth('AuthEnable'));
    await this.#login('root');
    for (let step = 0; step < steps; step++) {
      const draw = this.#random.below(20);
      const user = this.#random.pick(this.#workload.users);
      if (draw < 4) await this.#send(this.#workload.command(), 'root');
      else if (draw < 7) await this.#login(user);
      else if (draw === 7) await this.#send(this.#workload.command(), user);
      else if (draw === 8) await this.#send(this.#workload.request(), 'root');
      else await this.#send(this.#workload.request(), user);
    }
  }

  /** A key whose lease ends while auth is on: who leads revokes it in the name of root. */
  async seeLeaseEnd(): Promise<void> {
    await this.#send(auth('AuthEnable'));
    await this.#login('root');
    const key = 'leased';
    await this.#send(
      { path: '/etcdserverpb.Lease/LeaseGrant', request: { ID: '99', TTL: 2 } },
      'root',
    );
    await this.#send({ path: '/etcdserverpb.KV/Put', request: { key, lease: '99' } }, 'root');
    for (let tries = 0; tries < 100; tries++) {
      const request = { key, countOnly: true };
      const answer = await this.#send({ path: '/etcdserverpb.KV/Range', request }, 'root');
      if (answer?.['count'] === '0') return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.fail('the lease never ended');
  }

  async disable(): Promise<void> {
    assert.ok((await this.#send(auth('AuthDisable'), 'root')) !== undefined);
    this.#tokens.clear();
  }
}

describe('auth in a mixed cluster', { skip: liveSkipReason('etcd', 'etcdctl') }, () => {
  it(`commands and requests through any member -> the same rows everywhere (SEED=${SEED})`, {
    timeout: 180_000,
  }, async (t) => {
    const cluster = await mixedCluster();
    try {
      const run = new Run(cluster, SEED);
      await run.prepare();
      const [, , ours] = cluster.members;
      assert.ok(ours !== undefined);
      await lead(cluster, ours);
      await run.seeLeaseEnd();
      await run.disable();
      for (let round = 0; round < ROUNDS; round++) {
        await run.play(STEPS / ROUNDS);
        await sameRows(cluster, `--user=root:${passwordOf('root')}`);
        await run.disable();
        await cluster.equalHash();
        await sameRows(cluster);
      }
      t.diagnostic(JSON.stringify(Object.fromEntries(run.answers)));
      for (const told of ['OK', 'etcdserver: permission denied']) {
        assert.ok((run.answers.get(told) ?? 0) > STEPS / 10, told);
      }
    } finally {
      await cluster.dispose();
    }
  });
});
