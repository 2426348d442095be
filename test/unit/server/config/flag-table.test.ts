import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Flag } from '../../../../src/server/config/flag.ts';
import {
  FLAG_GROUPS,
  FLAG_NAMES,
  FLAGS,
  KNOWN_FLAGS,
} from '../../../../src/server/config/flag-table.ts';

/** Every name that etcd 3.6.14 defines, with the default that it prints for it. */
const ETCD_FLAGS: Readonly<Record<string, string>> = {
  'advertise-client-urls': 'http://localhost:2379',
  'auth-token': 'simple',
  'auth-token-ttl': '300',
  'auto-compaction-mode': 'periodic',
  'auto-compaction-retention': '0',
  'auto-tls': 'false',
  'backend-batch-interval': '0s',
  'backend-batch-limit': '0',
  'backend-bbolt-freelist-type': 'map',
  'bcrypt-cost': '10',
  'bootstrap-defrag-threshold-megabytes': '0',
  'cert-file': '',
  'cipher-suites': '',
  'client-cert-allowed-hostname': '',
  'client-cert-auth': 'false',
  'client-cert-file': '',
  'client-crl-file': '',
  'client-key-file': '',
  'compact-hash-check-time': '1m',
  'compaction-batch-limit': '0',
  'compaction-sleep-interval': '0s',
  'config-file': '',
  'corrupt-check-time': '0s',
  cors: '*',
  'data-dir': '',
  discovery: '',
  'discovery-cacert': '',
  'discovery-cert': '',
  'discovery-dial-timeout': '2s',
  'discovery-endpoints': '',
  'discovery-fallback': 'exit',
  'discovery-insecure-skip-tls-verify': 'false',
  'discovery-insecure-transport': 'true',
  'discovery-keepalive-time': '2s',
  'discovery-keepalive-timeout': '6s',
  'discovery-key': '',
  'discovery-password': '',
  'discovery-proxy': '',
  'discovery-request-timeout': '5s',
  'discovery-srv': '',
  'discovery-srv-name': '',
  'discovery-token': '',
  'discovery-user': '',
  'distributed-tracing-address': 'localhost:4317',
  'distributed-tracing-instance-id': '',
  'distributed-tracing-sampling-rate': '0',
  'distributed-tracing-service-name': 'etcd',
  'downgrade-check-time': '5s',
  'election-timeout': '1000',
  'enable-distributed-tracing': 'false',
  'enable-grpc-gateway': 'true',
  'enable-log-rotation': 'false',
  'enable-pprof': 'false',
  'feature-gates': '',
  'force-new-cluster': 'false',
  'grpc-keepalive-interval': '2h',
  'grpc-keepalive-min-time': '5s',
  'grpc-keepalive-timeout': '20s',
  'heartbeat-interval': '100',
  'host-whitelist': '*',
  'initial-advertise-peer-urls': 'http://localhost:2380',
  'initial-cluster': 'default=http://localhost:2380',
  'initial-cluster-state': 'new',
  'initial-cluster-token': 'etcd-cluster',
  'initial-election-tick-advance': 'true',
  'key-file': '',
  'listen-client-http-urls': '',
  'listen-client-urls': 'http://localhost:2379',
  'listen-metrics-urls': '',
  'listen-peer-urls': 'http://localhost:2380',
  'log-format': 'json',
  'log-level': 'info',
  'log-outputs': 'default',
  'log-rotation-config-json':
    '{"maxsize": 100, "maxage": 0, "maxbackups": 0, "localtime": false, "compress": false}',
  logger: 'zap',
  'max-concurrent-streams': '4294967295',
  'max-learners': '1',
  'max-request-bytes': '1572864',
  'max-snapshots': '5',
  'max-txn-ops': '128',
  'max-wals': '5',
  'memory-mlock': 'false',
  metrics: 'basic',
  name: 'default',
  'peer-auto-tls': 'false',
  'peer-cert-allowed-cn': '',
  'peer-cert-allowed-hostname': '',
  'peer-cert-file': '',
  'peer-client-cert-auth': 'false',
  'peer-client-cert-file': '',
  'peer-client-key-file': '',
  'peer-crl-file': '',
  'peer-key-file': '',
  'peer-skip-client-san-verification': 'false',
  'peer-trusted-ca-file': '',
  'pre-vote': 'true',
  'quota-backend-bytes': '0',
  'raft-read-timeout': '5s',
  'raft-write-timeout': '5s',
  'self-signed-cert-validity': '1',
  'snapshot-catchup-entries': '5000',
  'snapshot-count': '10000',
  'socket-reuse-address': 'false',
  'socket-reuse-port': 'false',
  'strict-reconfig-check': 'true',
  'tls-max-version': '',
  'tls-min-version': 'TLS1.2',
  'trusted-ca-file': '',
  'unsafe-no-fsync': 'false',
  'v2-deprecation': 'write-only',
  version: 'false',
  'wal-dir': '',
  'warning-apply-duration': '100ms',
  'warning-unary-request-duration': '300ms',
  'watch-progress-notify-interval': '0s',
};

