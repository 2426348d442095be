/**
 * A real disk that is full, read-only or not what it should be, under live processes: a clear end,
 * nothing acknowledged lost, and everything goes on once the disk is well.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type GrpcClient, grpcClient, KV } from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import { MemberProcess, type Place, temporaryFolder } from '../support/processes.ts';
import { SmallDisk, smallDiskSkipReason } from '../support/small-disk.ts';

/** Room for the first segment of the log (61 MiB) and some state, but for no second segment. */
const DISK_MIB = 72;
const LARGE_MIB = 400;
const VALUE_BYTES = 64 * 1024;
const PUTS_MAX = 2000;
const AT_ONCE = 4;

/** Puts random values until a put is refused or nobody answers; keys of those acknowledged. */
async function fill(client: GrpcClient, prefix: string): Promise<string[]> {
  const acknowledged: string[] = [];
  let hasFailed = false;
  const writer = async (number: number): Promise<void> => {
    for (let put = 0; put < PUTS_MAX / AT_ONCE && !hasFailed; put++) {
      const key = `${prefix}${number}-${put}`;
      try {
        await KV.put(client, Buffer.from(key), randomBytes(VALUE_BYTES));
        acknowledged.push(key);
      } catch {
        hasFailed = true;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, number) => writer(number)));
  assert.ok(hasFailed, 'the disk never filled');
  return acknowledged;
}

const NO_SPACE = /no space left on device/i;

/** Keys of the puts that were acknowledged; their numbers begin with `first`. */
async function putSome(client: GrpcClient, first: number): Promise<string[]> {
  const keys = Array.from({ length: AT_ONCE }, (_, at) => `k${first}-${at}`);
  const puts = keys.map((key) => KV.put(client, Buffer.from(key), randomBytes(VALUE_BYTES)));
  const settled = await Promise.allSettled(puts);
  return keys.filter((_, at) => settled[at]?.status === 'fulfilled');
}

async function assertHas(client: GrpcClient, keys: readonly string[]): Promise<void> {
  const found = new Set(await KV.keys(client, Buffer.from('k')));
  assert.deepEqual(
    keys.filter((key) => !found.has(key)),
    [],
    'acknowledged, and lost',
  );
}

/** The last line of the log, which says why the member ended. */
function lastWords({ log }: MemberProcess): string {
  const lines = log.trim().split('\n');
  const fatal = lines.findLast((line) => line.includes('"level":"fatal"'));
  return fatal ?? assert.fail(`no fatal line:\n${lines.slice(-5).join('\n')}`);
}

describe('a disk in trouble', { skip: smallDiskSkipReason() }, () => {
  it('full under load -> exit 1 with operation, path and cause; all acknowledged is there with more room', async (t) => {
    const disk = new SmallDisk(DISK_MIB);
    const member = await MemberProcess.start({ kind: 'etcd-ts', folder: disk.folder });
    const client = grpcClient(member.endpoint);
    try {
      const acknowledged = await fill(client, 'k');
      assert.equal(await member.exited, 1);
      t.diagnostic(`${acknowledged.length} puts acknowledged, ${disk.freeBytes} bytes left`);
      t.diagnostic(lastWords(member));
      assert.match(lastWords(member), NO_SPACE);
      // Nothing has changed: it says so again, and takes nothing from the disk by that.
      member.spawn();
      assert.equal(await member.exited, 1);
      t.diagnostic(lastWords(member));
      assert.match(lastWords(member), NO_SPACE);
      disk.resize(LARGE_MIB);
      await member.restart();
      await assertHas(client, acknowledged);
      await KV.put(client, Buffer.from('after'), Buffer.from('x'));
    } finally {
      client.close();
      await member.kill();
      disk.dispose();
    }
  });

  it('full under one of three -> the others go on; with more room it catches up', async (t) => {
    const disk = new SmallDisk(DISK_MIB);
    const cluster = await LiveCluster.start(3, { folders: [disk.folder] });
    const [small, ...others] = cluster.members as [MemberProcess, ...MemberProcess[]];
    const client = cluster.client(others[0] ?? small);
    try {
      const acknowledged: string[] = [];
      // Several at once; those that meet an election may fail.
      while (small.isRunning) acknowledged.push(...(await putSome(client, acknowledged.length)));
      assert.equal(await small.exited, 1);
      t.diagnostic(`${acknowledged.length} puts acknowledged; ${lastWords(small)}`);
      assert.match(lastWords(small), NO_SPACE);
      await cluster.leader(others);
      const more = await putSome(client, acknowledged.length);
      assert.equal(more.length, AT_ONCE, 'the others go on');
      acknowledged.push(...more);
      disk.resize(LARGE_MIB);
      await small.restart();
      await cluster.equalHash();
      await assertHas(cluster.client(small), acknowledged);
    } finally {
      await cluster.dispose();
      disk.dispose();
    }
  });

  it('read-only at the start -> exit 1, and says so; writable again -> all is there', async (t) => {
    const disk = new SmallDisk(LARGE_MIB);
    const member = await MemberProcess.start({ kind: 'etcd-ts', folder: disk.folder });
    const client = grpcClient(member.endpoint);
    try {
      await KV.put(client, Buffer.from('k'), Buffer.from('x'));
      await member.stop();
      disk.makeReadOnly();
      member.spawn();
      assert.equal(await member.exited, 1);
      t.diagnostic(lastWords(member));
      assert.match(lastWords(member), /read-only file system/i);
      disk.makeWritable();
      await member.restart();
      await assertHas(client, ['k']);
    } finally {
      client.close();
      await member.kill();
      disk.dispose();
    }
  });

  it('too small for a first start -> exit 1, and nothing that the next start would trip over', async (t) => {
    const disk = new SmallDisk(8);
    const member = await MemberProcess.launch({ kind: 'etcd-ts', folder: disk.folder });
    try {
      assert.equal(await member.exited, 1);
      t.diagnostic(lastWords(member));
      assert.match(lastWords(member), NO_SPACE);
      disk.resize(LARGE_MIB);
      await member.restart();
    } finally {
      await member.kill();
      disk.dispose();
    }
  });

  it('a file in the place of the data directory -> exit 1, and says so', async (t) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'data'), '');
    const member = await MemberProcess.launch({ kind: 'etcd-ts', folder });
    assert.equal(await member.exited, 1);
    t.diagnostic(lastWords(member));
    assert.match(lastWords(member), /data: EEXIST: file already exists/);
    rmSync(folder, { recursive: true });
  });

  it("another user's data directory -> exit 1, and says so", async (t) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    chownSync(join(folder, 'data'), 1, 1);
    // Root without its right to pass over permissions: the same for it as for any user.
    const place: Place = {
      address: '127.0.0.1',
      command: ['setpriv', '--bounding-set=-dac_override,-dac_read_search'],
    };
    const member = await MemberProcess.launch({ kind: 'etcd-ts', folder, place });
    assert.equal(await member.exited, 1);
    t.diagnostic(lastWords(member));
    assert.match(lastWords(member), /data[^:]*: EACCES: permission denied/);
    rmSync(folder, { recursive: true });
  });
});
