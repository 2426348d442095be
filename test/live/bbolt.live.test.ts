/**
 * bbolt files both ways: what real etcd left is read, written anew, and taken by real etcdutl and
 * by real etcd as if nothing had been in between.
 */
import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BboltCheck } from '../../src/bbolt/index.ts';
import { withFile, writeAnew } from '../support/bbolt/disk-files.ts';
import { call, type GrpcClient, grpcClient, KV } from '../support/grpc-client.ts';
import {
  freePort,
  liveSkipReason,
  MemberProcess,
  realTool,
  run,
  temporaryFolder,
} from '../support/processes.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const API = '/etcdserverpb.';

/** History, deletes, compacted revisions, pages that are free again, leases, users, large values. */
async function fill(client: GrpcClient): Promise<void> {
  const put = (key: string, value: Uint8Array): Promise<number> =>
    KV.put(client, bytes(key), value);
  for (let n = 0; n < 3000; n += 100) {
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => put(`k${(n + i) % 700}`, Buffer.alloc(i * 5, n))),
    );
  }
  for (let n = 0; n < 4; n++) await put(`large${n}`, Buffer.alloc(1_400_000 - n, n));
  await call(client, `${API}KV/DeleteRange`, { key: bytes('k1'), rangeEnd: bytes('k3') });
  const revision = await KV.revision(client);
  const compaction = { revision: String(revision - 1000), physical: true };
  await call(client, `${API}KV/Compact`, compaction);
  for (let n = 0; n < 200; n++) await put(`new${n}`, Buffer.alloc(n));
  await call(client, `${API}Lease/LeaseGrant`, { ID: '77', TTL: '3600' });
  await call(client, `${API}KV/Put`, { key: bytes('leased'), value: bytes('v'), lease: '77' });
  await call(client, `${API}Auth/RoleAdd`, { name: 'reader' });
  await call(client, `${API}Auth/UserAdd`, { name: 'alice', password: 'secret' });
}

/** What must not change: hash and revision of the keys, leases, users. */
async function state(member: MemberProcess): Promise<unknown> {
  const client = grpcClient(member.endpoint);
  try {
    const { hash, compactRevision } = await call(client, `${API}Maintenance/HashKV`, {});
    const { leases } = await call(client, `${API}Lease/LeaseLeases`, {});
    const { users } = await call(client, `${API}Auth/UserList`, {});
    const revision = await KV.revision(client);
    return { hash, compactRevision, leases, users, revision };
  } finally {
    client.close();
  }
}

async function etcdutl(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(realTool('etcdutl') ?? 'etcdutl', args);
  assert.equal(code, 0, stderr);
  return stdout;
}

function checkAll(path: string): void {
  withFile(path, (file) => {
    const check = new BboltCheck(file);
    while (check.step(1000) === undefined);
  });
}

describe('bbolt: with real etcd', { skip: liveSkipReason('etcd', 'etcdutl') }, () => {
  const folder = temporaryFolder();
  let member: MemberProcess;
  let db: string;
  let expected: unknown;

  before(async () => {
    member = await MemberProcess.start({ kind: 'etcd' });
    const client = grpcClient(member.endpoint);
    await fill(client);
    client.close();
    expected = await state(member);
    await member.stop();
    db = join(member.dataDir, 'member', 'snap', 'db');
  });

  after(async () => {
    await member.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('the file of a stopped member is sound', () => checkAll(db));

  it('etcdutl snapshot status: the same hash, revision and number of keys, and no free page', async () => {
    const copy = join(folder, 'status.db');
    const plan = writeAnew(db, copy, { digest: false });
    const status = async (path: string): Promise<Record<string, unknown>> =>
      JSON.parse(await etcdutl('snapshot', 'status', path, '-w', 'json')) as Record<
        string,
        unknown
      >;
    const [real, ours] = [await status(db), await status(copy)];
    const totalSize = plan.pages * plan.pageBytes;
    assert.deepEqual(ours, { ...real, totalSize });
    assert.ok(totalSize < Number(real['totalSize']));
  });

  it('etcdutl snapshot restore: takes it with its digest, and etcd serves the same', async () => {
    const snapshot = join(folder, 'snapshot.db');
    writeAnew(db, snapshot, { digest: true });
    const restored = temporaryFolder();
    const peerPort = await freePort();
    const peer = `http://127.0.0.1:${peerPort}`;
    const flags = [`--initial-cluster=default=${peer}`, `--initial-advertise-peer-urls=${peer}`];
    await etcdutl(
      'snapshot',
      'restore',
      snapshot,
      `--data-dir=${join(restored, 'data')}`,
      ...flags,
    );
    const again = await MemberProcess.start({ kind: 'etcd', folder: restored, peerPort });
    try {
      assert.deepEqual(await state(again), expected);
    } finally {
      await again.dispose();
    }
  });

  it('a member starts on it, writes, compacts and defragments; the file stays sound', async () => {
    const copy = join(folder, 'member.db');
    writeAnew(db, copy, { digest: false });
    renameSync(copy, db);
    await member.restart();
    assert.deepEqual(await state(member), expected);
    const client = grpcClient(member.endpoint);
    for (let n = 0; n < 300; n++) await KV.put(client, bytes(`k${n}`), Buffer.alloc(n));
    await call(client, `${API}KV/DeleteRange`, { key: bytes('k4'), rangeEnd: bytes('k6') });
    const revision = await KV.revision(client);
    await call(client, `${API}KV/Compact`, { revision: String(revision), physical: true });
    const changed = await state(member);
    client.close();
    await member.stop();
    checkAll(db);
    await member.restart();
    assert.deepEqual(await state(member), changed);
    const defragmenting = grpcClient(member.endpoint);
    await call(defragmenting, `${API}Maintenance/Defragment`, {});
    defragmenting.close();
    assert.deepEqual(await state(member), changed);
    await member.stop();
    checkAll(db);
  });
});
