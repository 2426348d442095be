/** The configuration of one member: what the rest of the server reads. */

import { type CompactionRetention, compactionRetention } from './compaction-retention.ts';
import { gateEnabled } from './feature-gates.ts';
import { FLAGS, type FlagName, type FlagValues } from './flag-table.ts';
import { checkLogOptions, type LogLevel } from './log-options.ts';
import { type MemberUrl, parseMemberUrl, urlTexts } from './member-url.ts';
import { info, type Notice, warning } from './notice.ts';
import { type PeerTlsConfig, peerTls, peerTlsNotices } from './peer-tls-config.ts';
import type { Settings } from './settings.ts';
import { clientTls, type TlsConfig, tlsNotices } from './tls-config.ts';

/**
 * Guarantees: every field is validated by etcd's rules, zeros that mean "the default" are replaced
 * by it, and no flag stands for something unsafe that the server does not do.
 */
export interface Config {
  readonly name: string;
  readonly dataDir: string;
  /** Empty: the log lies inside the data directory. */
  readonly walDir: string;

  /** Each of the lists of URLs is sorted by text, and none but the second one is ever empty. */
  readonly listenClientUrls: readonly MemberUrl[];
  /** Where there are some, HTTP is served on these only, and gRPC only on the others. */
  readonly listenClientHttpUrls: readonly MemberUrl[];
  readonly listenPeerUrls: readonly MemberUrl[];
  readonly advertiseClientUrls: readonly MemberUrl[];
  readonly initialAdvertisePeerUrls: readonly MemberUrl[];
  /** There if one of the client URLs is `https` or `unixs`. */
  readonly clientTls: TlsConfig | undefined;
  readonly peerTls: PeerTlsConfig;

  /** As given; `initialClusterOf` reads it where a member without data needs it. */
  readonly initialCluster: string;
  readonly initialClusterState: 'new' | 'existing';
  readonly initialClusterToken: string;
  /** DNS domain that names the first members in place of `initialCluster`; empty for none. */
  readonly discoverySrv: string;
  readonly discoverySrvName: string;
  /** Whether to make a cluster of this member alone out of what it has. */
  readonly forceNewCluster: boolean;

  readonly heartbeatIntervalMs: number;
  readonly electionTimeoutMs: number;
  /** Whole heartbeats in an election timeout, at least 5. */
  readonly electionTicks: number;
  readonly initialElectionTickAdvance: boolean;
  readonly preVote: boolean;
  readonly strictReconfigCheck: boolean;
  readonly learnersMax: number;
  /** 0: a downgrade is ended by hand only. */
  readonly downgradeCheckIntervalMs: number;
  /** Between two comparisons of the members' states; none unless positive. */
  readonly corruptCheckIntervalMs: number;
  /** Between two comparisons of what compactions have seen; 0 for none. */
  readonly compactHashCheckIntervalMs: number;
  /** Whether to compare the state with those of other members before taking part. */
  readonly initialCorruptCheck: boolean;

  /** Entries. */
  readonly snapshotCount: number;
  readonly snapshotCatchUpEntries: number;
  /** Files to keep; 0 keeps all. */
  readonly walFilesMax: number;
  readonly snapshotFilesMax: number;

  readonly backendBatchIntervalMs: number;
  readonly backendBatchOperationsMax: number;
  /** Negative: none. */
  readonly quotaBackendBytes: number;
  /** A crash of the machine may then lose acknowledged writes, and leave state that is refused. */
  readonly unsafeNoFsync: boolean;
  /** Undefined: history stays until a client compacts it. */
  readonly compactionRetention: CompactionRetention | undefined;
  /** Revisions. */
  readonly compactionBatchLimit: number;
  readonly compactionSleepIntervalMs: number;

  readonly txnOperationsMax: number;
  readonly requestBytesMax: number;
  readonly concurrentStreamsMax: number;
  readonly bcryptCost: number;
  /** How long a token is known after its last use. */
  readonly authTokenTtlMs: number;
  readonly keepAliveMinTimeMs: number;
  /** 0 turns the server's pings off. */
  readonly keepAliveIntervalMs: number;
  /** 0 waits for ever. */
  readonly keepAliveTimeoutMs: number;
  readonly watchProgressNotifyIntervalMs: number;
  readonly warningApplyDurationMs: number;
  /** Whether to measure how long calls take. */
  readonly hasExtensiveMetrics: boolean;

  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'console';
  readonly logOutputs: readonly string[];

