/** Files that a member keeps and gives up, by its flags; as real etcd does where that is found. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { grpcClient, KV } from '../support/grpc-client.ts';
import { liveSkipReason, MemberProcess } from '../support/processes.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const VALUE_BYTES = 1024 * 1024;
/** Enough for four segments of the log. */
const VALUES = 210;
/** Both look for files to remove every 30 s. */
const PURGED_WITHIN_MS = 45_000;

function files(member: MemberProcess, folder: string, ending: string): string[] {
  const names = readdirSync(join(member.dataDir, 'member', folder));
  return names.filter((name) => name.endsWith(ending)).sort();
}

async function purged(kind: 'etcd' | 'etcd-ts'): Promise<void> {
  const flags = ['--snapshot-count=20', '--max-wals=2', '--max-snapshots=3'];
  const member = await MemberProcess.start({ kind, flags });
  const client = grpcClient(member.endpoint);
  const segments = (): string[] => files(member, 'wal', '.wal');
  const snapshots = (): string[] => files(member, 'snap', '.snap');
  try {
    const values = Array.from({ length: VALUES }, () => randomBytes(16));
    for (const value of values) {
      await KV.put(client, value.subarray(0, 1), Buffer.concat([value, Buffer.alloc(VALUE_BYTES)]));
    }
    assert.ok(segments().length > 3, `${kind}: ${segments().join()}`);
    assert.ok(snapshots().length > 5, `${kind}: ${snapshots().join()}`);
    const newest = [segments().at(-1), snapshots().at(-1)];
    const until = Date.now() + PURGED_WITHIN_MS;
    while ((segments().length > 2 || snapshots().length > 3) && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    assert.deepEqual([segments().length, snapshots().length], [2, 3], kind);
    assert.deepEqual([segments().at(-1), snapshots().at(-1)], newest);
    const revision = await KV.revision(client);
    await member.kill();
    await member.restart();
    const again = grpcClient(member.endpoint);
    assert.equal(await KV.revision(again), revision);
    assert.ok((await KV.put(again, bytes('more'), bytes('v'))) > revision);
    again.close();
  } finally {
    client.close();
    await member.dispose();
  }
}

// Both wait for most of a minute until files are purged: side by side.
describe('files: --snapshot-count, --max-wals, --max-snapshots', { concurrency: true }, () => {
  it('segments and snapshots are purged to the newest; a restart serves everything', () =>
    purged('etcd-ts'));

  it('the same with real etcd', { skip: liveSkipReason('etcd') }, () => purged('etcd'));
});

describe('files: --unsafe-no-fsync', () => {
  it('warned of; kill -9 loses nothing that was answered', async () => {
    const member = await MemberProcess.start({ kind: 'etcd-ts', flags: ['--unsafe-no-fsync'] });
    const client = grpcClient(member.endpoint);
    try {
      assert.match(member.log, /"level":"warn".*--unsafe-no-fsync is set/);
      for (let n = 0; n < 50; n++) await KV.put(client, bytes(`k${n}`), bytes('v'));
      await member.kill();
      await member.restart();
      const again = grpcClient(member.endpoint);
      assert.equal((await KV.keys(again, bytes('k'))).length, 50);
      again.close();
    } finally {
      client.close();
      await member.dispose();
    }
  });
});
