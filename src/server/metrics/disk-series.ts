/** Log, snapshots and backend on their disks: `etcd_disk_*`, `etcd_snap_*`. */
import type { BackendMeters } from './backend-meters.ts';
import { gauge, histogram, type SeriesGroup } from './series.ts';
import type { WalMeters } from './wal-meters.ts';

export interface DiskMeters {
  readonly wal: WalMeters;
  readonly backend: BackendMeters;
}

export function diskSeries({ wal, backend }: DiskMeters): SeriesGroup {
  return {
    series: [
      histogram(
        'etcd_disk_wal_fsync_duration_seconds',
        'The latency distributions of fsync called by WAL.',
        wal.syncSeconds,
      ),
      histogram(
        'etcd_disk_wal_write_duration_seconds',
        'The latency distributions of write called by WAL.',
        wal.writeSeconds,
      ),
      gauge(
        'etcd_disk_wal_write_bytes_total',
        'Total number of bytes written in WAL.',
        () => wal.writtenBytes,
      ),
      histogram(
        'etcd_disk_backend_commit_duration_seconds',
        'The latency distributions of commit called by backend.',
        backend.commitSeconds,
      ),
      gauge(
        'etcd_mvcc_db_open_read_transactions',
        'The number of currently open read transactions',
        () => backend.openViews,
      ),
      histogram(
        'etcd_snap_fsync_duration_seconds',
        'The latency distributions of fsync called by snap.',
        wal.snapshotSyncSeconds,
      ),
      histogram(
        'etcd_debugging_snap_save_marshalling_duration_seconds',
        'The marshalling cost distributions of save called by snapshot.',
        wal.snapshotEncodeSeconds,
      ),
      histogram(
        'etcd_debugging_snap_save_total_duration_seconds',
        'The total latency distributions of save called by snapshot.',
        wal.snapshotSaveSeconds,
      ),
    ],
  };
}
