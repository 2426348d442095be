import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readEnvironment } from '../../../../src/server/config/environment.ts';
import { load } from '../../../support/config-sources.ts';

const NONE: ReadonlySet<string> = new Set();

describe('environment', () => {
  it('a variable sets its flag and is logged', async () => {
    const { config, notices } = await load({ env: { ETCD_HEARTBEAT_INTERVAL: '150', HOME: '/' } });
    assert.equal(config.heartbeatIntervalMs, 150);
    assert.deepEqual(config.flagsSet, ['heartbeat-interval']);
    assert.deepEqual(notices[0], {
      level: 'info',
      message: 'recognized and used environment variable',
      fields: { 'variable-name': 'ETCD_HEARTBEAT_INTERVAL', 'variable-value': '150' },
    });
  });

  it('an empty variable sets nothing', () => {
    assert.deepEqual(readEnvironment({ ETCD_NAME: '' }, NONE), { assignments: [], notices: [] });
  });

  for (const value of ['x', '']) {
    it(`a variable of value ${JSON.stringify(value)} beside its flag -> fatal`, async () => {
      await assert.rejects(load({ argv: ['--name', 'y'], env: { ETCD_NAME: value } }), {
        code: 'CONFIG_INVALID',
        message: /^conflicting environment variable is shadowed by .*: ETCD_NAME$/,
      });
    });
  }

  it('an unknown variable -> a warning that does not tell its value', () => {
    const { assignments, notices } = readEnvironment({ ETCD_ROOT_PASSWORD: 'secret' }, NONE);
    assert.deepEqual(assignments, []);
    assert.deepEqual(notices, [
      {
        level: 'warn',
        message: 'unrecognized environment variable',
        fields: { 'environment-variable': 'ETCD_ROOT_PASSWORD' },
      },
    ]);
  });

  it('ETCD_VERSION -> a warning, and the member runs', async () => {
    const { notices } = await load({ env: { ETCD_VERSION: '3' } });
    assert.equal(notices[0]?.message, 'cannot set special environment variable');
  });

  // As etcd 3.5.30 logs them.
  const bad: readonly (readonly [string, string, string])[] = [
    ['ETCD_HEARTBEAT_INTERVAL', 'abc', 'parse error'],
    ['ETCD_PRE_VOTE', 'maybe', 'parse error'],
    ['ETCD_MAX_CONCURRENT_STREAMS', 'abc', 'strconv.ParseUint: parsing "abc": invalid syntax'],
    ['ETCD_INITIAL_CLUSTER_STATE', 'foo', 'invalid value'],
    ['ETCD_LISTEN_CLIENT_URLS', 'foo', 'URL scheme must be http, https, unix, or unixs: foo'],
    ['ETCD_FEATURE_GATES', 'Foo=1', 'unrecognized feature gate: Foo'],
  ];
  for (const [variable, value, reason] of bad) {
    it(`${variable}=${value} -> ${reason}`, () =>
      assert.throws(() => readEnvironment({ [variable]: value }, NONE), {
        code: 'CONFIG_INVALID',
        message: `invalid value "${value}" for ${variable}: ${reason}`,
      }));
  }
});
