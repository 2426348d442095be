/**
 * Random content goes into real etcd and into ours, and from each to the other through a snapshot
 * file: what is served at the end is what was written. `SEED=` draws other content, `KEYS=` and
 * `LARGE=` more of it (`KEYS=300000 LARGE=20`).
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KeyValue, RangeResponse } from '../../src/pb/index.ts';
import { SeededRandom } from '../sim/seeded-random.ts';
import {
  call,
  callBytes,
  encodeRequest,
  type Fields,
  type GrpcClient,
  grpcClient,
  KV,
} from '../support/grpc-client.ts';
import {
  ETCD_TS,
  etcdctls,
  freePort,
  liveSkipReason,
  MemberProcess,
  realTool,
  run,
  temporaryFolder,
} from '../support/processes.ts';
import { writeContent } from '../support/random-content.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_120);
const SIZE = {
  keys: Number(process.env['KEYS'] ?? 3000),
  largeValues: Number(process.env['LARGE'] ?? 2),
};
const API = '/etcdserverpb.';
const PAGE_KEYS = 500;
/** At which everything is compared. */
const REVISIONS = 8;
const TOOL_MS_MAX = 200_000;
const ETCDUTL_TS = join(dirname(ETCD_TS), 'etcdutl-ts.js');

/** All keys and values at a revision: how many, and their digest. */
async function keysAt(client: GrpcClient, revision: number): Promise<Fields> {
  const path = `${API}KV/Range`;
  const digest = createHash('sha256');
  let key = Buffer.of(0);
  for (let keys = 0; ; ) {
    const request = { key, rangeEnd: Buffer.of(0), limit: PAGE_KEYS, revision: String(revision) };
    const bytes = await callBytes(client, path, encodeRequest(path, request));
    const { kvs, more } = RangeResponse.decode(bytes);
    for (const kv of kvs) digest.update(kv);
    keys += kvs.length;
    const last = kvs.at(-1);
    if (!more || last === undefined) return { keys, digest: digest.digest('hex') };
    key = Buffer.concat([KeyValue.decode(last).key, Buffer.of(0)]);
  }
}

async function leasesOf(client: GrpcClient): Promise<Fields[]> {
  const { leases } = await call(client, `${API}Lease/LeaseLeases`, {});
  const ids = (leases as { ID: string }[]).map(({ ID }) => ID).sort();
  return Promise.all(
    ids.map(async (ID) => {
      const path = `${API}Lease/LeaseTimeToLive`;
      const { grantedTTL, keys } = await call(client, path, { ID, keys: true });
      return { ID, grantedTTL, keys: (keys as Buffer[]).map((key) => key.toString('hex')).sort() };
    }),
  );
}

/**
 * All that a user can see of the data, at revisions behind the compacted one: of that one, a member
 * remembers the hash that it had before the compaction, until it is started again.
 */
async function dump({ endpoint }: MemberProcess): Promise<Fields> {
  const client = grpcClient(endpoint);
  try {
    const revision = await KV.revision(client);
    const { compactRevision } = await call(client, `${API}Maintenance/HashKV`, {});
    const first = Number(compactRevision) + 1;
    const states: Fields[] = [];
    for (let part = 0; part <= REVISIONS; part++) {
      const at = first + Math.floor(((revision - first) * part) / REVISIONS);
      const { hash } = await call(client, `${API}Maintenance/HashKV`, { revision: String(at) });
      states.push({ at, hash, ...(await keysAt(client, at)) });
    }
    return { revision, compactRevision, states, leases: await leasesOf(client) };
  } finally {
    client.close();
  }
}

async function must(command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, { timeoutMs: TOOL_MS_MAX });
  assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

const etcdutl = (...args: string[]): Promise<string> =>
  must(realTool('etcdutl') ?? 'etcdutl', ...args);
const etcdutlTs = (...args: string[]): Promise<string> =>
  must(process.execPath, ETCDUTL_TS, ...args);

interface Status {
  readonly hash: number;
  readonly revision: number;
  readonly totalSize: number;
}

async function statusBy(tool: typeof etcdutl, file: string): Promise<Status> {
  return JSON.parse(await tool('snapshot', 'status', file, '-w', 'json')) as Status;
}

