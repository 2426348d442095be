/** Brings the replicated state of one member into memory from its backend. */
import { AuthStore, type Tokens } from '../auth/index.ts';
import { type Backend, BackendError, type BackendRow, Bucket } from '../base/ports/backend.ts';
import type { Logger } from '../base/ports/logger.ts';
import { Lessor } from '../lease/index.ts';
import {
  BATCH_BYTES_MAX,
  type BackendMeta,
  type ChangeSink,
  type CompactionObserver,
  KEPT_BYTES_MAX,
  KeyIndex,
  STORE_OPTIONS_DEFAULT,
  Store,
  ValueCache,
  WriteBuffer,
} from '../mvcc/index.ts';
import { WireError } from '../pb/index.ts';
import type { ReplicatedState } from './apply/replicated-state.ts';
import { checkServerVersion, checkStorageVersion } from './check-version.ts';
import { ServerError } from './errors.ts';
import { Alarms } from './membership/alarms.ts';
import { Cluster, type ClusterOptions } from './membership/cluster.ts';
import { allRows } from './membership/stored-membership.ts';
import { StateSize } from './node/state-size.ts';

/** Newest values kept in memory; beyond it the least recently used are read from the backend. */
const VALUE_CACHE_BYTES = 1024 * 1024 * 1024;

/** Keys of bucket `lease` are ids. */
const LEASE_KEY_BYTES = 8;
const NO_LEASE = 0n;

export interface MemberStateOptions {
  readonly cluster: ClusterOptions;
  /** Shortest lease TTL in seconds. */
  readonly leaseTtlSMin: number;
  readonly compactionBatchLimit: number;
  readonly batchOperationsMax: number;
}

export interface MemberStatePorts {
  readonly backend: Backend;
  readonly logger: Logger;
  /** Hears of the changes; not attached to the state. */
  readonly hub: ChangeSink;
  /** Those of all states of a member. */
  readonly tokens: Tokens;
  /** The state whose place this one is to take: what is counted goes on from there. */
  readonly former?: MemberState | undefined;
  readonly yieldTurn: () => Promise<void>;
  readonly compactionPause: () => Promise<void>;
  readonly compactionObserver: CompactionObserver;
  readonly fatal: (error: unknown) => void;
}

export interface MemberState extends ReplicatedState {
  readonly backend: Backend;
  readonly buffer: WriteBuffer;
  readonly size: StateSize;
}

/**
 * Resolves when the state can be read and written. Rejects with BACKEND_CORRUPT for rows that are
 * damaged or missing, with SERVER_START_REFUSED for a cluster that this member cannot be one of.
 */
export async function restoreMemberState(
  options: MemberStateOptions,
  meta: BackendMeta,
  ports: MemberStatePorts,
): Promise<MemberState> {
  const { backend, logger, hub, former } = ports;
  const buffer = new WriteBuffer(meta, backend, {
    batchOperationsMax: options.batchOperationsMax,
    batchBytesMax: BATCH_BYTES_MAX,
    keptBytesMax: KEPT_BYTES_MAX,
  });
  const lessor = new Lessor({ ttlSMin: options.leaseTtlSMin }, buffer, former?.lessor.counters);
  const cluster = new Cluster(options.cluster, buffer);
  const alarms = new Alarms(buffer);
  const auth = new AuthStore(buffer, ports.tokens);
  // Leases first: the store ties the keys it reads to them.
  const leases = await allRows(backend, Bucket.lease);
  await decoded('lease', () => lessor.restore(leases));
  checkLeases(lessor, leases);
  await cluster.restore(backend);
  checkServerVersion(cluster.version, cluster.isAlone);
  checkStorageVersion(cluster.storageVersion);
  if (former === undefined) checkLearners(cluster);
  cluster.migrateStorage();
  await decoded('alarm', () => alarms.restore(backend));
  const buckets = {
    auth: await allRows(backend, Bucket.auth),
    users: await allRows(backend, Bucket.authUsers),
    roles: await allRows(backend, Bucket.authRoles),
  };
  await decoded('auth', () => auth.restore(buckets));
  // What became of users in between is not known here: they log in anew.
  if (former !== undefined && former.auth.revision !== auth.revision) ports.tokens.dropAll();
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
      counters: former?.store.counters,
      fatal: ports.fatal,
    },
    { meta, onProgress: restoreReporter(logger) },
  );
  const size = new StateSize({ backend, buffer, store });
  await size.measure();
  return { store, lessor, cluster, alarms, auth, backend, buffer, size };
}

/** Rejects with BACKEND_CORRUPT when `restore` meets a row of the bucket that it cannot decode. */
async function decoded(bucket: string, restore: () => void | Promise<void>): Promise<void> {
  try {
    await restore();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const message = `a row of bucket ${bucket} cannot be decoded: ${error.message}`;
    throw new BackendError('BACKEND_CORRUPT', message, error);
  }
}

/** Throws BACKEND_CORRUPT unless each row is filed under the id of its lease. */
function checkLeases(lessor: Lessor, rows: readonly BackendRow[]): void {
  const isFiled = ({ key }: BackendRow): boolean => {
    if (key.length !== LEASE_KEY_BYTES) return false;
    return lessor.exists(new DataView(key.buffer, key.byteOffset).getBigInt64(0));
  };
  if (lessor.size === rows.length && rows.every(isFiled) && !lessor.exists(NO_LEASE)) return;
  throw new BackendError('BACKEND_CORRUPT', 'a row of bucket lease is that of another lease');
}

/** Throws SERVER_START_REFUSED for a cluster with more learners than this member was told of. */
function checkLearners(cluster: Cluster): void {
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
