/**
 * Out of our layout and back, with real processes: a member that was killed under writes becomes one
 * of real etcd in place, and ours again, and neither hash nor anybody's id changes. `SEED=` and
 * `ROUNDS=` try other and more ways there and back.
 */
import assert from 'node:assert/strict';
import { cpSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SeededRandom } from '../sim/seeded-random.ts';
import { call, type GrpcClient, grpcClient } from '../support/grpc-client.ts';
import {
  freePort,
  liveSkipReason,
  MemberProcess,
  type RunResult,
  realTool,
  run,
} from '../support/processes.ts';

const SEED = Number(process.env['SEED'] ?? 7);
const ROUNDS = Number(process.env['ROUNDS'] ?? 2);
const HERE = dirname(fileURLToPath(import.meta.url));
const ETCDUTL_TS = join(HERE, '..', '..', 'bin', 'etcdutl-ts.js');

type Fields = Record<string, unknown>;

function etcdutl(...args: string[]): Promise<RunResult> {
  return run(process.execPath, [ETCDUTL_TS, ...args]);
}

async function succeeds(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await etcdutl(...args);
  assert.equal(code, 0, `${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

/** The etcdutl of real etcd. */
async function real(...args: string[]): Promise<void> {
  const { code, stderr } = await run(realTool('etcdutl') ?? 'etcdutl', args);
  assert.equal(code, 0, stderr);
}

const path = (method: string): string => `/etcdserverpb.${method}`;

/** Binary keys, empty and large values, deletes, txns; one request of them. */
function write(client: GrpcClient, random: SeededRandom, leases: readonly string[]) {
  const bytes = (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => random.below(256));
  const key = Uint8Array.of(random.below(40), 0xff, random.below(2));
  const value = bytes(random.below(20) === 0 ? 20_000 : random.below(60));
  const put = { key, value, lease: random.below(6) === 0 ? leases[random.below(2)] : '0' };
  const draw = random.below(10);
  if (draw < 7) return call(client, path('KV/Put'), put);
  if (draw < 9) return call(client, path('KV/DeleteRange'), { key });
  const second = { ...put, key: Uint8Array.of(200, random.below(9)) };
  const success = [{ requestPut: put }, { requestPut: second }];
  return call(client, path('KV/Txn'), { success });
}

/** Writes until the member is gone; keys that nobody else writes. */
async function writeUntilDead(client: GrpcClient): Promise<void> {
  try {
    for (let n = 0; ; n++) {
      await call(client, path('KV/Put'), { key: Uint8Array.of(255, n % 50), value: 'late' });
    }
  } catch {
    client.close();
  }
}

/** What must be the same whoever serves it. */
interface Facts {
  readonly members: unknown;
  readonly leases: unknown;
  readonly alarms: unknown;
  /** HashKV by revision. */
  readonly hashes: ReadonlyMap<number, string>;
}

async function revisionOf(client: GrpcClient): Promise<number> {
  const { header } = await call(client, path('KV/Range'), { key: Uint8Array.of(1) });
  return Number((header as Fields)['revision']);
}

async function factsOf(
  member: MemberProcess,
  revisions: readonly number[] | 'all',
): Promise<Facts> {
  const client = grpcClient(member.endpoint);
  try {
    const { header, members } = await call(client, path('Cluster/MemberList'), {});
    const { memberId, clusterId } = header as Fields;
    const { leases: ids } = await call(client, path('Lease/LeaseLeases'), {});
    const leases = await Promise.all(
      (ids as Fields[]).map(async ({ ID }) => {
        const lease = await call(client, path('Lease/LeaseTimeToLive'), { ID, keys: true });
        return { ID, grantedTTL: lease['grantedTTL'], keys: String(lease['keys']) };
      }),
    );
    const alarms = (await call(client, path('Maintenance/Alarm'), {}))['alarms'];
    const current = await revisionOf(client);
    const asked = revisions === 'all' ? [current, current - 7, current - 30] : revisions;
    const hashes = new Map<number, string>();
    for (const at of asked) {
      const answer = await call(client, path('Maintenance/HashKV'), { revision: String(at) });
      hashes.set(at, `${String(answer['hash'])} ${String(answer['compactRevision'])}`);
    }
    return { members: { memberId, clusterId, members }, leases, alarms, hashes };
  } finally {
    client.close();
  }
}

/** Fills a member with a bit of everything; ends with a quiet moment. */
async function fill(member: MemberProcess, random: SeededRandom): Promise<void> {
  const client = grpcClient(member.endpoint);
  const leases: string[] = [];
  for (const ID of ['1111', '2222']) {
    await call(client, path('Lease/LeaseGrant'), { ID, TTL: '90000' }).catch(() => undefined);
    leases.push(ID);
  }
  for (let n = 0; n < 300; n++) await write(client, random, leases);
  const revision = String((await revisionOf(client)) - 60);
  await call(client, path('KV/Compact'), { revision, physical: true });
  for (let n = 0; n < 20; n++) await write(client, random, leases);
  client.close();
}

async function raiseAlarm(member: MemberProcess): Promise<void> {
  const client = grpcClient(member.endpoint);
  const { header } = await call(client, path('Cluster/MemberList'), {});
  const memberID = (header as Fields)['memberId'];
  const request = { action: 'ACTIVATE', alarm: 'NOSPACE', memberID };
  await call(client, path('Maintenance/Alarm'), request);
  client.close();
}

describe('etcdutl-ts migrate, backup, check and snapshot save', {
  skip: liveSkipReason('etcd', 'etcdutl'),
}, () => {
  it(`there and back ${ROUNDS} times, killed under writes -> the same member with the same data`, {
    timeout: 60_000 * ROUNDS,
  }, async (t) => {
    const random = new SeededRandom(SEED);
    const ports = { clientPort: await freePort(), peerPort: await freePort() };
    let member = await MemberProcess.start({ kind: 'etcd-ts', ...ports });
    const { folder, dataDir } = member;
    try {
      for (let round = 0; round < ROUNDS; round++) {
        await fill(member, random);
        const before = await factsOf(member, 'all');
        void writeUntilDead(grpcClient(member.endpoint));
        await new Promise((resolve) => setTimeout(resolve, 50 + random.below(200)));
        await member.kill();
        await succeeds('check', '--data-dir', dataDir);

        await succeeds('migrate', '--data-dir', dataDir, '--target-version', '3.5');
        assert.ok(!existsSync(join(dataDir, 'member', 'kv')));
        await succeeds('check', '--data-dir', dataDir);
        member = await MemberProcess.start({ kind: 'etcd', ...ports, folder });
        assert.deepEqual(await factsOf(member, [...before.hashes.keys()]), before);

        await fill(member, random);
        if (round === ROUNDS - 1) await raiseAlarm(member);
        const between = await factsOf(member, 'all');
        await member.kill();
        await succeeds('check', '--data-dir', dataDir);
        member = await MemberProcess.start({ kind: 'etcd-ts', ...ports, folder });
        assert.deepEqual(await factsOf(member, [...between.hashes.keys()]), between);
        t.diagnostic(`round ${round}: revisions ${[...between.hashes.keys()].join(', ')}`);
      }
      // With an alarm raised, once more.
      const last = await factsOf(member, 'all');
      assert.equal((last.alarms as Fields[]).length, 1);
      await member.kill();
      await succeeds('migrate', '--data-dir', dataDir, '--target-version', '3.5');
      member = await MemberProcess.start({ kind: 'etcd', ...ports, folder });
      assert.deepEqual(await factsOf(member, [...last.hashes.keys()]), last);
    } finally {
      await member.dispose();
    }
  });

  it('what is saved and backed up -> real etcd restores and starts it', {
    timeout: 60_000,
  }, async () => {
    const random = new SeededRandom(SEED + 1);
    const member = await MemberProcess.start({ kind: 'etcd-ts' });
    const started: MemberProcess[] = [member];
    const { folder, dataDir } = member;
    try {
      await fill(member, random);
      const before = await factsOf(member, 'all');
      const revisions = [...before.hashes.keys()];
      const busy = await etcdutl('check', '--data-dir', dataDir);
      assert.match(busy.stderr, /in use by another process/);
      await member.kill();

      const file = join(folder, 'saved.db');
      await succeeds('snapshot', 'save', file, '--data-dir', dataDir);
      const restored = join(folder, 'restored');
      await real('snapshot', 'restore', file, '--data-dir', join(restored, 'data'));
      const first = await MemberProcess.start({ kind: 'etcd', folder: restored });
      started.push(first);
      assert.deepEqual((await factsOf(first, revisions)).hashes, before.hashes);

      // A cluster at 3.6 is beyond this etcd: a copy is brought to 3.5 first.
      const copied = join(folder, 'copied', 'data');
      cpSync(dataDir, copied, { recursive: true });
      await succeeds('migrate', '--data-dir', copied, '--target-version', '3.5');
      const backup = join(folder, 'backup');
      const backupDir = join(backup, 'data');
      await succeeds('backup', '--data-dir', copied, '--backup-dir', backupDir);
      const flags = ['--force-new-cluster'];
      const second = await MemberProcess.start({ kind: 'etcd', folder: backup, flags });
      started.push(second);
      const after = await factsOf(second, revisions);
      assert.deepEqual(after.hashes, before.hashes);
      assert.deepEqual(after.leases, before.leases);
      await second.kill();

      // A backup that etcdutl has made: ours starts on it.
      const theirs = join(folder, 'theirs');
      await real('backup', '--data-dir', copied, '--backup-dir', join(theirs, 'data'));
      const third = await MemberProcess.start({ kind: 'etcd-ts', folder: theirs, flags });
      started.push(third);
      assert.deepEqual((await factsOf(third, revisions)).hashes, before.hashes);
    } finally {
      for (const one of started) await one.dispose();
    }
  });
});
