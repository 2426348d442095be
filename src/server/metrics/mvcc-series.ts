/** The store, its watchers, the leases, users: `etcd_mvcc_*` and most of `etcd_debugging_*`. */
import type { WatchCounts } from '../../mvcc/index.ts';
import type { Member } from '../member.ts';
import { counter, gauge, histogram, type Series, type SeriesGroup } from './series.ts';

/** What of a member is shown here. */
export type StoreFacts = Pick<Member, 'auth' | 'store' | 'hub' | 'lessor' | 'meters' | 'size'>;

export function mvccSeries(member: StoreFacts): SeriesGroup {
  const { meters } = member;
  let watches = member.hub.counts();
  return {
    refresh() {
      watches = member.hub.counts();
    },
    series: [
      gauge(
        'etcd_mvcc_db_total_size_in_bytes',
        'Total size of the underlying database physically allocated in bytes.',
        () => member.size.totalBytes,
      ),
      gauge(
        'etcd_mvcc_db_total_size_in_use_in_bytes',
        'Total size of the underlying database logically in use in bytes.',
        () => member.size.inUseBytes,
      ),
      counter(
        'etcd_mvcc_range_total',
        'Total number of ranges seen by this member.',
        () => member.store.counters.ranges,
      ),
      counter(
        'etcd_mvcc_put_total',
        'Total number of puts seen by this member.',
        () => member.store.counters.puts,
      ),
      counter(
        'etcd_mvcc_delete_total',
        'Total number of deletes seen by this member.',
        () => member.store.counters.deletes,
      ),
      counter(
        'etcd_mvcc_txn_total',
        'Total number of txns seen by this member.',
        () => member.store.counters.txns,
      ),
      gauge(
        'etcd_debugging_auth_revision',
        'The current revision of auth store.',
        () => member.auth.revision,
      ),
      gauge('etcd_debugging_mvcc_keys_total', 'Total number of keys.', () => member.store.keyCount),
      gauge(
        'etcd_debugging_mvcc_current_revision',
        'The current revision of store.',
        () => member.store.currentRevision,
      ),
      gauge(
        'etcd_debugging_mvcc_compact_revision',
        'The revision of the last compaction in store.',
        () => member.store.compactRevision,
      ),
      gauge(
        'etcd_debugging_mvcc_total_put_size_in_bytes',
        'The total size of put kv pairs seen by this member.',
        () => member.store.counters.putBytes,
      ),
      ...maintenanceSeries(meters),
      ...compactionSeries(meters.compactions),
      ...watchSeries(member.hub, () => watches),
      ...leaseSeries(member),
    ],
  };
}

function maintenanceSeries(meters: StoreFacts['meters']): Series[] {
  return [
    histogram(
      'etcd_mvcc_hash_duration_seconds',
      'The latency distribution of storage hash operation.',
      meters.stateHashes.seconds,
    ),
    histogram(
      'etcd_mvcc_hash_rev_duration_seconds',
      'The latency distribution of storage hash by revision operation.',
      meters.revisionHashes.seconds,
    ),
    gauge(
      'etcd_disk_defrag_inflight',
      'Whether or not defrag is active on the member. 1 means active, 0 means not.',
      () => Math.min(1, meters.defragmentations.running),
    ),
    histogram(
      'etcd_disk_backend_defrag_duration_seconds',
      'The latency distribution of backend defragmentation.',
      meters.defragmentations.seconds,
    ),
    histogram(
      'etcd_disk_backend_snapshot_duration_seconds',
      'The latency distribution of backend snapshots.',
      meters.snapshots.seconds,
    ),
  ];
}

function compactionSeries(compactions: StoreFacts['meters']['compactions']): Series[] {
  return [
    counter(
      'etcd_debugging_mvcc_db_compaction_keys_total',
      'Total number of db keys compacted.',
      () => compactions.removedRows,
    ),
    gauge(
      'etcd_debugging_mvcc_db_compaction_last',
      'The unix time of the last db compaction. Resets to 0 on start.',
      () => compactions.lastEndS,
    ),
    histogram(
      'etcd_debugging_mvcc_db_compaction_total_duration_milliseconds',
      'Bucketed histogram of db compaction total duration.',
      compactions.durationsMs,
    ),
  ];
}

function watchSeries(hub: StoreFacts['hub'], counts: () => WatchCounts): Series[] {
  return [
    gauge(
      'etcd_debugging_mvcc_watch_stream_total',
      'Total number of watch streams.',
      () => counts().streams,
    ),
    gauge(
      'etcd_debugging_mvcc_watcher_total',
      'Total number of watchers.',
      () => counts().watchers,
    ),
    gauge(
      'etcd_debugging_mvcc_slow_watcher_total',
      'Total number of unsynced slow watchers.',
      () => counts().slowWatchers,
    ),
    counter(
      'etcd_debugging_mvcc_events_total',
      'Total number of events sent by this member.',
      () => hub.eventsSent,
    ),
  ];
}

function leaseSeries({ lessor, meters }: StoreFacts): Series[] {
  // A lessor that takes the place of this one counts on with the same ones.
  const { counters } = lessor;
  return [
    counter(
      'etcd_debugging_lease_granted_total',
      'The total number of granted leases.',
      () => counters.granted,
    ),
    counter(
      'etcd_debugging_lease_renewed_total',
      'The number of renewed leases seen by the leader.',
      () => counters.renewed,
    ),
    counter(
      'etcd_debugging_lease_revoked_total',
      'The total number of revoked leases.',
      () => counters.revoked,
    ),
    histogram(
      'etcd_debugging_lease_ttl_total',
      'Bucketed histogram of lease TTLs.',
      counters.grantedTtlsS,
    ),
    counter(
      'etcd_debugging_server_lease_expired_total',
      'The total number of expired leases.',
      () => meters.expiredLeases,
    ),
  ];
}
