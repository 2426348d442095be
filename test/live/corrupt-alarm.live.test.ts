/** What a cluster with a CORRUPT alarm refuses and what it goes on doing: as real etcd. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type CallError,
  call,
  decodeResponse,
  encodeRequest,
  type Fields,
  openStream,
} from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import { liveSkipReason, type MemberProcess, realTool, run } from '../support/processes.ts';

type Step = readonly [path: string, request: Fields];

const RANGE = { requestRange: { key: 'k' } };
const PUT = { requestPut: { key: 'k', value: 'v' } };
const ALARM = { memberID: '5', alarm: 'CORRUPT' };

/** Each of them through leader and follower, with the alarm and without. */
const STEPS: readonly Step[] = [
  ['KV/Put', { key: 'k', value: 'v' }],
  ['KV/Range', { key: 'k' }],
  ['KV/Range', { key: 'k', serializable: true }],
  ['KV/Range', { key: 'k', revision: 100_000 }],
  ['KV/Txn', { success: [PUT] }],
  ['KV/Txn', { success: [RANGE] }],
  ['KV/Txn', { success: [{ requestRange: { key: 'k', serializable: true } }] }],
  ['KV/Txn', { success: [PUT, PUT] }],
  ['KV/DeleteRange', { key: 'none' }],
  ['KV/Compact', { revision: 2 }],
  ['KV/Compact', { revision: 100_000 }],
  ['Lease/LeaseGrant', { TTL: 100 }],
  ['Lease/LeaseRevoke', { ID: '77' }],
  ['Lease/LeaseTimeToLive', { ID: '7', keys: true }],
  ['Lease/LeaseLeases', {}],
  ['Cluster/MemberList', { linearizable: true }],
  ['Cluster/MemberPromote', { ID: '99' }],
  ['Cluster/MemberRemove', { ID: '99' }],
  ['Maintenance/Alarm', { alarm: 'CORRUPT' }],
  ['Maintenance/Alarm', { action: 'DEACTIVATE', memberID: '6', alarm: 'CORRUPT' }],
  ['Maintenance/Alarm', { action: 'DEACTIVATE', memberID: '5', alarm: 'NOSPACE' }],
  ['Maintenance/Status', {}],
  ['Maintenance/Hash', {}],
  ['Maintenance/HashKV', {}],
  ['Maintenance/Defragment', {}],
  ['Maintenance/MoveLeader', { targetID: '99' }],
];

/** What can be compared of an answer. */
function shown(path: string, answer: Fields): string {
  if (path === 'Maintenance/Alarm') return JSON.stringify(answer['alarms']);
  if (path === 'Maintenance/Status') return JSON.stringify(answer['errors']);
  if (path.startsWith('KV/')) return `ok ${String((answer['header'] as Fields)['revision'])}`;
  return 'ok';
}

class Walk {
  readonly said: string[] = [];
  readonly #cluster: LiveCluster;

  constructor(cluster: LiveCluster) {
    this.#cluster = cluster;
  }

  async all(): Promise<string[]> {
    const leader = await this.#cluster.leader();
    const through = [leader, ...this.#cluster.members.filter((member) => member !== leader)];
    const { term } = await this.#cluster.status(leader);
    await this.#step(leader, ['Lease/LeaseGrant', { ID: '7', TTL: 1000 }]);
    await this.#step(leader, ['Lease/LeaseGrant', { ID: '8', TTL: 1 }]);
    await this.#step(leader, ['KV/Put', { key: 'leased', value: 'v', lease: '8' }]);
    await this.#step(leader, ['Maintenance/Alarm', { action: 'ACTIVATE', ...ALARM }]);
    await this.#round('with the alarm', through.slice(0, 2));
    // Leases run out meanwhile, and cannot be revoked.
    await new Promise((resolve) => setTimeout(resolve, 4000));
    this.said.push(`leased: ${await this.#leased(leader)}`);
    const after = await this.#cluster.status(leader);
    this.said.push(`still leads: ${after.leader === after.id && after.term === term}`);
    await this.#step(leader, ['Maintenance/Alarm', { action: 'ACTIVATE', ...ALARM }]);
    await this.#step(leader, ['Maintenance/Alarm', { action: 'DEACTIVATE', ...ALARM }]);
    while ((await this.#leased(leader)) !== '0') await new Promise((done) => setTimeout(done, 100));
    await this.#round('without', through.slice(0, 2));
    await this.#cluster.equalHash();
    return this.said;
  }

  async #leased(member: MemberProcess): Promise<string> {
    const answer = await call(this.#cluster.client(member), '/etcdserverpb.KV/Range', {
      key: 'leased',
    });
    return String(answer['count']);
  }

  async #round(title: string, members: readonly MemberProcess[]): Promise<void> {
    for (const [at, member] of members.entries()) {
      this.said.push(`-- ${title}, through ${at === 0 ? 'the leader' : 'a follower'}`);
      for (const step of STEPS) await this.#step(member, step);
      this.said.push(`keep-alive: ${await this.#keptAlive(member)}`);
      for (const query of ['', '?serializable=true', '?exclude=CORRUPT']) {
        const health = await fetch(`http://${member.endpoint}/health${query}`);
        this.said.push(`/health${query}: ${health.status} ${await health.text()}`);
      }
      this.said.push(await endpointHealth(member));
    }
  }

  async #step(member: MemberProcess, [path, request]: Step): Promise<void> {
    const outcome = await call(this.#cluster.client(member), `/etcdserverpb.${path}`, request).then(
      (answer) => shown(path, answer),
      (error: CallError) => `${error.code} ${error.details}`,
    );
    this.said.push(`${path} ${JSON.stringify(request)}: ${outcome}`);
  }

  async #keptAlive(member: MemberProcess): Promise<string> {
    const path = '/etcdserverpb.Lease/LeaseKeepAlive';
    const stream = openStream(this.#cluster.client(member), path);
    try {
      return await new Promise<string>((resolve) => {
        stream.on('error', (error: CallError) => resolve(`${error.code} ${error.details}`));
        stream.on('data', (bytes: Buffer) => resolve(String(decodeResponse(path, bytes)['TTL'])));
        stream.write(encodeRequest(path, { ID: '7' }));
      });
    } finally {
      stream.cancel();
    }
  }
}

async function endpointHealth({ endpoint }: MemberProcess): Promise<string> {
  const options = { env: { ETCDCTL_API: '3' } };
  const args = [`--endpoints=${endpoint}`, 'endpoint', 'health'];
  const { code, stdout, stderr } = await run(realTool('etcdctl') ?? 'etcdctl', args, options);
  const lines = stderr.split('\n').filter((line) => !line.startsWith('{'));
  const text = `exit ${code} ${stdout}${lines.join('\n')}`;
  return text.replaceAll(endpoint, 'E').replace(/took = \S+/, 'took = T');
}

async function walked(kind: 'etcd' | 'etcd-ts'): Promise<string[]> {
  const cluster = await LiveCluster.start(3, { kind });
  try {
    return await new Walk(cluster).all();
  } finally {
    await cluster.dispose();
  }
}

describe('a CORRUPT alarm', { skip: liveSkipReason('etcd', 'etcdctl') }, () => {
  it('every call through leader and follower, and health: as real etcd', {
    timeout: 90_000,
  }, async (t) => {
    const [real, ours] = [await walked('etcd'), await walked('etcd-ts')];
    assert.deepEqual(ours, real);
    assert.ok(ours.some((line) => line.endsWith('15 etcdserver: corrupt cluster')));
    t.diagnostic(`${ours.length} lines compared`);
  });
});
