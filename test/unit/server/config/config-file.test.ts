import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfigFile } from '../../../../src/server/config/config-file.ts';
import { urlTexts } from '../../../../src/server/config/member-url.ts';
import { load, loadYaml } from '../../../support/config-sources.ts';

async function values(yaml: string): Promise<Record<string, unknown>> {
  const assignments = await readConfigFile(yaml);
  return Object.fromEntries(assignments.map(({ flag, value }) => [flag.name, value]));
}

describe('config-file: values', () => {
  const good: readonly (readonly [string, Record<string, unknown>])[] = [
    ['', {}],
    ['# nothing\n', {}],
    ['name: a\n', { name: 'a' }],
    ['Name: a\n', { name: 'a' }],
    ['name: a\nname: b\n', { name: 'b' }],
    ['name: ~\n', {}],
    ['no-such-key: {a: [1]}\nname: a\n', { name: 'a' }],
    ['name: 1:30\n', { name: '1:30' }],
    ['name: 2020-01-01\n', { name: '2020-01-01' }],
    ['data-dir: &d x\nname: *d\n', { 'data-dir': 'x', name: 'x' }],
    ['pre-vote: yes\n', { 'pre-vote': true }],
    ['heartbeat-interval: 1e2\n', { 'heartbeat-interval': 100 }],
    ['heartbeat-interval: 0x64\n', { 'heartbeat-interval': 100 }],
    ['heartbeat-interval: 0144\n', { 'heartbeat-interval': 100 }],
    ['heartbeat-interval: 1_00\n', { 'heartbeat-interval': 100 }],
    ['heartbeat-interval: 100.0\n', { 'heartbeat-interval': 100 }],
    ['grpc-keepalive-min-time: 5000000000\n', { 'grpc-keepalive-min-time': 5_000 }],
    ['log-outputs: [stdout, a.log]\n', { 'log-outputs': ['a.log', 'stdout'] }],
    ['auto-compaction-retention: "1"\n', { 'auto-compaction-retention': '1' }],
    ['v2-deprecation: not-yet\n', { 'v2-deprecation': 'not-yet' }],
    ['socket-options: {reuse-port: true}\n', { 'socket-reuse-port': true }],
    [
      'client-transport-security:\n  cert-file: c\n  allowed-hostname: [a]\n  other: 1\n',
      { 'cert-file': 'c', 'client-cert-allowed-hostname': ['a'] },
    ],
    ['peer-transport-security: {client-cert-auth: true}\n', { 'peer-client-cert-auth': true }],
    [
      'discovery-config: {token: t, secure: {cert: c}, dial-timeout: 1000000}\n',
      { 'discovery-token': 't', 'discovery-cert': 'c', 'discovery-dial-timeout': 1 },
    ],
    ['experimental-snapshot-catch-up-entries: 7\n', { 'experimental-snapshot-catchup-entries': 7 }],
    // No keys of the file: the flat names of TLS, and flags that only arguments can set.
    ['cert-file: c\nraft-read-timeout: 1\nversion: true\nv: 1\n', {}],
  ];
  for (const [yaml, expected] of good) {
    it(JSON.stringify(yaml), async () => assert.deepEqual(await values(yaml), expected));
  }

  const bad: readonly (readonly [string, string])[] = [
    ['name: 5\n', 'name: must be a string, not the number 5'],
    ['name: y\n', 'name: must be a string, not the boolean true'],
    ['name: [a]\n', 'name: must be a string, not a list'],
    ['name: {a: b}\n', 'name: must be a string, not a mapping'],
    ['pre-vote: maybe\n', 'pre-vote: must be a boolean, not the string "maybe"'],
    ['pre-vote: "true"\n', 'pre-vote: must be a boolean, not the string "true"'],
    ['heartbeat-interval: 1.5\n', 'heartbeat-interval: must be an integer, not the number 1.5'],
    ['heartbeat-interval: "100"\n', 'heartbeat-interval: must be an integer, not the string "100"'],
    ['heartbeat-interval: -1\n', 'heartbeat-interval: value out of range'],
    ['max-concurrent-streams: 4294967296\n', 'max-concurrent-streams: value out of range'],
    ['snapshot-count: 100000000000000000000\n', 'snapshot-count: value out of range'],
    [
      'grpc-keepalive-min-time: 5s\n',
      'grpc-keepalive-min-time: must be a number of nanoseconds, not the string "5s"',
    ],
    ['log-outputs: stderr\n', 'log-outputs: must be a list of strings, not the string "stderr"'],
    ['log-outputs: [1]\n', 'log-outputs: must be a string, not the number 1'],
    [
      'listen-client-urls: foo\n',
      'listen-client-urls: URL scheme must be http, https, unix, or unixs: foo',
    ],
    [
      'auto-compaction-retention: 1\n',
      'auto-compaction-retention: must be a string, not the number 1',
    ],
    ['initial-cluster-state: foo\n', 'initial-cluster-state: invalid value'],
    ['peer-transport-security: 5\n', 'peer-transport-security: must be a mapping'],
    [
      'client-transport-security: {client-cert-auth: 5}\n',
      'client-transport-security.client-cert-auth: must be a boolean, not the number 5',
    ],
  ];
  for (const [yaml, reason] of bad) {
    it(`${JSON.stringify(yaml)} -> ${reason}`, async () =>
      assert.rejects(readConfigFile(yaml), {
        code: 'CONFIG_INVALID',
        message: `configuration file: ${reason}`,
      }));
  }

  for (const yaml of ['[1, 2]\n', 'x\n', 'a: b: c\n', 'a: "b\n', '- 1\n---\n- 2\n']) {
    it(`${JSON.stringify(yaml)} is no configuration`, async () =>
      assert.rejects(readConfigFile(yaml), { code: 'CONFIG_FILE' }));
  }
});

