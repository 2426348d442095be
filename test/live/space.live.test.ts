/**
 * A full database, as an operator meets it and gets out of it: the same texts from etcdctl as
 * with real etcd, step by step.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { call, type GrpcClient, grpcClient, KV } from '../support/grpc-client.ts';
import { freePort, liveSkipReason, MemberProcess, realTool, run } from '../support/processes.ts';

const QUOTA = 16 * 1024 * 1024;
const VALUE_BYTES = 512 * 1024;

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** What etcdctl prints, without what its client logs of itself. */
async function etcdctl(member: MemberProcess, ...args: string[]): Promise<string> {
  const options = { env: { ETCDCTL_API: '3' } };
  const flags = [`--endpoints=${member.endpoint}`, ...args];
  const { code, stdout, stderr } = await run(realTool('etcdctl') ?? 'etcdctl', flags, options);
  const lines = stderr.split('\n').filter((line) => !line.startsWith('{') && line !== '');
  return [`exit ${code}`, stdout.trim(), ...lines].join('\n').replace(/took .*/, 'took T');
}

async function sizes(client: GrpcClient): Promise<{ total: number; inUse: number }> {
  const status = await call(client, '/etcdserverpb.Maintenance/Status', {});
  return { total: Number(status['dbSize']), inUse: Number(status['dbSizeInUse']) };
}

/** Puts random values on one key until there is no room. */
async function fill(client: GrpcClient): Promise<number> {
  for (let count = 0; ; count++) {
    try {
      await KV.put(client, bytes('key'), randomBytes(VALUE_BYTES));
    } catch (error) {
      assert.match(String(error), /RESOURCE_EXHAUSTED: etcdserver: mvcc: database space exceeded/);
      return count;
    }
  }
}

/** The way into the alarm and out of it. Returns what etcdctl printed, step by step. */
async function walkThrough(
  kind: 'etcd' | 'etcd-ts',
  ports: { clientPort: number; peerPort: number },
): Promise<string[]> {
  const flags = [`--quota-backend-bytes=${QUOTA}`];
  const member = await MemberProcess.start({ kind, ...ports, flags });
  const client = grpcClient(member.endpoint);
  const said: string[] = [];
  const ctl = async (...args: string[]): Promise<void> => {
    said.push(`${args.join(' ')} -> ${await etcdctl(member, ...args)}`);
  };
  try {
    await ctl('alarm', 'list');
    await ctl('put', 'small', 'value');
    const count = await fill(client);
    assert.ok(count > 20 && count < 60, `${kind} took ${count} values of ${VALUE_BYTES} bytes`);
    await ctl('alarm', 'list');
    await ctl('put', 'other', 'value');
    await ctl('lease', 'grant', '60');
    await ctl('get', 'small');
    await ctl('del', 'small');
    await ctl('endpoint', 'health');
    const status = await call(client, '/etcdserverpb.Maintenance/Status', {});
    said.push(String(status['errors']));
    await ctl('alarm', 'disarm');
    // Still full: the next large put raises it again.
    assert.equal(await fill(client), 0);
    await ctl('alarm', 'list');
    // The size is looked at every few seconds.
    await new Promise((resolve) => setTimeout(resolve, 5500));
    const full = await sizes(client);
    const revision = await KV.revision(client);
    await call(client, '/etcdserverpb.KV/Compact', { revision, physical: true });
    // Real etcd writes it with its next batch.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const compacted = await sizes(client);
    assert.ok(compacted.inUse < full.total / 4, `${kind} in use: ${compacted.inUse}`);
    assert.ok(compacted.total > full.total / 2, `${kind} total: ${compacted.total}`);
    await ctl('defrag');
    const defragmented = await sizes(client);
    assert.ok(defragmented.total < full.total / 4, `${kind} total: ${defragmented.total}`);
    assert.ok(defragmented.inUse <= defragmented.total);
    await ctl('put', 'other', 'value');
    await ctl('alarm', 'disarm');
    await ctl('alarm', 'list');
    await ctl('put', 'other', 'value');
    await ctl('get', 'other');
    await member.kill();
    await member.restart();
    await ctl('alarm', 'list');
    await ctl('put', 'other', 'value');
    return said;
  } finally {
    client.close();
    await member.dispose();
  }
}

describe('space', { skip: liveSkipReason('etcd', 'etcdctl') }, () => {
  it('full, alarm, delete, compact, defragment, disarm: as real etcd', async () => {
    // The same ports, so that the member ids in the answers are the same.
    const ports = { clientPort: await freePort(), peerPort: await freePort() };
    const real = await walkThrough('etcd', ports);
    const ours = await walkThrough('etcd-ts', ports);
    assert.deepEqual(ours, real);
  });
});