  /** Names of the flags that arguments, environment or file gave, sorted. */
  readonly flagsSet: readonly FlagName[];
}

/** Time that a request may take: for work in its way, and for two elections. */
export function requestTimeoutMs(config: {
  readonly electionTicks: number;
  readonly heartbeatIntervalMs: number;
}): number {
  return 5000 + 2 * config.electionTicks * config.heartbeatIntervalMs;
}

/** The configuration of settings that passed `checkSettings`, with what the log should say. */
export interface BuiltConfig {
  readonly config: Config;
  readonly notices: readonly Notice[];
}

const QUOTA_BYTES_DEFAULT = 2 * 1024 ** 3;
const REQUEST_BYTES_RECOMMENDED = 10 * 1024 ** 2;
const WATCH_PROGRESS_INTERVAL_MIN_MS = 100;

/**
 * Builds the configuration. `defaultHost` is the address of this machine on its default route: it
 * stands in for the wildcard address in URLs that are advertised by default.
 */
export function buildConfig(settings: Settings, defaultHost: string | undefined): BuiltConfig {
  const { values, given } = settings;
  const peerUrls = advertised(settings, 'peer', defaultHost);
  const clientUrls = advertised(settings, 'client', defaultHost);
  const dataDir = values['data-dir'] || `${values.name}.etcd`;
  const config: Config = {
    name: values.name,
    dataDir,
    walDir: values['wal-dir'],
    listenClientUrls: values['listen-client-urls'],
    listenClientHttpUrls: values['listen-client-http-urls'],
    listenPeerUrls: values['listen-peer-urls'],
    advertiseClientUrls: clientUrls,
    initialAdvertisePeerUrls: peerUrls,
    clientTls: clientTls(values, dataDir),
    peerTls: peerTls(values, dataDir),
    initialCluster: initialCluster(settings, peerUrls),
    initialClusterState: values['initial-cluster-state'],
    initialClusterToken: values['initial-cluster-token'],
    discoverySrv: values['discovery-srv'],
    discoverySrvName: values['discovery-srv-name'],
    forceNewCluster: values['force-new-cluster'],
    ...timing(values),
    ...storage(values),
    ...limits(values),
    ...checkLogOptions(values),
    flagsSet: [...given].sort(),
  };
  return { config, notices: noticesOf(settings, config, defaultHost) };
}

function timing(values: FlagValues) {
  return {
    heartbeatIntervalMs: values['heartbeat-interval'],
    electionTimeoutMs: values['election-timeout'],
    electionTicks: Math.floor(values['election-timeout'] / values['heartbeat-interval']),
    initialElectionTickAdvance: values['initial-election-tick-advance'],
    preVote: values['pre-vote'],
    strictReconfigCheck: values['strict-reconfig-check'],
    learnersMax: values['max-learners'],
    downgradeCheckIntervalMs: values['downgrade-check-time'],
    ...corruptionChecks(values),
    warningApplyDurationMs: values['warning-apply-duration'],
    hasExtensiveMetrics: values.metrics === 'extensive',
  };
}

function corruptionChecks(values: FlagValues) {
  const gates = values['feature-gates'];
  const isComparing = gateEnabled(gates, 'CompactHashCheck');
  return {
    corruptCheckIntervalMs: values['corrupt-check-time'],
    compactHashCheckIntervalMs: isComparing ? values['compact-hash-check-time'] : 0,
    initialCorruptCheck: gateEnabled(gates, 'InitialCorruptCheck'),
  };
}

/** For each of these flags, zero means the default that stands here. */
function storage(values: FlagValues) {
  return {
    snapshotCount: values['snapshot-count'] || 10_000,
    snapshotCatchUpEntries: values['snapshot-catchup-entries'] || 5_000,
    walFilesMax: values['max-wals'],
    snapshotFilesMax: values['max-snapshots'],
    backendBatchIntervalMs: values['backend-batch-interval'] || 100,
    backendBatchOperationsMax: values['backend-batch-limit'] || 10_000,
    quotaBackendBytes: values['quota-backend-bytes'] || QUOTA_BYTES_DEFAULT,
    unsafeNoFsync: values['unsafe-no-fsync'],
    compactionRetention: compactionRetention(
      values['auto-compaction-mode'],
      values['auto-compaction-retention'],
    ),
    compactionBatchLimit: values['compaction-batch-limit'] || 1_000,
    compactionSleepIntervalMs: values['compaction-sleep-interval'] || 10,
  };
}