describe('config-file: precedence', () => {
  const files = { 'etcd.yaml': 'name: of-file\n' };

  it('CFG-I2: a file disables flags and environment, and the log names what it ignores', async () => {
    const { config, notices } = await load({
      argv: ['--config-file', 'etcd.yaml', '--name', 'of-flag', '--max-txn-ops=7'],
      env: { ETCD_NAME: 'of-env', ETCD_MAX_WALS: 'no number' },
      files,
    });
    assert.equal(config.name, 'of-file');
    assert.equal(config.txnOperationsMax, 128);
    assert.deepEqual(config.flagsSet, ['name']);
    assert.equal(notices[0]?.level, 'warn');
    assert.deepEqual(notices[0]?.fields, {
      path: 'etcd.yaml',
      ignored: ['--name', '--max-txn-ops', 'ETCD_NAME', 'ETCD_MAX_WALS'],
    });
  });

  it('a file alone, named by the environment -> no warning', async () => {
    const { config, notices } = await load({ env: { ETCD_CONFIG_FILE: 'etcd.yaml' }, files });
    assert.equal(config.name, 'of-file');
    assert.equal(notices[0]?.level, 'info');
  });

  it('the command line is read all the same', async () => {
    const argv = ['--config-file', 'etcd.yaml', '--no-such-flag'];
    await assert.rejects(load({ argv, files }), { code: 'CONFIG_USAGE' });
  });

  it('a file that is not there -> an error', async () => {
    await assert.rejects(load({ argv: ['--config-file', 'none.yaml'] }), {
      code: 'CONFIG_FILE',
      message: /no such file or directory/,
    });
  });

  it('client URLs to listen on need no advertised ones, unlike in flags', async () => {
    const { config } = await loadYaml('listen-client-urls: http://localhost:1\n');
    assert.deepEqual(urlTexts(config.advertiseClientUrls), ['http://localhost:2379']);
  });

  it('what flags may not say, a file may not either', async () => {
    await assert.rejects(loadYaml('heartbeat-interval: 300\n'), { code: 'CONFIG_INVALID' });
    await assert.rejects(loadYaml('auth-token: jwt\n'), {
      code: 'CONFIG_REFUSED',
    });
  });
});
