/** What a member shows, and how it moves: on a simulated member, whose time is the test's. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CallCounters } from '../../../../src/grpc/index.ts';
import {
  AlarmAction,
  AlarmRequest,
  AlarmType,
  CompactionRequest,
  DefragmentRequest,
  HashKVRequest,
  HashRequest,
  LeaseGrantRequest,
  LeaseGrantResponse,
  MemberPromoteRequest,
  type MessageCodec,
  WatchCreateRequest,
  WatchRequest,
} from '../../../../src/pb/index.ts';
import { ClientRequests } from '../../../../src/server/api/client-requests.ts';
import { BackendMeters } from '../../../../src/server/metrics/backend-meters.ts';
import { memberMetrics } from '../../../../src/server/metrics/member-metrics.ts';
import { WalMeters } from '../../../../src/server/metrics/wal-meters.ts';
import { PeerMeters } from '../../../../src/server/peer/peer-meters.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import { type Family, parsePrometheus, valueOf } from '../../../support/metrics/prometheus-text.ts';
import { answered, put, range, written } from '../../../support/server/requests.ts';

type Page = Map<string, Family>;

async function withMember(use: (sim: SimMember, scrape: () => Promise<Page>) => Promise<void>) {
  const sim = new SimMember(1, { quotaBytes: 123_456_789 });
  await sim.start();
  const page = memberMetrics({
    member: sim.member,
    disk: { wal: new WalMeters(), backend: new BackendMeters() },
    calls: new CallCounters({ isTimed: false }),
    requests: new ClientRequests(),
    peers: new PeerMeters(),
    table: new Map(),
  });
  await use(sim, async () => parsePrometheus(await page.text()));
  await sim.stop();
}

const applied = (page: Page, op: string, success = 'true'): number | undefined =>
  valueOf(page, 'etcd_server_apply_duration_seconds_count', { op, success, version: 'v3' });

describe('member metrics', () => {
  it('a member that serves: who it is, that it leads, what it may store', async () => {
    await withMember(async (sim, scrape) => {
      await sim.until(() => sim.member.cluster.version !== undefined);
      const page = await scrape();
      const id = sim.member.cluster.localId.toString(16);
      assert.equal(valueOf(page, 'etcd_server_id', { server_id: id }), 1);
      assert.equal(valueOf(page, 'etcd_server_version', { server_version: '3.6.14' }), 1);
      assert.equal(valueOf(page, 'etcd_cluster_version', { cluster_version: '3.6' }), 1);
      assert.equal(valueOf(page, 'etcd_server_has_leader'), 1);
      assert.equal(valueOf(page, 'etcd_server_is_leader'), 1);
      assert.equal(valueOf(page, 'etcd_server_is_learner'), 0);
      assert.equal(valueOf(page, 'etcd_server_leader_changes_seen_total'), 1);
      assert.equal(valueOf(page, 'etcd_server_quota_backend_bytes'), 123_456_789);
      assert.equal(valueOf(page, 'etcd_debugging_mvcc_compact_revision'), -1);
      assert.equal(applied(page, 'ClusterMemberAttrSet'), 1);
      assert.equal(applied(page, 'ClusterVersionSet'), 1);
    });
  });

  it('promotions of learners: refused, by the words of etcd within its server; then made', async () => {
    await withMember(async (sim, scrape) => {
      const promote = async (ID: bigint): Promise<void> => {
        const call = sim.unary('/etcdserverpb.Cluster/MemberPromote', MemberPromoteRequest, { ID });
        await sim.until(() => call.isOver);
      };
      const failures = 'etcd_server_learner_promote_failures';
      assert.equal(valueOf(await scrape(), 'etcd_server_learner_promote_successes'), 0);
      assert.equal((await scrape()).has(failures), false);
      await promote(5n);
      await promote(5n);
      await promote(sim.member.cluster.localId);
      const page = await scrape();
      const reason = (Reason: string): number | undefined => valueOf(page, failures, { Reason });
      assert.equal(reason('membership: ID not found'), 2);
      assert.equal(reason('membership: can only promote a learner member'), 1);
    });
  });

  it('proposals: committed and applied with each write, pending while one is under way', async () => {
    await withMember(async (sim, scrape) => {
      await written(sim, 'a', '1');
      const before = await scrape();
      const call = put(sim, 'a', '2');
      const during = await scrape();
      assert.equal(valueOf(during, 'etcd_server_proposals_pending'), 1);
      await sim.until(() => call.isOver);
      const after = await scrape();
      const committed = 'etcd_server_proposals_committed_total';
      assert.equal(valueOf(after, committed), (valueOf(before, committed) ?? 0) + 1);
      assert.equal(
        valueOf(after, 'etcd_server_proposals_applied_total'),
        valueOf(after, committed),
      );
      assert.equal(valueOf(after, 'etcd_server_proposals_pending'), 0);
      assert.equal(valueOf(after, 'etcd_server_proposals_failed_total'), 0);
      assert.equal(applied(after, 'Put'), 2);
      assert.equal(applied(after, 'Put', 'false'), undefined);
    });
  });

  it('a proposal that a hanging disk holds up -> failed when its time is over', async () => {
    await withMember(async (sim, scrape) => {
      sim.log.isStalled = true;
      const call = put(sim, 'a', '1');
      await sim.until(() => call.isOver);
      sim.log.isStalled = false;
      assert.equal(valueOf(await scrape(), 'etcd_server_proposals_failed_total'), 1);
    });
  });

  it('the store: puts, ranges, keys, revisions; a request that fails to apply', async () => {
    await withMember(async (sim, scrape) => {
      await written(sim, 'a', '123');
      await written(sim, 'b', '1');
      for (const revision of [0, 99]) {
        const call = range(sim, 'a', { revision });
        await sim.until(() => call.isOver);
      }
      const failing = put(sim, 'c', '1', { lease: 99n });
      await sim.until(() => failing.isOver);
      const page = await scrape();
      assert.equal(valueOf(page, 'etcd_mvcc_put_total'), 2);
      assert.equal(valueOf(page, 'etcd_mvcc_range_total'), 2);
      assert.equal(valueOf(page, 'etcd_debugging_mvcc_keys_total'), 2);
      assert.equal(valueOf(page, 'etcd_debugging_mvcc_current_revision'), 3);
      assert.equal(valueOf(page, 'etcd_debugging_mvcc_total_put_size_in_bytes'), 4 + 2);
      const ranges = 'etcd_server_range_duration_seconds_count';
      assert.equal(valueOf(page, ranges, { success: 'true' }), 1);
      assert.equal(valueOf(page, ranges, { success: 'false' }), 1);
      assert.equal(applied(page, 'Put', 'false'), 1);
      assert.ok((valueOf(page, 'etcd_mvcc_db_total_size_in_bytes') ?? -1) >= 0);
    });
  });

  it('a compaction: rows removed, when it ended, how long it took', async () => {
    await withMember(async (sim, scrape) => {
      for (const value of ['1', '2', '3']) await written(sim, 'a', value);
      const request = CompactionRequest.create({ revision: 4, physical: true });
      const call = sim.unary('/etcdserverpb.KV/Compact', CompactionRequest, request);
      await sim.until(() => call.isOver);
      const page = await scrape();
      assert.equal(valueOf(page, 'etcd_debugging_mvcc_compact_revision'), 4);
      assert.equal(valueOf(page, 'etcd_debugging_mvcc_db_compaction_keys_total'), 2);
      const nowS = Math.floor(sim.scheduler.wallMs() / 1000);
      const endedS = valueOf(page, 'etcd_debugging_mvcc_db_compaction_last') ?? 0;
      assert.ok(endedS > 0 && nowS - endedS <= 60, `${endedS} before ${nowS}`);
      const durations = 'etcd_debugging_mvcc_db_compaction_total_duration_milliseconds_count';
      assert.equal(valueOf(page, durations), 1);
    });
  });

  it('watches: streams, watchers and events; they go with their stream', async () => {
    await withMember(async (sim, scrape) => {
      const watch = sim.bidi('/etcdserverpb.Watch/Watch');
      const create = WatchCreateRequest.create({ key: Uint8Array.of(97) });
      const request = WatchRequest.encode(WatchRequest.create({ createRequest: create }));
      watch.receive(request);
      watch.receive(request);
      await written(sim, 'a', '1');
      await written(sim, 'b', '1');
      const page = await scrape();
      assert.equal(valueOf(page, 'etcd_debugging_mvcc_watch_stream_total'), 1);
      assert.equal(valueOf(page, 'etcd_debugging_mvcc_watcher_total'), 2);
      assert.equal(valueOf(page, 'etcd_debugging_mvcc_slow_watcher_total'), 0);
      assert.equal(valueOf(page, 'etcd_debugging_mvcc_events_total'), 2);
      watch.cancel();
      const later = await scrape();
      assert.equal(valueOf(later, 'etcd_debugging_mvcc_watch_stream_total'), 0);
      assert.equal(valueOf(later, 'etcd_debugging_mvcc_watcher_total'), 0);
    });
  });

  it('leases: granted, revoked, and those that expired', async () => {
    await withMember(async (sim, scrape) => {
      const request = LeaseGrantRequest.create({ TTL: 5 });
      const path = '/etcdserverpb.Lease/LeaseGrant';
      const { ID } = await answered(
        sim,
        sim.unary(path, LeaseGrantRequest, request),
        LeaseGrantResponse,
      );
      const page = await scrape();
      assert.equal(valueOf(page, 'etcd_debugging_lease_granted_total'), 1);
      assert.equal(valueOf(page, 'etcd_debugging_lease_ttl_total_bucket', { le: '8' }), 1);
      assert.equal(valueOf(page, 'etcd_debugging_server_lease_expired_total'), 0);
      await sim.until(() => !sim.member.lessor.exists(ID));
      await sim.pass(1000);
      const later = await scrape();
      assert.equal(valueOf(later, 'etcd_debugging_lease_revoked_total'), 1);
      assert.equal(valueOf(later, 'etcd_debugging_server_lease_expired_total'), 1);
    });
  });

  it('hashes and defragmentations: counted when they are done', async () => {
    await withMember(async (sim, scrape) => {
      await written(sim, 'a', '1');
      const done = async <Request>(
        method: string,
        codec: MessageCodec<Request>,
        request: Request,
      ): Promise<void> => {
        const call = sim.unary(`/etcdserverpb.Maintenance/${method}`, codec, request);
        await sim.until(() => call.isOver);
        assert.equal(call.failure, undefined);
      };
      await done('Hash', HashRequest, HashRequest.create());
      await done('HashKV', HashKVRequest, HashKVRequest.create());
      await done('HashKV', HashKVRequest, HashKVRequest.create({ revision: 2 }));
      await done('Defragment', DefragmentRequest, DefragmentRequest.create());
      const page = await scrape();
      assert.equal(valueOf(page, 'etcd_mvcc_hash_duration_seconds_count'), 1);
      assert.equal(valueOf(page, 'etcd_mvcc_hash_rev_duration_seconds_count'), 2);
      assert.equal(valueOf(page, 'etcd_disk_backend_defrag_duration_seconds_count'), 1);
      assert.equal(valueOf(page, 'etcd_disk_defrag_inflight'), 0);
    });
  });

  it('alarms: one sample each, by member and type, as long as they are active', async () => {
    await withMember(async (sim, scrape) => {
      const memberID = sim.member.cluster.localId;
      const alarm = AlarmType.NOSPACE;
      const set = async (action: AlarmAction): Promise<void> => {
        const request = AlarmRequest.create({ action, memberID, alarm });
        const call = sim.unary('/etcdserverpb.Maintenance/Alarm', AlarmRequest, request);
        await sim.until(() => call.isOver);
      };
      const labels = { server_id: memberID.toString(16), alarm_type: 'NOSPACE' };
      assert.equal((await scrape()).has('etcd_debugging_server_alarms'), false);
      await set(AlarmAction.ACTIVATE);
      assert.equal(valueOf(await scrape(), 'etcd_debugging_server_alarms', labels), 1);
      await set(AlarmAction.DEACTIVATE);
      assert.equal((await scrape()).has('etcd_debugging_server_alarms'), false);
    });
  });
});
