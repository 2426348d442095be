/**
 * `etcdutl-ts` beside real etcdutl: the same command lines on the same files have the same outcome,
 * and restore the same directories; real etcd starts on them. `SEED=` makes other content.
 */
import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { crc32c } from '../../src/base/crc32c.ts';
import { BboltCheck } from '../../src/bbolt/index.ts';
import { Snapshot, SnapshotFile } from '../../src/pb/index.ts';
import { SeededRandom } from '../sim/seeded-random.ts';
import { contentOf } from '../support/bbolt/bbolt-files.ts';
import { withFile } from '../support/bbolt/disk-files.ts';
import { call, type Fields, type GrpcClient, grpcClient, KV } from '../support/grpc-client.ts';
import {
  freePort,
  liveSkipReason,
  MemberProcess,
  realTool,
  run,
  temporaryFolder,
} from '../support/processes.ts';
import { comparable, isKnownDifference, type Outcome } from './etcdutl-differences.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_120);
const API = '/etcdserverpb.';
const DIST = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const OURS: readonly string[] = [process.execPath, join(DIST, 'bin', 'etcdutl-ts.js')];
const REAL: readonly string[] = [realTool('etcdutl') ?? 'etcdutl'];
/** Time for commands on a machine that is busy. */
const TIMEOUT_MS = 60_000;

const bytes = (text: string): Uint8Array => Buffer.from(text);
/** Runs a shell's words, in `folder`. */
const inFolder = async (folder: string, tool: readonly string[], line: string): Promise<Outcome> =>
  run('sh', ['-c', `cd "$0" && exec "$@" ${line}`, folder, ...tool], { timeoutMs: TIMEOUT_MS });

/** Empty, large and binary content, tombstones, history that is compacted, leases. */
async function fill(client: GrpcClient, random: SeededRandom): Promise<void> {
  const someBytes = (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => random.below(256));
  const keys = Array.from({ length: 300 }, () => someBytes(1 + random.below(40)));
  await call(client, `${API}Lease/LeaseGrant`, { ID: '77', TTL: '36000' });
  for (let n = 0; n < 2000; n += 100) {
    await Promise.all(
      Array.from({ length: 100 }, () => {
        const key = random.pick(keys);
        if (random.chance(150)) return call(client, `${API}KV/DeleteRange`, { key });
        const lease = random.chance(100) ? '77' : '0';
        const value = someBytes(random.chance(200) ? 0 : random.below(2000));
        return call(client, `${API}KV/Put`, { key, value, lease });
      }),
    );
    if (n === 1000) {
      const revision = String((await KV.revision(client)) - random.below(200));
      await call(client, `${API}KV/Compact`, { revision, physical: true });
    }
  }
  for (let n = 0; n < 2; n++) await KV.put(client, bytes(`large${n}`), Buffer.alloc(1_400_000, n));
}

async function addAccounts(client: GrpcClient): Promise<void> {
  await call(client, `${API}Auth/RoleAdd`, { name: 'reader' });
  await call(client, `${API}Auth/UserAdd`, { name: 'alice', password: 'secret' });
  await call(client, `${API}Auth/UserGrantRole`, { user: 'alice', role: 'reader' });
}

/** What must be the same after a restore, users and roles aside. */
async function keyState(client: GrpcClient): Promise<Fields> {
  const { hash, compactRevision } = await call(client, `${API}Maintenance/HashKV`, {});
  const { leases } = await call(client, `${API}Lease/LeaseLeases`, {});
  const ttl = await call(client, `${API}Lease/LeaseTimeToLive`, { ID: '77', keys: true });
  const revision = await KV.revision(client);
  const keys = (ttl['keys'] as unknown[]).map(String).sort(compareText);
  return { hash, compactRevision, leases, ttl: ttl['grantedTTL'], keys, revision };
}

