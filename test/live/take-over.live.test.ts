/**
 * Data directories that real etcd leaves behind, dead or stopped at any moment: we go on from each
 * with all that a real etcd has that is started on a copy of it.
 *
 * `TAKE_OVER_ROUNDS` sets how many there are. With the server of `ETCD_BIN_DIR` being of 3.4, its
 * directories are taken over as those of a sole member, and refused otherwise.
 */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { SeededRandom } from '../sim/seeded-random.ts';
import { contentOf } from '../support/bbolt/bbolt-files.ts';
import { withFile } from '../support/bbolt/disk-files.ts';
import { ClusterLoad } from '../support/cluster-load.ts';
import { call, type Fields, grpcClient, KV } from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import { MixedLoad } from '../support/mixed-load.ts';
import {
  etcdctls,
  freePort,
  liveSkipReason,
  type MemberOptions,
  MemberProcess,
  realTool,
  run,
  temporaryFolder,
} from '../support/processes.ts';

const ROUNDS = Number(process.env['TAKE_OVER_ROUNDS'] ?? 3);
const SEED = Number(process.env['SEED'] ?? 1);
const API = '/etcdserverpb.';
const bytes = (text: string): Uint8Array => Buffer.from(text);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const SKIP = liveSkipReason('etcd', 'etcdctl');
const LINE = /3\.\d+/.exec((await run(realTool('etcd') ?? 'etcd', ['--version'])).stdout)?.[0];

/** Where a member has its folder and its ports, whichever server it is. */
type Home = Pick<MemberOptions, 'folder' | 'clientPort' | 'peerPort' | 'flags'> & {
  readonly folder: string;
};