const OLD_FLAGS = [
  'experimental-bootstrap-defrag-threshold-megabytes',
  'experimental-compact-hash-check-enabled',
  'experimental-compact-hash-check-time',
  'experimental-compaction-batch-limit',
  'experimental-compaction-sleep-interval',
  'experimental-corrupt-check-time',
  'experimental-distributed-tracing-address',
  'experimental-distributed-tracing-instance-id',
  'experimental-distributed-tracing-sampling-rate',
  'experimental-distributed-tracing-service-name',
  'experimental-downgrade-check-time',
  'experimental-enable-distributed-tracing',
  'experimental-enable-lease-checkpoint',
  'experimental-enable-lease-checkpoint-persist',
  'experimental-initial-corrupt-check',
  'experimental-memory-mlock',
  'experimental-peer-skip-client-san-verification',
  'experimental-snapshot-catchup-entries',
  'experimental-stop-grpc-service-on-defrag',
  'experimental-txn-mode-write-with-shared-buffer',
  'experimental-warning-apply-duration',
  'experimental-warning-unary-request-duration',
  'experimental-watch-progress-notify-interval',
];

const FORGOTTEN_FLAGS = [
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

describe('flag-table', () => {
  it('CFG-I1: every flag of 3.6 is known, with its default, and no other', () => {
    const defaults = FLAG_NAMES.map((name) => {
      const { kind, defaultValue }: Flag<unknown> = FLAGS[name];
      return [name, kind.format(defaultValue)] as const;
    });
    assert.deepEqual(Object.fromEntries(defaults), ETCD_FLAGS);
  });

  it('CFG-I1: so are the names that 3.6 still takes', () => {
    const others = [...KNOWN_FLAGS.keys()].filter((name) => !(name in ETCD_FLAGS));
    assert.deepEqual(others.sort(), [...OLD_FLAGS, ...FORGOTTEN_FLAGS].sort());
  });

  it('each flag stands in one section of the help', () => {
    const inHelp = Object.values(FLAG_GROUPS).flatMap((flags) => Object.keys(flags));
    assert.deepEqual(inHelp.sort(), [...FLAG_NAMES].sort());
  });

  it('the text of a default reads back as the default', () => {
    for (const name of FLAG_NAMES) {
      const { kind, defaultValue }: Flag<unknown> = FLAGS[name];
      const text = kind.format(defaultValue);
      if (text === '' && Array.isArray(defaultValue)) continue;
      assert.deepEqual(kind.parse(text), defaultValue, name);
    }
  });

  it('no two flags share a YAML key', () => {
    const keys = [...KNOWN_FLAGS.values()].flatMap((flag) => flag.yamlKeys);
    assert.equal(new Set(keys).size, keys.length);
  });
});