async function state(endpoint: string): Promise<Fields> {
  const client = grpcClient(endpoint);
  try {
    const { users } = await call(client, `${API}Auth/UserList`, {});
    const { roles } = await call(client, `${API}Auth/UserGet`, { name: 'alice' });
    return { ...(await keyState(client)), users, roles };
  } finally {
    client.close();
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : 1;
}

async function must(folder: string, tool: readonly string[], line: string): Promise<string> {
  const { code, stdout, stderr } = await inFolder(folder, tool, line);
  assert.equal(code, 0, `${line}: ${stderr}`);
  return stdout;
}

/** Database, log and snapshot of a restored directory. */
function directory(path: string): Fields {
  const snap = join(path, 'member', 'snap');
  const wal = join(path, 'member', 'wal');
  const name = readdirSync(snap).find((file) => file.endsWith('.snap')) ?? '';
  const file = SnapshotFile.decode(new Uint8Array(readFileSync(join(snap, name))));
  const data = file.data ?? new Uint8Array(0);
  assert.equal(crc32c(data), file.crc);
  const { metadata, data: store } = Snapshot.decode(data);
  return {
    name,
    metadata,
    members: raftAttributes(JSON.parse(Buffer.from(store ?? []).toString()) as V2Document),
    content: withFile(join(snap, 'db'), contentOf),
    // The log must not differ in a single byte.
    wal: readdirSync(wal).map((segment) => [
      segment,
      crc32c(new Uint8Array(readFileSync(join(wal, segment)))),
      statSync(join(wal, segment)).size,
    ]),
  };
}

interface V2Node {
  readonly Value: string;
  readonly Children: Readonly<Record<string, V2Node>> | null;
}

interface V2Document {
  readonly Root: V2Node;
}

/** Beside them ours has names, and etcd's the history and the counts of its operations. */
function raftAttributes({ Root }: V2Document): [string, string | undefined][] {
  const members = Root.Children?.['0']?.Children?.['members']?.Children ?? {};
  return Object.entries(members).map(([id, { Children }]) => [
    id,
    Children?.['raftAttributes']?.Value,
  ]);
}

const LINES: readonly string[] = [
  '',
  'help',
  'help nope',
  'help snapshot status',
  'help snapshot nope',
  'help --help',
  '-h version',
  'version a b',
  '-wxx version',
  'snapshot',
  'snapshot nope',
  'snapshot status --help',
  'snapshot restore -h',
  'defrag --help',
  'nope',
  'snapsht',
  '--nope',
  'sn st --nope',
  'sn st -rev 3',
  'snapshot status -w',
  'snapshot status',
  'snapshot status a b',
  'snapshot status missing',
  'snapshot -w=xx status missing',
  'snapshot status whole.db',
  'snapshot status whole.db -w table',
  'snapshot status whole.db -w json',
  'snapshot status whole.db -w fields',
  'snapshot status whole.db -w protobuf',
  'snapshot status whole.db -w nope',
  'snapshot status plain.db -w json',
  'snapshot status empty.db',
  'snapshot status tiny.db',
  'snapshot status tiny2.db',
  'snapshot status cut.db',
  'snapshot status folder',
  'snapshot restore',
  'snapshot restore x --bump-revision 5',
  'snapshot restore x --mark-compacted',
  'snapshot restore x --skip-hash-check=maybe',
  'snapshot restore whole.db --name foo',
  ...[
    'missing',
    'empty.db',
    'tiny.db',
    'tiny2.db',
    'folder',
    'plain.db',
    'cut.db',
    'damaged.db',
    'whole.db --name foo',
    'whole.db --wal-dir folder',
    'whole.db --initial-cluster foo',
    'whole.db --initial-cluster default=localhost:2380',
    "whole.db --initial-cluster ''",
    'whole.db --initial-advertise-peer-urls http://localhost:9999',
    'whole.db --initial-advertise-peer-urls zzz',
    'whole.db --initial-advertise-peer-urls http://localhost:2380,http://localhost:2380',
    'whole.db --initial-cluster default=http://localhost:2380,b=http://localhost:2380',
  ].map((rest) => `snapshot restore --data-dir new ${rest}`),
  'snapshot restore whole.db --data-dir folder/..',
  'defrag',
  'defrag --data-dir=missing',
  'hashkv',
  'completion nope',
];

const THREE = '--initial-cluster a=http://localhost:2380,b=http://localhost:3380,c=http://h:1';
const RESTORES: readonly string[] = [
  'whole.db',
  'plain.db --skip-hash-check',
  `whole.db ${THREE} --name b --initial-advertise-peer-urls http://localhost:3380`,
  'whole.db --bump-revision 1000 --mark-compacted --initial-cluster-token other',
];

const SKIP = liveSkipReason('etcd', 'etcdctl', 'etcdutl');

describe('etcdutl-ts beside etcdutl', { skip: SKIP }, () => {
  const folder = temporaryFolder();
  const path = (name: string): string => join(folder, name);
  let expected: Fields;

  before(async () => {
    const member = await MemberProcess.start({ kind: 'etcd' });
    try {
      const client = grpcClient(member.endpoint);
      await fill(client, new SeededRandom(SEED));
      await addAccounts(client);
      client.close();
      expected = await state(member.endpoint);
      const etcdctl = [realTool('etcdctl') ?? 'etcdctl', `--endpoints=${member.endpoint}`];
      await must(folder, etcdctl, 'snapshot save whole.db');
      await member.stop();
      copyFileSync(join(member.dataDir, 'member', 'snap', 'db'), path('plain.db'));
    } finally {
      await member.dispose();
    }
    const whole = readFileSync(path('whole.db'));
    whole[100_000] = (whole[100_000] ?? 0) ^ 1;
    writeFileSync(path('damaged.db'), whole);
    for (const [name, size] of [
      ['empty.db', 0],
      ['tiny.db', 100],
      ['tiny2.db', 10],
      ['cut.db', 200_000],
    ] as const) {
      copyFileSync(path('whole.db'), path(name));
      truncateSync(path(name), size);
    }
    mkdirSync(path('folder'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('the same outcome of every command line', async () => {
    for (const line of LINES) {
      const etcd = comparable(await inFolder(folder, REAL, line));
      rmSync(path('new'), { recursive: true, force: true });
      const ours = comparable(await inFolder(folder, OURS, line));
      assert.ok(
        readdirSync(folder).every((name) => !/^new$|\.etcd$/.test(name)),
        line,
      );
      if (!isKnownDifference(line, etcd, ours)) assert.deepEqual(ours, etcd, line);
    }
  });

  it('status: revision, hash, size as etcdutl tells; the keys that are there', async () => {
    const status = async (tool: readonly string[], name: string): Promise<Fields> =>
      JSON.parse(await must(folder, tool, `snapshot status ${name} -w json`)) as Fields;
    for (const name of ['whole.db', 'plain.db']) {
      const [etcd, ours] = [await status(REAL, name), await status(OURS, name)];
      const { totalKey } = ours;
      assert.deepEqual(ours, { ...etcd, totalKey, version: '' });
      assert.ok(Number(totalKey) < Number(etcd['totalKey']));
    }
  });

  it('hashkv -> what the member told, and nothing is written', async () => {
    const before = readFileSync(path('whole.db'));
    const found = JSON.parse(await must(folder, OURS, 'hashkv whole.db -w json')) as Fields;
    const { hash, revision, compactRevision } = expected;
    assert.deepEqual(found, {
      hash,
      hashRevision: revision,
      compactRevision: Number(compactRevision),
    });
    assert.ok(before.equals(readFileSync(path('whole.db'))));
  });

  for (const [at, line] of RESTORES.entries()) {
    it(`restore ${line} -> the same directory, and the same lines`, async () => {
      const [etcd, ours] = [`etcd${at}`, `ours${at}`];
      const args = `snapshot restore ${line} --data-dir`;
      const theirs = comparable(await inFolder(folder, REAL, `${args} ${etcd}`));
      const mine = comparable(await inFolder(folder, OURS, `${args} ${ours}`));
      assert.equal(theirs.code, 0, theirs.stderr);
      assert.deepEqual(mine, { ...theirs, stderr: theirs.stderr.replaceAll(etcd, ours) });
      const wanted = withVoters(directory(path(etcd)));
      assert.deepEqual(directory(path(ours)), wanted);
      withFile(join(path(ours), 'member', 'snap', 'db'), (file) => {
        const check = new BboltCheck(file);
        while (check.step(1000) === undefined);
      });
      for (const name of [etcd, ours]) rmSync(path(name), { recursive: true });
    });
  }

  const restoreTo = async (flags: string): Promise<string> => {
    const restored = temporaryFolder();
    const dataDir = join(restored, 'data');
    await must(folder, OURS, `snapshot restore whole.db --data-dir ${dataDir} ${flags}`);
    return restored;
  };

  it('restored -> real etcd serves the same keys, revisions, leases, users and roles', async () => {
    const peerPort = await freePort();
    const peer = `http://127.0.0.1:${peerPort}`;
    const flags = `--initial-cluster default=${peer} --initial-advertise-peer-urls ${peer}`;
    const restored = await restoreTo(flags);
    const real = await MemberProcess.start({ kind: 'etcd', folder: restored, peerPort });
    try {
      assert.deepEqual(await state(real.endpoint), expected);
      await real.stop();
      await real.restart();
      assert.deepEqual(await state(real.endpoint), expected);
      await real.stop();
      // What was restored takes less room: it has no free page.
      await must(folder, OURS, `defrag --data-dir ${real.dataDir}`);
      await real.restart();
      assert.deepEqual(await state(real.endpoint), expected);
    } finally {
      await real.dispose();
    }
  });

  it('restored with a higher revision -> real etcd goes on there, all before compacted', async () => {
    const peerPort = await freePort();
    const peer = `http://127.0.0.1:${peerPort}`;
    const cluster = `--initial-cluster default=${peer} --initial-advertise-peer-urls ${peer}`;
    const restored = await restoreTo(`${cluster} --bump-revision 5000 --mark-compacted`);
    const real = await MemberProcess.start({ kind: 'etcd', folder: restored, peerPort });
    const client = grpcClient(real.endpoint);
    try {
      const bumped = Number(expected['revision']) + 5000;
      assert.equal(await KV.revision(client), bumped);
      assert.equal(await KV.put(client, bytes('next'), bytes('x')), bumped + 1);
      const old = call(client, `${API}KV/Range`, { key: bytes('x'), revision: String(bumped - 1) });
      await assert.rejects(old, /required revision has been compacted/);
    } finally {
      client.close();
      await real.dispose();
    }
  });

  it('restored for three members -> they make a cluster with the same state', async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    const peers = ports.map((port, at) => [`m${at}`, `http://127.0.0.1:${port}`] as const);
    const initialCluster = peers.map((pair) => pair.join('=')).join(',');
    const members = await Promise.all(
      peers.map(async ([name, peer], at) => {
        const own = `--name ${name} --initial-advertise-peer-urls ${peer}`;
        const restored = await restoreTo(`--initial-cluster ${initialCluster} ${own}`);
        const peerPort = ports[at] ?? 0;
        return MemberProcess.start({
          kind: 'etcd',
          name,
          folder: restored,
          peerPort,
          initialCluster,
        });
      }),
    );
    try {
      for (const { endpoint } of members) assert.deepEqual(await state(endpoint), expected);
      const client = grpcClient(members[0]?.endpoint ?? '');
      const { members: found } = await call(client, `${API}Cluster/MemberList`, {});
      client.close();
      assert.deepEqual((found as Fields[]).map(({ name }) => String(name)).sort(compareText), [
        'm0',
        'm1',
        'm2',
      ]);
    } finally {
      await Promise.all(members.map((member) => member.dispose()));
    }
  });
});

/** The row that names the voters: etcd leaves that of the former cluster. */
function withVoters(restored: Fields): Fields {
  const content = restored['content'] as Record<string, Record<string, string>>;
  const { metadata } = restored as { metadata: { confState: { voters: bigint[] } } };
  const confState = `{"voters":[${metadata.confState.voters.join(',')}],"auto_leave":false}`;
  return { ...restored, content: { ...content, meta: { ...content['meta'], confState } } };
}

describe('etcdutl-ts on a directory of ours', { skip: SKIP }, () => {
  it('hashkv and defrag: refused while the member runs, then the same state', async (t) => {
    const member = await MemberProcess.start({ kind: 'etcd-ts' });
    t.after(() => member.dispose());
    const client = grpcClient(member.endpoint);
    t.after(() => client.close());
    await fill(client, new SeededRandom(SEED + 1));
    const expected = await keyState(client);
    const folder = dirname(member.dataDir);
    const data = basename(member.dataDir);
    for (const line of [`defrag --data-dir ${data}`, `hashkv ${data}`]) {
      const { code, stderr } = await inFolder(folder, OURS, line);
      assert.equal(code, 1, line);
      assert.match(stderr, /in use by another process/);
    }
    await member.stop();
    const hash = async (): Promise<Fields> =>
      JSON.parse(await must(folder, OURS, `hashkv ${data} -w json`)) as Fields;
    const found = await hash();
    assert.equal(found['hash'], expected['hash']);
    const { stderr } = await inFolder(folder, OURS, `defrag --data-dir ${data}`);
    assert.match(stderr, /\tdefragmenting\t.*\n.*\tfinished defragmenting directory\t/);
    assert.deepEqual(await hash(), found);
    await member.restart();
    assert.deepEqual(await keyState(client), expected);
  });
});
