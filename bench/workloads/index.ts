/** All workloads, in the order in which they run by default. */
import { KEEP_ALIVE } from './keep-alive.ts';
import { MEMORY_WORKLOADS } from './memory.ts';
import { NO_OP_WORKLOADS } from './no-op.ts';
import { UNARY_WORKLOADS } from './unary.ts';
import { WATCH_WORKLOADS } from './watch.ts';
import type { CompactionWorkload, FailoverWorkload, Workload } from './workload.ts';

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

export const WORKLOADS: readonly Workload[] = [
  ...NO_OP_WORKLOADS,
  ...UNARY_WORKLOADS,
  KEEP_ALIVE,
  ...WATCH_WORKLOADS,
  ...MEMORY_WORKLOADS,
  COMPACTION,
  FAILOVER,
];