async function must(command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(command, args);
  assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

async function newHome(flags: readonly string[] = []): Promise<Home> {
  const folder = temporaryFolder();
  return { folder, clientPort: await freePort(), peerPort: await freePort(), flags };
}

const STARTING_MS_MAX = 30_000;

async function serving(kind: MemberOptions['kind'], home: Home): Promise<MemberProcess> {
  const member = await MemberProcess.launch({ kind, ...home });
  await member.untilServing(STARTING_MS_MAX);
  return member;
}

/** Users and roles, whose rows have to be in the database: a put behind them sees to that. */
async function addUsers({ endpoint }: MemberProcess): Promise<void> {
  const client = grpcClient(endpoint);
  await call(client, `${API}Auth/RoleAdd`, { name: 'reader' });
  const perm = { permType: 'READ', key: 'key/', rangeEnd: 'key0' };
  await call(client, `${API}Auth/RoleGrantPermission`, { name: 'reader', perm });
  await call(client, `${API}Auth/UserAdd`, { name: 'alice', password: 'secret' });
  await call(client, `${API}Auth/UserGrantRole`, { user: 'alice', role: 'reader' });
  await KV.put(client, bytes('first'), bytes('v'));
  client.close();
  // Longer than the interval in which etcd writes to its database.
  await pause(300);
}

/** All that must be the same, however it was started. */
async function factsOf(member: MemberProcess): Promise<Fields> {
  const client = grpcClient(member.endpoint);
  try {
    const range = { key: Buffer.of(0), rangeEnd: Buffer.of(0) };
    const { header, kvs } = await call(client, `${API}KV/Range`, range);
    const { clusterId, memberId, revision } = header as Fields;
    const { members } = await call(client, `${API}Cluster/MemberList`, {});
    const { alarms } = await call(client, `${API}Maintenance/Alarm`, { action: 'GET' });
    const { leases } = await call(client, `${API}Lease/LeaseLeases`, {});
    const held: Fields[] = [];
    for (const { ID } of leases as Fields[]) {
      const request = { ID, keys: true };
      const { grantedTTL, keys } = await call(client, `${API}Lease/LeaseTimeToLive`, request);
      held.push({ ID, grantedTTL, keys: (keys as Buffer[]).map(String).sort() });
    }
    held.sort((a, b) => Number(a['ID']) - Number(b['ID']));
    const hashes = await hashesOf(member, Number(revision));
    return { clusterId, memberId, revision, kvs, members, alarms, held, hashes };
  } finally {
    client.close();
  }
}

/** Hashes of the whole history, at some revisions of it. */
async function hashesOf({ endpoint }: MemberProcess, revision: number): Promise<Fields[]> {
  const client = grpcClient(endpoint);
  const hashAt = (at: number): Promise<Fields> =>
    call(client, `${API}Maintenance/HashKV`, { revision: String(at) });
  const { compactRevision } = await hashAt(revision);
  const first = Math.max(Number(compactRevision), 1) + 1;
  const hashes: Fields[] = [];
  for (let part = 0; part <= 4 && first <= revision; part++) {
    const at = first + Math.floor(((revision - first) * part) / 4);
    const { hash } = await hashAt(at);
    hashes.push({ at, hash, compactRevision });
  }
  client.close();
  return hashes;
}

const SAME_BUCKETS = ['alarm', 'auth', 'authRoles', 'authUsers', 'lease', 'members'];

/** Rows that no service shows yet, or not all of. */
async function rowsOf(member: MemberProcess): Promise<Fields> {
  const path = join(member.folder, `${process.hrtime.bigint()}.db`);
  const etcdctl = etcdctls()[0] ?? 'etcdctl';
  await must(etcdctl, `--endpoints=${member.endpoint}`, 'snapshot', 'save', path);
  const content = withFile(path, contentOf);
  return Object.fromEntries(SAME_BUCKETS.map((name) => [name, content[name]]));
}

/** What a real etcd says that is started on a copy of what another one left. */
async function askedOfCopy(home: Home): Promise<[facts: Fields, rows: Fields]> {
  const copy = await copied(home);
  const real = await serving('etcd', copy);
  try {
    return [await factsOf(real), await rowsOf(real)];
  } finally {
    await real.dispose();
  }
}

async function copied(home: Home): Promise<Home> {
  const folder = temporaryFolder();
  cpSync(home.folder, folder, { recursive: true });
  const flags = (home.flags ?? []).map((flag) => flag.replace(home.folder, folder));
  return { ...home, folder, flags };
}

const hasDatabase = ({ dataDir }: MemberProcess): boolean =>
  existsSync(join(dataDir, 'member', 'snap', 'db'));

/** Ours has what real etcd has, goes on with it, and starts again. */
async function assertTakenOver(home: Home): Promise<void> {
  const [facts, rows] = await askedOfCopy(home);
  const ours = await serving('etcd-ts', home);
  try {
    assert.deepEqual(await factsOf(ours), facts);
    assert.deepEqual(await rowsOf(ours), rows);
    await assertGoesOn(ours, facts);
    await ours.kill();
    await ours.restart();
    await assertGoesOn(ours, facts, 1);
  } catch (error) {
    throw new Error(`${String(error)}\n${ours.log.slice(-5000)}`, { cause: error });
  } finally {
    await ours.dispose();
  }
}

async function assertGoesOn(ours: MemberProcess, facts: Fields, writes = 0): Promise<void> {
  const client = grpcClient(ours.endpoint);
  const revision = Number(facts['revision']) + writes;
  assert.equal(await KV.revision(client), revision);
  assert.equal(await KV.put(client, bytes('behind'), bytes('v')), revision + 1);
  for (let tries = 0; tries < 100 && hasDatabase(ours); tries++) await pause(20);
  assert.equal(hasDatabase(ours), false, 'the database of etcd is removed');
  const { storageVersion } = await call(client, `${API}Maintenance/Status`, {});
  assert.equal(storageVersion, '3.6.0');
  client.close();
}

describe('a data directory of one real etcd', { skip: SKIP }, () => {
  const random = new SeededRandom(SEED);

  for (let round = 0; round < ROUNDS; round++) {
    const ending = round % 3 === 2 ? 'stopped' : 'killed';
    const label = round % 2 === 0 ? 'with snapshots' : 'with its log elsewhere';

    it(`round ${round}: ${ending} under load, ${label} -> taken over, whole`, async (t) => {
      const home = await newHome();
      const flags = round % 2 === 0 ? ['--snapshot-count=150'] : [`--wal-dir=${home.folder}/wal`];
      const real = await serving('etcd', { ...home, flags });
      await addUsers(real);
      const client = grpcClient(real.endpoint);
      const load = new MixedLoad(client, random);
      const answeredMin = 50 + random.below(700);
      for (let tries = 0; tries < 300 && load.answered < answeredMin; tries++) await pause(10);
      // This one is in the log alone.
      const options = { noPassword: true };
      await call(client, `${API}Auth/UserAdd`, { name: 'bob', options });
      if (ending === 'killed') await real.kill();
      else await real.stop();
      await load.stop();
      client.close();
      t.diagnostic(`${load.answered} requests`);
      await assertTakenOver({ ...home, flags });
    });
  }

  it('that still runs -> refused, and it goes on', async (t) => {
    const real = await serving('etcd', await newHome());
    t.after(() => real.dispose());
    const before = readdirSync(join(real.dataDir, 'member'));
    const ports = await newHome();
    const ours = await MemberProcess.launch({ kind: 'etcd-ts', ...ports, folder: real.folder });
    assert.equal(await ours.exited, 1);
    assert.match(ours.log, /member\/snap\/db is in use by another process: does etcd run\?/);
    assert.deepEqual(readdirSync(join(real.dataDir, 'member')), before);
    await KV.put(grpcClient(real.endpoint), bytes('key'), bytes('v'));
  });

  it('every etcdctl at hand works with it afterwards, alarms included', async (t) => {
    const home = await newHome();
    const real = await serving('etcd', home);
    await addUsers(real);
    const client = grpcClient(real.endpoint);
    const alarm = { action: 'ACTIVATE', memberID: '77', alarm: 'NOSPACE' };
    await call(client, `${API}Maintenance/Alarm`, alarm);
    client.close();
    await real.kill();
    const ours = await serving('etcd-ts', home);
    t.after(() => ours.dispose());
    for (const [at, etcdctl] of etcdctls().entries()) {
      const ctl = (...args: string[]): Promise<string> =>
        must(etcdctl, `--endpoints=${ours.endpoint}`, ...args);
      if (at === 0) assert.equal(await ctl('alarm', 'list'), 'memberID:77 alarm:NOSPACE \n');
      await ctl('alarm', 'disarm');
      assert.match(await ctl('get', 'first'), /^first\nv\n$/);
      assert.match(await ctl('put', 'second', 'w'), /^OK\n$/);
      assert.match(await ctl('member', 'list'), /, started, default, http/);
      await ctl('endpoint', 'status');
      await ctl('endpoint', 'hashkv');
      await ctl('lease', 'list');
    }
  });
});

const IN_CLUSTERS = SKIP !== false ? SKIP : LINE === '3.4' && 'clusters of 3.4 are refused';

describe('data directories of a real cluster', { skip: IN_CLUSTERS }, () => {
  const cluster = new LiveCluster();
  const homes: (Home & { readonly name: string; readonly initialCluster: string })[] = [];
  let load: ClusterLoad | undefined;
  after(async () => {
    load?.stop();
    await cluster.dispose();
  });

  async function startReal(): Promise<void> {
    for (let at = 0; at < 3; at++) {
      homes.push({ ...(await newHome(FLAGS)), name: `m${at}`, initialCluster: '' });
    }
    const initialCluster = homes
      .map(({ name, peerPort }) => `${name}=http://127.0.0.1:${peerPort}`)
      .join();
    for (const [at, home] of homes.entries()) homes[at] = { ...home, initialCluster };
    cluster.members.push(...(await Promise.all(homes.map((home) => serving('etcd', home)))));
  }

  it('three members, one after the other, under load -> nothing is lost, all are who they were', {
    timeout: 120_000,
  }, async (t) => {
    await startReal();
    const [first] = cluster.members;
    assert.ok(first !== undefined);
    const before = await call(cluster.client(first), `${API}Cluster/MemberList`, {});
    load = await ClusterLoad.start(() => cluster.members.map(({ endpoint }) => endpoint));
    for (const [at, home] of homes.entries()) {
      const former = cluster.members[at] ?? assert.fail('one for each');
      await pause(1000);
      if (at === 1) await former.stop();
      else await former.kill();
      const ours = await serving('etcd-ts', home);
      cluster.members[at] = ours;
      t.diagnostic(`${load.acknowledged} writes with ${at + 1} of ours`);
    }
    await load.check();
    await cluster.equalHash();
    const [one] = cluster.members;
    assert.ok(one !== undefined);
    const { members } = await call(cluster.client(one), `${API}Cluster/MemberList`, {});
    assert.deepEqual(members, before['members']);
    for (const member of cluster.members) assert.equal(hasDatabase(member), false);
  });

  it('one of three that are lost, with --force-new-cluster -> alone, as etcd would be', async (t) => {
    const lost = await LiveCluster.start(3, { kind: 'etcd' });
    t.after(() => lost.dispose());
    const [survivor] = lost.members;
    assert.ok(survivor !== undefined);
    const client = lost.client(survivor);
    for (let n = 0; n < 50; n++) await KV.put(client, bytes(`k${n}`), bytes('v'));
    await Promise.all(lost.members.map((member) => member.kill()));
    const { folder } = survivor;
    const home = { ...(await newHome(['--force-new-cluster'])), folder };
    // Its last entries are lost to both, if it had not heard that they are committed.
    const [facts] = await askedOfCopy(home);
    const forced = await serving('etcd-ts', home);
    t.after(() => forced.kill());
    assert.deepEqual(await factsOf(forced), facts);
    assert.equal((facts['members'] as Fields[]).length, 1);
    assert.ok(Number(facts['revision']) > 40);
  });
});

const FLAGS = ['--snapshot-count=100'];

describe('a data directory of one of several of 3.4', {
  skip: SKIP !== false || LINE !== '3.4',
}, () => {
  it('-> refused, as the others could not go on with us', async (t) => {
    const cluster = await LiveCluster.start(3, { kind: 'etcd' });
    t.after(() => cluster.dispose());
    const [member] = cluster.members;
    assert.ok(member !== undefined);
    await pause(6000);
    await Promise.all(cluster.members.map((each) => each.kill()));
    const ours = await MemberProcess.launch({
      kind: 'etcd-ts',
      ...(await newHome()),
      folder: member.folder,
    });
    assert.equal(await ours.exited, 1);
    assert.match(
      ours.log,
      /has 3 members and is at 3\.4\.0: upgrade all of them to etcd 3\.5 first/,
    );
  });
});
