import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { load } from '../../../support/config-sources.ts';

const BIND = ['--advertise-client-urls', 'http://localhost:2379', '--listen-client-urls'];

describe('check-settings: refusals', () => {
  // As etcd 3.5.30 logs them, or for flags that it has not, as the source of 3.6 has them.
  const bad: readonly (readonly [readonly string[], string])[] = [
    [['--heartbeat-interval', '0'], '--heartbeat-interval must be >0 (set to 0ms)'],
    [['--election-timeout', '0'], '--election-timeout must be >0 (set to 0ms)'],
    [
      ['--heartbeat-interval', '300'],
      '--election-timeout[1000ms] should be at least as 5 times as --heartbeat-interval[300ms]',
    ],
    [
      ['--election-timeout', '60000'],
      '--election-timeout[60000ms] is too long, and should be set less than 50000ms',
    ],
    [[...BIND, 'http://foo:1'], 'expected IP in URL for binding (http://foo:1)'],
    [['--listen-metrics-urls', 'http://foo:1'], 'expected IP in URL for binding (http://foo:1)'],
    [
      ['--listen-client-urls', 'http://localhost:1'],
      '--advertise-client-urls is required when --listen-client-urls is set explicitly',
    ],
    [
      ['--advertise-client-urls', 'http://:2379'],
      '--advertise-client-urls "http://:2379" must be "host:port" ' +
        '(unexpected empty host (http://:2379))',
    ],
    [
      ['--initial-advertise-peer-urls', 'http://:2380'],
      '--initial-advertise-peer-urls "http://:2380" must be "host:port" ' +
        '(unexpected empty host (http://:2380))',
    ],
    [
      ['--initial-cluster', 'a=http://localhost:2380', '--discovery-srv', 'foo'],
      'multiple discovery or bootstrap flags are set. ' +
        'Choose one of "initial-cluster", "discovery", "discovery-endpoints" or "discovery-srv"',
    ],
    [['--auto-compaction-mode', 'x'], 'unknown auto-compaction-mode "x"'],
    [['--auto-compaction-mode', ''], 'undefined auto-compaction-mode'],
    [
      ['--auto-compaction-retention', 'x'],
      'error parsing CompactionRetention: time: invalid duration "x"',
    ],
    [
      ['--auto-compaction-retention', '-1'],
      'error parsing CompactionRetention: time: missing unit in duration "-1"',
    ],
    [['--compact-hash-check-time', '0s'], '--compact-hash-check-time must be >0 (set to 0s)'],
    [['--logger', 'foo'], 'unknown logger option "foo"'],
    [['--logger', 'capnslog'], '--logger=capnslog is removed in v3.5'],
    [['--log-level', 'foo'], 'unrecognized level: "foo"'],
    [['--log-format', 'xml'], 'unknown log format: xml, supported values json, console'],
    [['--log-outputs', 'default,stderr'], 'multi logoutput for "default" is not supported yet'],
    [
      ['--enable-log-rotation'],
      '--log-outputs requires a single file path when --log-rotate-config-json is defined',
    ],
    [['--compaction-sleep-interval=-1s'], '--compaction-sleep-interval must not be negative'],
    [['--backend-batch-limit=-1'], '--backend-batch-limit must not be negative'],
  ];
  for (const [argv, message] of bad) {
    it(`${argv.join(' ')} -> ${message}`, () =>
      assert.rejects(load({ argv }), { code: 'CONFIG_INVALID', message }));
  }
});

describe('check-settings: what passes', () => {
  const good: readonly (readonly string[])[] = [
    ['--election-timeout', '50000'],
    ['--heartbeat-interval', '200'],
    [...BIND, 'http://0.0.0.0:2379,http://[::]:2379'],
    [...BIND, 'unix:///run/etcd.sock'],
    ['--advertise-client-urls', 'https://etcd.example:2379'],
    ['--advertise-client-urls', '', '--listen-client-urls', 'http://localhost:2379'],
    ['--auto-compaction-mode', 'revision', '--auto-compaction-retention', '1h'],
    ['--auto-compaction-retention', '08'],
    ['--auto-compaction-retention', ''],
    ['--quota-backend-bytes=-5'],
    ['--max-txn-ops', '0'],
    ['--tls-min-version', '', '--tls-max-version', 'TLS1.2'],
    ['--log-level', 'WARN'],
    ['--log-level', ''],
    ['--discovery-fallback', 'proxy'],
  ];
  for (const argv of good) {
    it(argv.join(' '), async () => {
      await load({ argv });
    });
  }
});
