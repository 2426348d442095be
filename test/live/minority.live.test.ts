/**
 * What clients are told by a member that is cut off from the others, and when: the same by real etcd
 * and by us.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import {
  type CallError,
  call,
  encodeRequest,
  type Fields,
  type GrpcClient,
  KV,
  openStream,
} from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import { liveSkipReason, type MemberProcess } from '../support/processes.ts';
import { networkSkipReason, SwitchedNetwork } from '../support/switched-network.ts';

const lacking = liveSkipReason('etcd');
const skip = lacking === false ? networkSkipReason() : lacking;

/** By then a member that is cut off knows no leader any more. */
const NOTICED_MS = 3500;
const LEASE_TTL_S = 600;

const KV_PUT = '/etcdserverpb.KV/Put';
const KV_RANGE = '/etcdserverpb.KV/Range';
const WATCH = '/etcdserverpb.Watch/Watch';
const LEASE = '/etcdserverpb.Lease/';

const WATCH_K = { createRequest: { key: 'k' } };

/** What was asked -> what was told, and when. */
type Told = Record<string, string>;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function withLeader(): Metadata {
  const metadata = new Metadata();
  metadata.set('hasleader', 'true');
  return metadata;
}

/** What members wait for: nothing, a request time-out, or that and the read before them. */
const WAITS_MS = [0, 7000, 7000 + NOTICED_MS];
const WAIT_DEVIATION_MS = 1500;

function when(startedAtMs: number): string {
  const ms = performance.now() - startedAtMs;
  const wait = WAITS_MS.find((waitMs) => Math.abs(ms - waitMs) < WAIT_DEVIATION_MS);
  return `after ${wait ?? ms} ms`;
}

async function outcome(asked: Promise<Fields>): Promise<string> {
  const startedAtMs = performance.now();
  const told = await asked.then(
    (answer) => ('errors' in answer ? `OK ${String(answer['errors'])}` : 'OK'),
    ({ code, details }: CallError) => `${code} ${details}`,
  );
  return `${told}, ${when(startedAtMs)}`;
}

/** The status with which the server ends a stream. */
function ended(
  client: GrpcClient,
  path: string,
  request: Fields,
  metadata = new Metadata(),
): Promise<string> {
  const stream = openStream(client, path, metadata);
  stream.on('data', () => undefined);
  stream.write(encodeRequest(path, request));
  return new Promise((resolve) => {
    stream.once('error', ({ code, details }: CallError) => resolve(`${code} ${details}`));
  });
}

/** What `k` is, once that can be told; a lost connection may be noticed late. */
async function untilRead(client: GrpcClient): Promise<string> {
  for (let tries = 0; tries < 5; tries++) {
    try {
      return String(await KV.get(client, Buffer.from('k')));
    } catch {
      await pause(100);
    }
  }
  return assert.fail('it does not come back');
}

/** What is asked both before and after it is noticed that nobody leads. */
async function everyAnswer(client: GrpcClient, lease: string, prefix: string): Promise<Told> {
  const peerURLs = ['http://192.0.2.1:2380'];
  const asked: Record<string, Promise<Fields>> = {
    put: call(client, KV_PUT, { key: 'unknown', value: 'v' }),
    serializable: call(client, KV_RANGE, { key: 'k', serializable: true }),
    compact: call(client, '/etcdserverpb.KV/Compact', { revision: 2 }),
    grant: call(client, `${LEASE}LeaseGrant`, { TTL: LEASE_TTL_S }),
    revoke: call(client, `${LEASE}LeaseRevoke`, { ID: '4711' }),
    timeToLive: call(client, `${LEASE}LeaseTimeToLive`, { ID: lease }),
    leases: call(client, `${LEASE}LeaseLeases`, {}),
    localMembers: call(client, '/etcdserverpb.Cluster/MemberList', {}),
    addMember: call(client, '/etcdserverpb.Cluster/MemberAdd', { peerURLs }),
    alarms: call(client, '/etcdserverpb.Maintenance/Alarm', {}),
    hash: call(client, '/etcdserverpb.Maintenance/HashKV', {}),
  };
  const entries = Object.entries(asked).map(([name, one]) => [`${prefix}: ${name}`, outcome(one)]);
  return allTold(Object.fromEntries(entries) as Record<string, Promise<string>>);
}