/** Starts a member of a kind on what a tool has restored from a file. */
async function restored(
  tool: typeof etcdutl,
  kind: 'etcd' | 'etcd-ts',
  file: string,
): Promise<MemberProcess> {
  const folder = temporaryFolder();
  const peerPort = await freePort();
  const peer = `http://127.0.0.1:${peerPort}`;
  const addresses = [`--initial-cluster=default=${peer}`, `--initial-advertise-peer-urls=${peer}`];
  await tool('snapshot', 'restore', file, `--data-dir=${join(folder, 'data')}`, ...addresses);
  const member = await MemberProcess.start({ kind, folder, peerPort });
  const client = grpcClient(member.endpoint);
  const { members } = await call(client, `${API}Cluster/MemberList`, {});
  client.close();
  assert.deepEqual(
    (members as Fields[]).map(({ name, peerURLs }) => ({ name, peerURLs })),
    [{ name: 'default', peerURLs: [peer] }],
  );
  return member;
}

async function addUsers(client: GrpcClient): Promise<void> {
  for (const role of ['reader', 'writer']) await call(client, `${API}Auth/RoleAdd`, { name: role });
  const perm = { permType: 'READ', key: Buffer.of(0), rangeEnd: Buffer.of(0) };
  await call(client, `${API}Auth/RoleGrantPermission`, { name: 'reader', perm });
  await call(client, `${API}Auth/UserAdd`, { name: 'alice', password: 'secret' });
  await call(client, `${API}Auth/UserGrantRole`, { user: 'alice', role: 'reader' });
}

async function usersOf({ endpoint }: MemberProcess): Promise<Fields> {
  const client = grpcClient(endpoint);
  try {
    const { users } = await call(client, `${API}Auth/UserList`, {});
    const { roles: names } = await call(client, `${API}Auth/RoleList`, {});
    const { perm } = await call(client, `${API}Auth/RoleGet`, { role: 'reader' });
    const { roles } = await call(client, `${API}Auth/UserGet`, { name: 'alice' });
    return { users, names, perm, roles };
  } finally {
    client.close();
  }
}

describe(`round trips of random content, SEED=${SEED} KEYS=${SIZE.keys} LARGE=${SIZE.largeValues}`, {
  skip: liveSkipReason('etcd', 'etcdctl', 'etcdutl'),
}, () => {
  const folder = temporaryFolder();
  const members: MemberProcess[] = [];
  let ours: MemberProcess;
  let real: MemberProcess;
  let written: Fields;

  async function saved(member: MemberProcess, name: string): Promise<string> {
    const file = join(folder, name);
    const etcdctl = etcdctls()[0] ?? 'etcdctl';
    const endpoint = `--endpoints=${member.endpoint}`;
    await must(etcdctl, endpoint, '--command-timeout=300s', 'snapshot', 'save', file);
    return file;
  }

  async function kept(starting: Promise<MemberProcess>): Promise<MemberProcess> {
    const member = await starting;
    members.push(member);
    return member;
  }

  before(async () => {
    ours = await kept(MemberProcess.start({ kind: 'etcd-ts' }));
    real = await kept(MemberProcess.start({ kind: 'etcd' }));
    await Promise.all(
      [ours, real].map(async (member) => {
        const client = grpcClient(member.endpoint);
        if (member === real) await addUsers(client);
        await writeContent(client, new SeededRandom(SEED), SIZE);
        client.close();
      }),
    );
    written = await dump(real);
  });

  after(async () => {
    await Promise.all(members.map((member) => member.dispose()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('the same content -> the same, at every revision', async () => {
    assert.deepEqual(await dump(ours), written);
  });

  it('ours, restored by real etcdutl -> real etcd serves the same', async () => {
    const file = await saved(ours, 'ours.db');
    const ofOurs = await statusBy(etcdutl, file);
    const ofReal = await statusBy(etcdutl, await saved(real, 'other.db'));
    assert.equal(ofOurs.revision, written['revision']);
    assert.equal(ofOurs.revision, ofReal.revision);
    assert.equal((await statusBy(etcdutlTs, file)).hash, ofOurs.hash);
    const again = await kept(restored(etcdutl, 'etcd', file));
    assert.deepEqual(await dump(again), written);
  });

  it('real, restored by etcdutl-ts -> ours serves the same, and a real one after that', async () => {
    const file = await saved(real, 'real.db');
    const { hash, revision, totalSize } = await statusBy(etcdutlTs, file);
    const expected = await statusBy(etcdutl, file);
    // 3.5 counts rows as keys, and knows no version of a file.
    assert.deepEqual({ ...expected, hash, revision, totalSize }, expected);
    const taken = await kept(restored(etcdutlTs, 'etcd-ts', file));
    assert.deepEqual(await dump(taken), written);
    const again = await kept(restored(etcdutl, 'etcd', await saved(taken, 'again.db')));
    assert.deepEqual(await dump(again), written);
    assert.deepEqual(await usersOf(again), await usersOf(real));
  });
});
