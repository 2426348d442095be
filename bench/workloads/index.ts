/** All workloads, in the order in which they run by default. */
import { KEEP_ALIVE } from './keep-alive.ts';
import { MEMORY_WORKLOADS } from './memory.ts';
import { NO_OP_WORKLOADS } from './no-op.ts';
import { UNARY_WORKLOADS } from './unary.ts';
import { WATCH_WORKLOADS } from './watch.ts';
import type {
  CompactionWorkload,
  FailoverWorkload,
  RestartWorkload,
  SnapshotWorkload,
  Workload,
} from './workload.ts';

const FAILOVER: FailoverWorkload = {
  kind: 'failover',
  name: 'failover',
  about: 'kill -9 of the leader under puts: time until they are answered again',
  unit: 'kills',
};

const COMPACTION: CompactionWorkload = {
  kind: 'compaction',
  name: 'compaction',
  about: 'compaction of --revisions revisions under --pace requests per second',
  unit: 'revisions',
};

const RESTART: RestartWorkload = {
  kind: 'restart',
  name: 'restart',
  about: 'start on --keys keys, after a stop and after kill -9: time until a read is answered',
  unit: 'restarts',
};

const SNAPSHOT: SnapshotWorkload = {
  kind: 'snapshot',
  name: 'snapshot',
  about: 'snapshots of --keys keys under puts, paced (--pace) and in a closed loop',
  unit: 'snapshots',
};

export const WORKLOADS: readonly Workload[] = [
  ...NO_OP_WORKLOADS,
  ...UNARY_WORKLOADS,
  KEEP_ALIVE,
  ...WATCH_WORKLOADS,
  ...MEMORY_WORKLOADS,
  COMPACTION,
  FAILOVER,
  RESTART,
  SNAPSHOT,
];
