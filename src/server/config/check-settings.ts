/** What etcd refuses in settings that are each well formed, in etcd's order and words. */
import { compactionRetention } from './compaction-retention.ts';
import { ConfigError } from './errors.ts';
import { checkFeatureGates } from './feature-gates.ts';
import type { FlagName, FlagValues } from './flag-table.ts';
import { durationText } from './go-values.ts';
import { checkLogOptions } from './log-options.ts';
import { checkAdvertiseUrls, checkBindUrls } from './member-url.ts';
import { checkPeerTls } from './peer-tls-config.ts';
import type { Settings } from './settings.ts';
import { checkTls } from './tls-config.ts';

const ELECTION_MS_MAX = 50_000;

/** Where the flags come from: arguments and environment, or a file. */
export type SettingsOrigin = 'flags' | 'file';

/** Throws CONFIG_INVALID. */
export function checkSettings({ values, given }: Settings, origin: SettingsOrigin): void {
  checkLogOptions(values);
  checkUrls(values);
  checkBootstrapSource(values, given);
  checkTiming(values);
  if (origin === 'flags') checkAdvertised(given);
  compactionRetention(values['auto-compaction-mode'], values['auto-compaction-retention']);
  checkFeatureGates(values['feature-gates']);
  if (values['compact-hash-check-time'] <= 0) {
    const shown = durationText(values['compact-hash-check-time']);
    throw invalid(`--compact-hash-check-time must be >0 (set to ${shown})`);
  }
  checkTls(values, origin);
  checkPeerTls(values, origin);
  checkNotNegative(values);
}

const LISTEN_FLAGS = [
  'listen-peer-urls',
  'listen-client-urls',
  'listen-client-http-urls',
  'listen-metrics-urls',
] as const;

function checkUrls(values: FlagValues): void {
  for (const flag of LISTEN_FLAGS) checkBindUrls(values[flag]);
  for (const flag of ['initial-advertise-peer-urls', 'advertise-client-urls'] as const) {
    checkAdvertiseUrls(flag, values[flag]);
  }
}

/** One way only to learn the first members; the default initial cluster gives way to discovery. */
function checkBootstrapSource(values: FlagValues, given: ReadonlySet<FlagName>): void {
  const sources = [
    given.has('initial-cluster') && values['initial-cluster'] !== '',
    values.discovery !== '',
    values['discovery-srv'] !== '',
    values['discovery-endpoints'].length > 0,
  ];
  if (sources.filter(Boolean).length > 1) {
    throw invalid(
      'multiple discovery or bootstrap flags are set. ' +
        'Choose one of "initial-cluster", "discovery", "discovery-endpoints" or "discovery-srv"',
    );
  }
}

function checkTiming(values: FlagValues): void {
  const heartbeatMs = values['heartbeat-interval'];
  const electionMs = values['election-timeout'];
  if (heartbeatMs === 0) throw invalid('--heartbeat-interval must be >0 (set to 0ms)');
  if (electionMs === 0) throw invalid('--election-timeout must be >0 (set to 0ms)');
  if (5 * heartbeatMs > electionMs) {
    throw invalid(
      `--election-timeout[${electionMs}ms] should be at least as 5 times as ` +
        `--heartbeat-interval[${heartbeatMs}ms]`,
    );
  }
  if (electionMs > ELECTION_MS_MAX) {
    throw invalid(
      `--election-timeout[${electionMs}ms] is too long, ` +
        `and should be set less than ${ELECTION_MS_MAX}ms`,
    );
  }
}

/** A member that listens elsewhere must say where it can be reached; etcd lets files off. */
function checkAdvertised(given: ReadonlySet<FlagName>): void {
  if (!given.has('listen-client-urls') || given.has('advertise-client-urls')) return;
  throw invalid('--advertise-client-urls is required when --listen-client-urls is set explicitly');
}

const NOT_NEGATIVE = [
  'backend-batch-interval',
  'backend-batch-limit',
  'compaction-batch-limit',
  'compaction-sleep-interval',
  'grpc-keepalive-interval',
  'grpc-keepalive-min-time',
  'grpc-keepalive-timeout',
  'warning-apply-duration',
  'watch-progress-notify-interval',
] as const;

/** etcd lets these pass and then behaves oddly; no one can mean them. */
function checkNotNegative(values: FlagValues): void {
  const negative = NOT_NEGATIVE.find((flag) => values[flag] < 0);
  if (negative !== undefined) throw invalid(`--${negative} must not be negative`);
}

function invalid(message: string): ConfigError {
  return new ConfigError('CONFIG_INVALID', message);
}
