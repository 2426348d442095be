/**
 * `/metrics` of real processes: ours alone, against the committed list; and the same calls to a
 * real etcd and to ours, compared by name, type, labels, help and, where it can be, by value.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  call,
  encode,
  type GrpcClient,
  grpcClient,
  KV,
  openStream,
} from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import {
  LACKING,
  LACKING_PREFIX,
  OWN,
  SERVED,
  type SeriesShape,
  SHOWN_LATER,
  SHOWN_WITH_PEERS,
} from '../support/metrics/expected-metrics.ts';
import {
  type Family,
  labelNamesOf,
  parsePrometheus,
  valueOf,
} from '../support/metrics/prometheus-text.ts';
import { liveSkipReason, MemberProcess } from '../support/processes.ts';

type Page = Map<string, Family>;

const bytes = (text: string): Uint8Array => Buffer.from(text);

async function scrape({ endpoint }: MemberProcess): Promise<Page> {
  const answer = await fetch(`http://${endpoint}/metrics`);
  const type = answer.headers.get('content-type');
  assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores');
  return parsePrometheus(await answer.text());
}

async function withMember(
  kind: 'etcd-ts' | 'etcd',
  use: (member: MemberProcess, client: GrpcClient) => Promise<void>,
  flags: readonly string[] = ['--metrics=extensive'],
): Promise<void> {
  const member = await MemberProcess.start({ kind, flags });
  const client = grpcClient(member.endpoint);
  try {
    await use(member, client);
  } finally {
    client.close();
    await member.dispose();
  }
}

/** Waits until a value is what it should become. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail('it never came true');
}

/** One call of each kind that counts something; the stream is left open. */
async function someCalls(client: GrpcClient): Promise<() => void> {
  await KV.put(client, bytes('a'), bytes('1'));
  await KV.put(client, bytes('a'), bytes('22'));
  await call(client, '/etcdserverpb.KV/Put', { key: bytes('a'), value: bytes('3'), prevKv: true });
  await KV.get(client, bytes('a'));
  await KV.txn(client, [
    { key: bytes('b'), value: bytes('1') },
    { key: bytes('c'), value: bytes('1') },
  ]);
  await call(client, '/etcdserverpb.KV/DeleteRange', { key: bytes('b') });
  await call(client, '/etcdserverpb.KV/Range', { key: bytes('x'), revision: 99 }).catch(() => 0);
  await call(client, '/etcdserverpb.KV/Put', { key: bytes('x'), lease: 99 }).catch(() => 0);
  const granted = await call(client, '/etcdserverpb.Lease/LeaseGrant', { TTL: 100 });
  await call(client, '/etcdserverpb.KV/Put', { key: bytes('l'), lease: granted['ID'] });
  await call(client, '/etcdserverpb.Lease/LeaseRevoke', { ID: granted['ID'] });
  await call(client, '/etcdserverpb.Lease/LeaseGrant', { TTL: 50 });
  const stream = openStream(client, '/etcdserverpb.Watch/Watch');
  stream.on('error', () => undefined);
  const created = new Promise((resolve) => stream.once('data', resolve));
  const createRequest = { key: bytes('w') };
  stream.write(encode('etcdserverpb.WatchRequest', { createRequest }));
  await created;
  const event = new Promise((resolve) => stream.once('data', resolve));
  await KV.put(client, bytes('w'), bytes('1'));
  await event;
  const revision = await KV.revision(client);
  await call(client, '/etcdserverpb.KV/Compact', { revision, physical: true });
  return () => stream.cancel();
}

const shapeOf = (family: Family): SeriesShape => [
  family.type as SeriesShape[0],
  ...labelNamesOf(family),
];

const shapesOf = (page: Page): Record<string, SeriesShape> =>
  Object.fromEntries([...page].map(([name, family]) => [name, shapeOf(family)]));

const without = (
  shapes: Readonly<Record<string, SeriesShape>>,
  names: readonly string[],
): Record<string, SeriesShape> =>
  Object.fromEntries(Object.entries(shapes).filter(([name]) => !names.includes(name)));