function limits(values: FlagValues) {
  const progressMs = values['watch-progress-notify-interval'] || 600_000;
  return {
    txnOperationsMax: values['max-txn-ops'],
    requestBytesMax: values['max-request-bytes'],
    concurrentStreamsMax: values['max-concurrent-streams'],
    bcryptCost: values['bcrypt-cost'],
    authTokenTtlMs: (values['auth-token-ttl'] || FLAGS['auth-token-ttl'].defaultValue) * 1000,
    keepAliveMinTimeMs: values['grpc-keepalive-min-time'],
    keepAliveIntervalMs: values['grpc-keepalive-interval'],
    keepAliveTimeoutMs: values['grpc-keepalive-timeout'],
    watchProgressNotifyIntervalMs: Math.max(progressMs, WATCH_PROGRESS_INTERVAL_MIN_MS),
  };
}

const ADVERTISED = {
  peer: { listen: 'listen-peer-urls', advertise: 'initial-advertise-peer-urls' },
  client: { listen: 'listen-client-urls', advertise: 'advertise-client-urls' },
} as const;

/**
 * The URLs to advertise. Those of the default, given or not, become the default host with the port
 * listened on when the member listens on 0.0.0.0, since `localhost` leads nowhere for others.
 */
function advertised(
  { values }: Settings,
  side: keyof typeof ADVERTISED,
  defaultHost: string | undefined,
): readonly MemberUrl[] {
  const { listen, advertise } = ADVERTISED[side];
  const urls = values[advertise];
  const isDefault = urlTexts(urls).join() === urlTexts(FLAGS[advertise].defaultValue).join();
  const first = values[listen][0];
  if (!isDefault || defaultHost === undefined || first === undefined) return urls;
  if (!('host' in first) || first.host !== '0.0.0.0') return urls;
  return [parseMemberUrl(`http://${defaultHost}:${first.port}`)];
}

/** A member with a name of its own needs not name itself: it is the cluster, by default. */
function initialCluster({ values }: Settings, peerUrls: readonly MemberUrl[]): string {
  const cluster = values['initial-cluster'];
  const { defaultValue } = FLAGS['initial-cluster'];
  if (values.name === FLAGS.name.defaultValue || cluster !== defaultValue) return cluster;
  return peerUrls.map((url) => `${values.name || 'default'}=${url.text}`).join(',');
}

function noticesOf(
  { values }: Settings,
  config: Config,
  defaultHost: string | undefined,
): Notice[] {
  const notices: Notice[] = [];
  if (values.name === FLAGS.name.defaultValue) {
    const problem = 'members that share the default name are taken for one another';
    notices.push(warning(`--name is not set: ${problem}`, { name: values.name }));
  }
  if (values['data-dir'] === '') {
    notices.push(warning("'data-dir' was empty; using default", { 'data-dir': config.dataDir }));
  }
  if (
    config.advertiseClientUrls !== values['advertise-client-urls'] ||
    config.initialAdvertisePeerUrls !== values['initial-advertise-peer-urls']
  ) {
    notices.push(info('detected default host for advertise', { host: defaultHost }));
  }
  if (config.unsafeNoFsync) {
    const danger = 'a crash of the machine loses acknowledged writes and may corrupt the data';
    notices.push(warning(`--unsafe-no-fsync is set: nothing is synced; ${danger}`));
  }
  if (config.requestBytesMax > REQUEST_BYTES_RECOMMENDED) {
    notices.push(
      warning('exceeded recommended request limit', {
        'max-request-bytes': config.requestBytesMax,
        'recommended-request-bytes': REQUEST_BYTES_RECOMMENDED,
      }),
    );
  }
  return [...notices, ...tlsNotices(values), ...peerTlsNotices(values)];
}
