/**
 * Every flag that 3.6 knows. This one table drives arguments, environment, YAML, `--help` and
 * what is ignored or refused.
 */
import { defined } from '../../base/assert.ts';
import type { FeatureGate } from './feature-gates.ts';
import type { Flag } from './flag.ts';
import { CLUSTERING_FLAGS } from './flags/clustering.ts';
import { MEMBER_FLAGS } from './flags/member.ts';
import { GENERAL_FLAGS, LOGGING_FLAGS, MONITORING_FLAGS, UNSAFE_FLAGS } from './flags/operation.ts';
import { AUTH_FLAGS, SECURITY_FLAGS } from './flags/security.ts';
import { TUNING_FLAGS } from './flags/tuning.ts';
import { anything, bool, type Kind } from './kinds.ts';

export const FLAGS = {
  ...GENERAL_FLAGS,
  ...MEMBER_FLAGS,
  ...CLUSTERING_FLAGS,
  ...SECURITY_FLAGS,
  ...AUTH_FLAGS,
  ...MONITORING_FLAGS,
  ...LOGGING_FLAGS,
  ...TUNING_FLAGS,
  ...UNSAFE_FLAGS,
} as const;

export type FlagName = keyof typeof FLAGS;

/** One value per flag, by its kind. */
export type FlagValues = {
  readonly [Name in FlagName]: (typeof FLAGS)[Name] extends Flag<infer T> ? T : never;
};

export const FLAG_NAMES: readonly FlagName[] = Object.keys(FLAGS) as FlagName[];

/** The table in the sections of `--help`. */
export const FLAG_GROUPS: Readonly<Record<string, Readonly<Record<string, Flag<unknown>>>>> = {
  General: GENERAL_FLAGS,
  Member: MEMBER_FLAGS,
  Clustering: CLUSTERING_FLAGS,
  Security: SECURITY_FLAGS,
  Auth: AUTH_FLAGS,
  Monitoring: MONITORING_FLAGS,
  Logging: LOGGING_FLAGS,
  Tuning: TUNING_FLAGS,
  Unsafe: UNSAFE_FLAGS,
};

/** Names of 3.5 that 3.6 still takes (3.7 does not), and what took their place. */
const OLD_NAMES: Readonly<Record<string, FlagName>> = {
  'experimental-bootstrap-defrag-threshold-megabytes': 'bootstrap-defrag-threshold-megabytes',
  'experimental-compact-hash-check-time': 'compact-hash-check-time',
  'experimental-compaction-batch-limit': 'compaction-batch-limit',
  'experimental-compaction-sleep-interval': 'compaction-sleep-interval',
  'experimental-corrupt-check-time': 'corrupt-check-time',
  'experimental-distributed-tracing-address': 'distributed-tracing-address',
  'experimental-distributed-tracing-instance-id': 'distributed-tracing-instance-id',
  'experimental-distributed-tracing-sampling-rate': 'distributed-tracing-sampling-rate',
  'experimental-distributed-tracing-service-name': 'distributed-tracing-service-name',
  'experimental-downgrade-check-time': 'downgrade-check-time',
  'experimental-enable-distributed-tracing': 'enable-distributed-tracing',
  'experimental-memory-mlock': 'memory-mlock',
  'experimental-peer-skip-client-san-verification': 'peer-skip-client-san-verification',
  'experimental-snapshot-catchup-entries': 'snapshot-catchup-entries',
  'experimental-warning-apply-duration': 'warning-apply-duration',
  'experimental-warning-unary-request-duration': 'warning-unary-request-duration',
  'experimental-watch-progress-notify-interval': 'watch-progress-notify-interval',
};

/** Boolean flags of 3.5 that became feature gates. */
const OLD_GATES: Readonly<Record<string, FeatureGate>> = {
  'experimental-compact-hash-check-enabled': 'CompactHashCheck',
  'experimental-enable-lease-checkpoint': 'LeaseCheckpoint',
  'experimental-enable-lease-checkpoint-persist': 'LeaseCheckpointPersist',
  'experimental-initial-corrupt-check': 'InitialCorruptCheck',
  'experimental-stop-grpc-service-on-defrag': 'StopGRPCServiceOnDefrag',
  'experimental-txn-mode-write-with-shared-buffer': 'TxnModeWriteWithSharedBuffer',
};

/** Flags of etcd 0.x, which have had no effect since 2.0. */
const FORGOTTEN: readonly string[] = [
  'cluster-active-size',
  'cluster-remove-delay',
  'cluster-sync-interval',
  'config',
  'force',
  'max-result-buffer',
  'max-retry-attempts',
  'peer-election-timeout',
  'peer-heartbeat-interval',
  'retry-interval',
  'snapshot',
  'v',
  'vv',
];

/** The YAML key of this flag has a hyphen that the flag has not. */
const ODD_YAML_KEYS: Readonly<Record<string, string>> = {
  'experimental-snapshot-catchup-entries': 'experimental-snapshot-catch-up-entries',
};

/** A name that may stand on the command line, and where its value goes. */
export interface KnownFlag {
  readonly name: string;
  readonly kind: Kind<unknown>;
  /** Paths of its YAML keys, sections joined by `.`. */
  readonly yamlKeys: readonly string[];
  readonly target:
    | { readonly to: 'flag'; readonly flag: FlagName }
    | { readonly to: 'gate'; readonly gate: FeatureGate }
    | { readonly to: 'nothing' };
}

export const KNOWN_FLAGS: ReadonlyMap<string, KnownFlag> = new Map(
  [...currentFlags(), ...oldFlags()].map((known) => [known.name, known]),
);

/** The entry of a name that the caller knows to be in the table. */
export function knownFlag(name: FlagName): KnownFlag {
  return defined(KNOWN_FLAGS.get(name), `--${name} is in the flag table`);
}

function currentFlags(): KnownFlag[] {
  return FLAG_NAMES.map((name) => {
    const { kind, yaml = name }: Flag<unknown> = FLAGS[name];
    const yamlKeys = yaml === false ? [] : [yaml];
    return { name, kind, yamlKeys, target: { to: 'flag', flag: name } };
  });
}

function oldFlags(): KnownFlag[] {
  const yamlKeys = (name: string): string[] =>
    [name, ODD_YAML_KEYS[name]].filter((key) => key !== undefined);
  return [
    ...Object.entries(OLD_NAMES).map(
      ([name, flag]): KnownFlag => ({
        name,
        kind: FLAGS[flag].kind,
        yamlKeys: yamlKeys(name),
        target: { to: 'flag', flag },
      }),
    ),
    ...Object.entries(OLD_GATES).map(
      ([name, gate]): KnownFlag => ({
        name,
        kind: bool,
        yamlKeys: yamlKeys(name),
        target: { to: 'gate', gate },
      }),
    ),
    ...FORGOTTEN.map(
      (name): KnownFlag => ({ name, kind: anything, yamlKeys: [], target: { to: 'nothing' } }),
    ),
  ];
}