describe('metrics: ours', () => {
  it('METRICS-I1: exactly the series of the list, with their types and labels', async () => {
    await withMember('etcd-ts', async (member, client) => {
      await scrape(member);
      const end = await someCalls(client);
      const later = [...SHOWN_LATER, ...SHOWN_WITH_PEERS];
      assert.deepEqual(shapesOf(await scrape(member)), without({ ...SERVED, ...OWN }, later));
      end();
    });
  });

  it('what the process does shows: disk, calls, memory, files', async () => {
    await withMember('etcd-ts', async (member, client) => {
      const before = await scrape(member);
      for (let n = 0; n < 10; n++) await KV.put(client, bytes('k'), bytes('v'.repeat(1000)));
      await until(async () => {
        const commits = 'etcd_disk_backend_commit_duration_seconds_count';
        return (valueOf(await scrape(member), commits) ?? 0) > (valueOf(before, commits) ?? 0);
      });
      const after = await scrape(member);
      const grown = (name: string, labels = {}): number =>
        (valueOf(after, name, labels) ?? 0) - (valueOf(before, name, labels) ?? 0);
      assert.equal(grown('etcd_disk_wal_fsync_duration_seconds_count'), 10);
      assert.ok(grown('etcd_disk_wal_write_bytes_total') > 10_000);
      assert.ok(grown('etcd_network_client_grpc_received_bytes_total') > 10_000);
      const put = { grpc_method: 'Put', grpc_service: 'etcdserverpb.KV', grpc_type: 'unary' };
      assert.equal(grown('grpc_server_started_total', put), 10);
      assert.equal(grown('grpc_server_handled_total', { ...put, grpc_code: 'OK' }), 10);
      assert.equal(grown('grpc_server_handling_seconds_count', put), 10);
      assert.ok(grown('grpc_server_handling_seconds_sum', put) > 0);
      assert.ok(grown('process_cpu_seconds_total') > 0);
      const startS = valueOf(after, 'process_start_time_seconds') ?? 0;
      assert.ok(Math.abs(Date.now() / 1000 - startS) < 60);
      assert.ok((valueOf(after, 'process_resident_memory_bytes') ?? 0) > 30e6);
      assert.ok((valueOf(after, 'os_fd_used') ?? 0) > 5);
      assert.ok((valueOf(after, 'nodejs_eventloop_lag_p99_seconds') ?? 0) > 0);
    });
  });

  it('without --metrics=extensive -> no durations of calls', async () => {
    await withMember(
      'etcd-ts',
      async (member) => {
        assert.equal((await scrape(member)).has('grpc_server_handling_seconds'), false);
      },
      [],
    );
  });
});

/** Counters that the same calls move alike. */
const COMPARED: readonly string[] = [
  'etcd_debugging_lease_granted_total',
  'etcd_debugging_lease_renewed_total',
  'etcd_debugging_lease_revoked_total',
  'etcd_debugging_lease_ttl_total',
  'etcd_debugging_mvcc_compact_revision',
  'etcd_debugging_mvcc_current_revision',
  'etcd_debugging_mvcc_db_compaction_keys_total',
  'etcd_debugging_mvcc_events_total',
  'etcd_debugging_mvcc_keys_total',
  'etcd_debugging_mvcc_slow_watcher_total',
  'etcd_debugging_mvcc_total_put_size_in_bytes',
  'etcd_debugging_mvcc_watch_stream_total',
  'etcd_debugging_mvcc_watcher_total',
  'etcd_mvcc_delete_total',
  'etcd_mvcc_put_total',
  'etcd_mvcc_txn_total',
  'etcd_server_client_requests_total',
  'etcd_server_has_leader',
  'etcd_server_is_leader',
  'etcd_server_is_learner',
  'etcd_server_proposals_pending',
  'etcd_server_quota_backend_bytes',
  'etcd_cluster_version',
  'grpc_server_handled_total',
  'grpc_server_started_total',
];

