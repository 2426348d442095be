/**
 * The same commands and requests, by root, by users and by nobody, to a real member and to one of
 * ours: the same answers, errors by code and text. `SEED=` and `STEPS=` try other and longer
 * histories.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import { SeededRandom } from '../sim/seeded-random.ts';
import { AuthWorkload, auth, passwordOf, type Step } from '../support/auth/auth-workload.ts';
import { storedAuth } from '../support/auth/stored-auth.ts';
import {
  type CallError,
  call,
  type Fields,
  type GrpcClient,
  grpcClient,
} from '../support/grpc-client.ts';
import { liveSkipReason, MemberProcess } from '../support/processes.ts';
import { oracleLine } from './grpc-differences.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_121);
const STEPS = Number(process.env['STEPS'] ?? 900);
const FLAGS = ['--bcrypt-cost=4'];
const API = '/etcdserverpb.';

/** One member and the tokens that it has given. */
class Side {
  readonly member: MemberProcess;
  readonly #client: GrpcClient;
  readonly #tokens = new Map<string, string>();

  constructor(member: MemberProcess) {
    this.member = member;
    this.#client = grpcClient(member.endpoint);
  }

  async send({ path, request }: Step, user: string | undefined): Promise<unknown> {
    const metadata = new Metadata();
    const token = user === undefined ? undefined : this.#tokens.get(user);
    if (token !== undefined) metadata.set('token', token);
    try {
      const { header, token: given, ...rest } = await call(this.#client, path, request, metadata);
      if (given !== undefined) this.#tokens.set(request['name'] as string, given as string);
      return { ...rest, revision: (header as Fields | undefined)?.['revision'] };
    } catch (error) {
      const { code, details } = error as CallError;
      return `${code} ${details}`;
    }
  }

  setToken(user: string, token: string): void {
    this.#tokens.set(user, token);
  }

  close(): void {
    this.#client.close();
  }
}

/** What is asked beside keys and users: every method that looks at who calls. */
const OTHERS: readonly Step[] = [
  { path: `${API}KV/Compact`, request: { revision: '1' } },
  { path: `${API}Lease/LeaseLeases`, request: {} },
  { path: `${API}Lease/LeaseTimeToLive`, request: { ID: '11', keys: true } },
  { path: `${API}Lease/LeaseTimeToLive`, request: { ID: '12', keys: false } },
  { path: `${API}Cluster/MemberList`, request: {} },
  { path: `${API}Cluster/MemberRemove`, request: { ID: '1' } },
  { path: `${API}Cluster/MemberPromote`, request: { ID: '1' } },
  { path: `${API}Maintenance/Alarm`, request: { action: 'GET' } },
  {
    path: `${API}Maintenance/Alarm`,
    request: { action: 'DEACTIVATE', memberID: '1', alarm: 'NOSPACE' },
  },
  { path: `${API}Maintenance/HashKV`, request: {} },
  { path: `${API}Maintenance/Hash`, request: {} },
  { path: `${API}Maintenance/Status`, request: {} },
  { path: `${API}Maintenance/Defragment`, request: {} },
  { path: `${API}Maintenance/MoveLeader`, request: { targetID: '1' } },
  { path: `${API}Auth/AuthStatus`, request: {} },
  { path: `${API}Auth/UserList`, request: {} },
  { path: `${API}Auth/RoleList`, request: {} },
  { path: `${API}Auth/UserGet`, request: { name: 'ann' } },
  { path: `${API}Auth/UserGet`, request: { name: 'root' } },
  { path: `${API}Auth/RoleGet`, request: { role: 'read' } },
  { path: `${API}Auth/RoleGet`, request: { role: 'nothing' } },
];

/** Answers that hold sizes, ids or hashes of their own: only whether there is one counts. */
const OWN = /MemberList|Status$|Maintenance\/Hash$|HashKV|Defragment|LeaseTimeToLive/;

describe('auth against real etcd', { skip: liveSkipReason('etcd', 'etcdctl') }, () => {
  let real: Side;
  let ours: Side;
  before(async () => {
    const [first, second] = await Promise.all([
      MemberProcess.start({ kind: 'etcd', flags: FLAGS }),
      MemberProcess.start({ kind: 'etcd-ts', flags: FLAGS }),
    ]);
    real = new Side(first);
    ours = new Side(second);
  });
  after(async () => {
    for (const side of [real, ours]) {
      side.close();
      await side.member.dispose();
    }
  });

  it(`commands and requests -> the same answers and rows (SEED=${SEED})`, {
    timeout: 180_000,
  }, async (t) => {
    const random = new SeededRandom(SEED);
    const workload = new AuthWorkload(random);
    const answers = new Map<string, number>();
    const line = await oracleLine();
    const same = async (step: Step, user?: string): Promise<void> => {
      const [expected, got] = await Promise.all([real.send(step, user), ours.send(step, user)]);
      const isOwn = OWN.test(step.path) && !step.path.includes('Auth/');
      const told = (answer: unknown): unknown =>
        isOwn && typeof answer === 'object' ? 'an answer' : answer;
      // Before 3.6.12 and 3.6.9, anyone could ask for these.
      const isOpen = line === '3.5' && /Maintenance\/Status|KV\/Compact/.test(step.path);
      if (!isOpen) {
        const [ourWord, itsWord] = [told(got), told(expected)].map((one) => inWords(one, line));
        assert.deepEqual(ourWord, itsWord, `${user}: ${JSON.stringify(step)}`);
      }
      const kind = typeof expected === 'string' ? expected : 'OK';
      answers.set(kind, (answers.get(kind) ?? 0) + 1);
    };
    const login = (user: string): Promise<void> =>
      same(auth('Authenticate', { name: user, password: passwordOf(user) }));

    for (const other of OTHERS) await same(other);
    await login('root');
    await same(auth('AuthEnable'));
    await same(auth('UserAdd', { name: 'root', password: passwordOf('root') }));
    await same(auth('AuthEnable'));
    await same(auth('UserGrantRole', { user: 'root', role: 'root' }));
    for (let n = 0; n < 60; n++) await same(workload.command());
    await same(auth('AuthEnable'));
    await login('root');
    await same(auth('Authenticate', { name: 'root', password: 'wrong' }));
    await same(auth('Authenticate', { name: 'nobody', password: 'wrong' }));
    for (const side of [real, ours]) side.setToken('forger', 'forged');
    for (const other of OTHERS) {
      for (const user of ['root', 'ann', 'forger', undefined]) await same(other, user);
    }
    for (let step = 0; step < STEPS; step++) {
      const draw = random.below(20);
      const user = random.pick(workload.users);
      if (draw < 4) await same(workload.command(), 'root');
      else if (draw < 7) await login(user);
      else if (draw === 7) await same(workload.command(), user);
      else if (draw === 8)
        await same(workload.request(), random.pick(['root', 'forger', undefined]));
      else if (draw === 9) await same(random.pick(OTHERS), user);
      else await same(workload.request(), user);
    }
    await same(auth('UserDelete', { name: 'root' }), 'root');
    await same(auth('UserChangePassword', { name: 'root', password: passwordOf('root') }), 'root');
    await same(auth('AuthDisable'), 'root');
    await login('root');
    await same(auth('AuthDisable'), 'root');
    const [expected, got] = await Promise.all([storedAuth(real.member), storedAuth(ours.member)]);
    assert.deepEqual(got.map(withoutHash), expected.map(withoutHash));
    t.diagnostic(JSON.stringify(Object.fromEntries(answers)));
  });
});

/** Members of 3.5 tell some refusals of Maintenance as they are inside: without code and prefix. */
function inWords(answer: unknown, line: string): unknown {
  return line === '3.5' && typeof answer === 'string'
    ? answer.replace(/^(2 auth|\d+ etcdserver): /, '')
    : answer;
}

/** bcrypt hashes begin with kind and cost, and are of 60 bytes: 7 for these, and a random rest. */
function withoutHash(row: string): string {
  return row.replace(/(123c24326124303424)[0-9a-f]{106}/, '$1');
}
