/** Brings the replicated state of one member into memory from its backend. */

import type { Backend } from '../base/ports/backend.ts';
import { Bucket } from '../base/ports/backend.ts';
import type { Logger } from '../base/ports/logger.ts';
import { Lessor } from '../lease/index.ts';
import {
  BATCH_BYTES_MAX,
  type BackendMeta,
  type CompactionObserver,
  KEPT_BYTES_MAX,
  KeyIndex,
  STORE_OPTIONS_DEFAULT,
  Store,
  ValueCache,
  WatchHub,
  type WatchHubOptions,
  WriteBuffer,
} from '../mvcc/index.ts';
import type { ReplicatedState } from './apply/replicated-state.ts';
import { checkServerVersion, checkStorageVersion } from './check-version.ts';
import { ServerError } from './errors.ts';
import { ensureAuthRevision } from './first-auth-revision.ts';
import { Alarms } from './membership/alarms.ts';
import { Cluster, type ClusterOptions } from './membership/cluster.ts';
import { allRows } from './membership/stored-membership.ts';

/** Newest values kept in memory; beyond it the least recently used are read from the backend. */
const VALUE_CACHE_BYTES = 1024 * 1024 * 1024;

export interface MemberStateOptions {
  readonly cluster: ClusterOptions;
  /** Shortest lease TTL in seconds. */
  readonly leaseTtlSMin: number;
  readonly compactionBatchLimit: number;
  readonly batchOperationsMax: number;
  readonly watch: WatchHubOptions;
}

export interface MemberStatePorts {
  readonly backend: Backend;
  readonly logger: Logger;
  readonly yieldTurn: () => Promise<void>;
  readonly compactionPause: () => Promise<void>;
  readonly compactionObserver: CompactionObserver;
  readonly fatal: (error: unknown) => void;
}

export interface MemberState extends ReplicatedState {
  readonly hub: WatchHub;
  readonly buffer: WriteBuffer;
}

export async function restoreMemberState(
  options: MemberStateOptions,
  meta: BackendMeta,
  ports: MemberStatePorts,
): Promise<MemberState> {
  const { backend, logger } = ports;
  const buffer = new WriteBuffer(meta, backend, {
    batchOperationsMax: options.batchOperationsMax,
    batchBytesMax: BATCH_BYTES_MAX,
    keptBytesMax: KEPT_BYTES_MAX,
  });
  const lessor = new Lessor({ ttlSMin: options.leaseTtlSMin }, buffer);
  const cluster = new Cluster(options.cluster, buffer);
  const alarms = new Alarms(buffer);
  const hub = new WatchHub(options.watch);
  // Leases first: the store ties the keys it reads to them.
  lessor.restore(await allRows(backend, Bucket.lease));
  await cluster.restore(backend);
  checkMayRun(cluster);
  cluster.migrateStorage();
  await alarms.restore(backend);
  ensureAuthRevision(backend, buffer);
  const store = await Store.restore(
    { ...STORE_OPTIONS_DEFAULT, compactionBatchLimit: options.compactionBatchLimit },
    {
      backend,
      index: new KeyIndex(),
      values: new ValueCache({ bytesMax: VALUE_CACHE_BYTES }),
      buffer,
      leases: lessor,
      sink: hub,
      yieldTurn: ports.yieldTurn,
      compactionPause: ports.compactionPause,
      compactionObserver: ports.compactionObserver,
      fatal: ports.fatal,
    },
    { meta, onProgress: restoreReporter(logger) },
  );
  hub.attach(store);
  return { store, lessor, cluster, alarms, hub, buffer };
}

/** Throws SERVER_START_REFUSED for a cluster that this member cannot be one of. */
function checkMayRun(cluster: Cluster): void {
  checkServerVersion(cluster.version);
  checkStorageVersion(cluster.storageVersion);
  try {
    cluster.checkLearners();
  } catch (error) {
    const text = 'membership: too many learner members in cluster';
    throw new ServerError('SERVER_START_REFUSED', text, error);
  }
}

/** Rows between two lines of progress in the log. */
const ROWS_PER_REPORT = 500_000;

function restoreReporter(logger: Logger): (progress: { rows: number; revision: number }) => void {
  let reported = 0;
  return ({ rows, revision }) => {
    if (rows - reported < ROWS_PER_REPORT) return;
    reported = rows;
    logger.info('restoring the key index', { rows, revision });
  };
}
