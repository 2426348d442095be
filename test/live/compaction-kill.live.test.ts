/**
 * A compaction that is cut short again and again by SIGKILL: in the end the store is that of a
 * real etcd, fed with the same operations. `ROWS=1000000` tries a long one.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { call, type Fields, type GrpcClient, grpcClient } from '../support/grpc-client.ts';
import { liveSkipReason, MemberProcess } from '../support/processes.ts';

const ROWS = Number(process.env['ROWS'] ?? 60_000);
const KEYS = 2000;
const TXN_KEYS = 100;
const KILLS = 3;
/** With a pause of 50 ms behind 1000 rows, 60 000 take 3 s. */
const FLAGS = ['--compaction-sleep-interval=50ms'];

/** Puts to all keys in turn, and now and then the deletion of some. */
async function feed(client: GrpcClient): Promise<void> {
  for (let at = 0; at < ROWS / TXN_KEYS; at++) {
    const success = Array.from({ length: TXN_KEYS }, (_, i): Fields => {
      const number = (at * TXN_KEYS + i) % KEYS;
      const key = Buffer.from(`key-${number}`);
      return at % 7 === 6 && i < 10
        ? { requestDeleteRange: { key } }
        : { requestPut: { key, value: Buffer.from(`value ${at}`) } };
    });
    await call(client, '/etcdserverpb.KV/Txn', { success });
  }
}

async function hashOf(client: GrpcClient): Promise<unknown> {
  const { hash, compactRevision, header } = await call(
    client,
    '/etcdserverpb.Maintenance/HashKV',
    {},
  );
  return { hash, compactRevision, revision: (header as Fields)['revision'] };
}

/** Rows that compactions have removed since the start of the process. */
async function removedRows(member: MemberProcess): Promise<number> {
  const page = await (await fetch(`http://${member.endpoint}/metrics`)).text();
  const found = /^etcd_debugging_mvcc_db_compaction_keys_total (\d+)/m.exec(page);
  return Number(found?.[1]);
}

/** Feeds a member, compacts it, and returns its hash when that is done. */
async function compacted(
  kind: 'etcd' | 'etcd-ts',
  meanwhile: (member: MemberProcess) => Promise<void>,
): Promise<unknown> {
  const member = await MemberProcess.start({ kind, flags: kind === 'etcd' ? [] : FLAGS });
  const client = grpcClient(member.endpoint);
  try {
    await feed(client);
    const revision = 1 + ROWS / TXN_KEYS;
    await call(client, '/etcdserverpb.KV/Compact', { revision: revision - 3 });
    await meanwhile(member);
    await call(client, '/etcdserverpb.KV/Compact', { revision: revision - 2, physical: true });
    return await hashOf(client);
  } finally {
    client.close();
    await member.dispose();
  }
}

describe('compaction: killed', { skip: liveSkipReason('etcd') }, () => {
  it('SIGKILL in the middle, three times -> goes on each time, the hash is real etcd’s', async () => {
    const ours = await compacted('etcd-ts', async (member) => {
      for (let kill = 0; kill < KILLS; kill++) {
        await new Promise((resolve) => setTimeout(resolve, 700));
        await member.kill();
        await member.restart();
      }
      const left = (ROWS - KEYS) * 0.95;
      for (let tries = 0; (await removedRows(member)) === 0; tries++) {
        assert.ok(tries < 1200, 'the compaction does not go on after a restart');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const removed = await removedRows(member);
      assert.ok(removed > 0 && removed < left, `${removed} rows were left to remove`);
    });
    assert.deepEqual(ours, await compacted('etcd', () => Promise.resolve()));
  });
});