/** What makes sense only once it is known that nobody leads. */
async function whileNoLeader(client: GrpcClient, lease: string): Promise<Told> {
  const members = { linearizable: true };
  const put = { key: 'unknown', value: 'v' };
  const serializable = { key: 'k', serializable: true };
  return allTold({
    range: outcome(call(client, KV_RANGE, { key: 'k' })),
    members: outcome(call(client, '/etcdserverpb.Cluster/MemberList', members)),
    status: outcome(call(client, '/etcdserverpb.Maintenance/Status', {})),
    keepAlive: ended(client, `${LEASE}LeaseKeepAlive`, { ID: lease }),
    'put that wants a leader': outcome(call(client, KV_PUT, put, withLeader())),
    'serializable range that wants a leader': outcome(
      call(client, KV_RANGE, serializable, withLeader()),
    ),
    'watch that wants a leader': ended(client, WATCH, WATCH_K, withLeader()),
  });
}

async function allTold(asked: Record<string, Promise<string>>): Promise<Told> {
  const entries = Object.entries(asked).map(async ([name, told]) => [name, await told]);
  return Object.fromEntries(await Promise.all(entries)) as Told;
}

async function health({ endpoint }: MemberProcess): Promise<string> {
  const answer = await fetch(`http://${endpoint}/health`);
  return `${answer.status} ${await answer.text()}`;
}

/** Cuts one member off from the two others, and writes down what it says. */
async function answersWhileAlone(
  kind: 'etcd' | 'etcd-ts',
  role: 'leader' | 'follower',
): Promise<Told> {
  const network = new SwitchedNetwork(3);
  let cluster: LiveCluster | undefined;
  try {
    cluster = await LiveCluster.start(3, { kind, places: network.places });
    const leader = cluster.members.indexOf(await cluster.leader());
    const cutOff = role === 'leader' ? leader : (leader + 1) % 3;
    const others = [0, 1, 2].filter((at) => at !== cutOff);
    const member = cluster.members[cutOff];
    assert.ok(member !== undefined);
    const client = cluster.client(member);
    await KV.put(client, Buffer.from('k'), Buffer.from('v'));
    const { ID } = await call(client, `${LEASE}LeaseGrant`, { TTL: LEASE_TTL_S });
    const lease = String(ID);
    const watched = ended(client, WATCH, WATCH_K, withLeader());

    network.split([cutOff], others);
    // One alone: a second one could be in the same round of reads, or in the next one.
    const firstRange = outcome(call(client, KV_RANGE, { key: 'k' }));
    const unnoticed = everyAnswer(client, lease, 'not noticed yet');
    await pause(NOTICED_MS);
    const noticed = everyAnswer(client, lease, 'noticed');
    const withoutLeader = whileNoLeader(client, lease);
    const told: Told = {
      ...(await noticed),
      ...(await withoutLeader),
      ...(await unnoticed),
      'first range': await firstRange,
      'old watch that wants a leader': await watched,
      health: await health(member),
    };
    network.heal();
    told['k in the end'] = await untilRead(client);
    await cluster.equalHash();
    return told;
  } finally {
    await cluster?.dispose();
    network.dispose();
  }
}

describe('a member that is cut off', { skip }, () => {
  for (const role of ['leader', 'follower'] as const) {
    it(`the ${role} -> tells clients what real etcd tells them, when it does`, {
      timeout: 90_000,
    }, async () => {
      const [real, ours] = await Promise.all([
        answersWhileAlone('etcd', role),
        answersWhileAlone('etcd-ts', role),
      ]);
      assert.deepEqual(ours, real);
    });
  }
});