describe('metrics: ours and a real etcd', { skip: liveSkipReason('etcd') }, () => {
  it('METRICS-I2, METRICS-I3: same series, but for those with a reason; same counts', async (t) => {
    let real: Page = new Map();
    let realVersion = '';
    await withMember('etcd', async (member, client) => {
      const answer = await fetch(`http://${member.endpoint}/version`);
      realVersion = ((await answer.json()) as { etcdserver: string }).etcdserver;
      const end = await someCalls(client);
      real = await scrape(member);
      end();
    });
    // Which series there are is 3.6's business; what is counted, and how, is the same in 3.5.
    const is36 = realVersion.startsWith('3.6.');
    t.diagnostic(`compared with ${realVersion}`);
    await withMember('etcd-ts', async (member, client) => {
      const end = await someCalls(client);
      const ours = await scrape(member);
      if (is36) assertSameSeries(ours, real);
      for (const name of COMPARED.filter((each) => is36 || each !== 'etcd_cluster_version')) {
        assert.deepEqual(countsOf(ours.get(name)), countsOf(real.get(name)), name);
      }
      // The compaction of a real etcd reads a key, so that it counts a range of its own.
      const ranges = 'etcd_mvcc_range_total';
      assert.equal(valueOf(ours, ranges), (valueOf(real, ranges) ?? 0) - 1);
      end();
    });
  });
});

describe('metrics: a cluster of three', { skip: liveSkipReason('etcd') }, () => {
  /** The page of a leader that has lost one of its two followers. */
  async function pageOf(kind: 'etcd-ts' | 'etcd'): Promise<Page> {
    const cluster = await LiveCluster.start(3, { kind });
    try {
      const leader = await cluster.leader();
      const lost = cluster.members.find((member) => member !== leader);
      await KV.put(cluster.client(leader), bytes('a'), bytes('1'));
      const trips = 'etcd_network_peer_round_trip_time_seconds';
      await until(async () => (await scrape(leader)).has(trips));
      await lost?.kill();
      const disconnected = 'etcd_network_disconnected_peers_total';
      await until(async () => (await scrape(leader)).has(disconnected));
      return await scrape(leader);
    } finally {
      await cluster.dispose();
    }
  }

  it('METRICS-I2: what peers add to a page -> the same series, and as many of each', async () => {
    const [ours, real] = await Promise.all([pageOf('etcd-ts'), pageOf('etcd')]);
    for (const name of SHOWN_WITH_PEERS) {
      const [mine, theirs] = [ours.get(name), real.get(name)];
      assert.ok(mine !== undefined && theirs !== undefined, name);
      assert.deepEqual(shapeOf(mine), shapeOf(theirs), name);
      assert.equal(mine.help, theirs.help);
      assert.deepEqual(boundsOf(mine), boundsOf(theirs), name);
    }
    // 3.5 knows peers only that are added while it runs.
    const known = real.has('etcd_network_known_peers') ? ['known_peers'] : [];
    for (const name of ['active_peers', 'disconnected_peers_total', ...known]) {
      const values = (page: Page): number[] =>
        (page.get(`etcd_network_${name}`)?.samples ?? [])
          .map(({ value }) => value)
          .sort((a, b) => a - b);
      assert.deepEqual(values(ours), values(real), name);
    }
  });
});

/** Every series of a real etcd's is ours with the same shape, or has a reason not to be; the reverse. */
function assertSameSeries(ours: Page, real: Page): void {
  const reals = [...real.keys()].filter((name) => !name.startsWith(LACKING_PREFIX));
  const lacking = reals.filter((name) => !(name in SERVED));
  assert.deepEqual(
    lacking.filter((name) => !(name in LACKING)),
    [],
    'a series that we lack has a reason',
  );
  for (const name of reals.filter((each) => each in SERVED)) {
    const [mine, theirs] = [ours.get(name), real.get(name)];
    assert.ok(mine !== undefined && theirs !== undefined, name);
    assert.deepEqual(shapeOf(mine), shapeOf(theirs), name);
    assert.equal(mine.help, theirs.help);
    assert.deepEqual(boundsOf(mine), boundsOf(theirs), name);
  }
  for (const name of Object.keys(SERVED)) {
    const isLater = SHOWN_LATER.includes(name) || SHOWN_WITH_PEERS.includes(name);
    assert.ok(real.has(name) || isLater, `${name} is etcd's`);
  }
}

function boundsOf({ samples }: Family): string[] {
  return [...new Set(samples.flatMap(({ labels: { le } }) => (le === undefined ? [] : [le])))];
}

function countsOf(family: Family | undefined): string[] {
  const samples = family?.samples ?? [];
  return samples
    .filter(({ value }) => value !== 0)
    .map(({ name, labels, value }) => {
      const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
      return `${name} ${JSON.stringify(pairs)} ${value}`;
    })
    .sort((a, b) => (a < b ? -1 : 1));
}
