import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Flag } from '../../../../src/server/config/flag.ts';
import { FLAG_NAMES, FLAGS, type FlagName } from '../../../../src/server/config/flag-table.ts';
import { load } from '../../../support/config-sources.ts';

/** A text that `name` reads as something else than its default, and that passes the checks. */
function otherValue(name: FlagName): string {
  const special: Partial<Record<FlagName, string>> = {
    'listen-peer-urls': 'http://127.0.0.1:12380',
    'listen-metrics-urls': 'http://127.0.0.1:12381',
    'discovery-fallback': 'proxy',
    'v2-deprecation': 'gone',
    cors: 'http://localhost:1',
    'host-whitelist': 'localhost',
  };
  const { kind, defaultValue }: Flag<unknown> = FLAGS[name];
  if (special[name] !== undefined) return special[name];
  if (typeof defaultValue === 'boolean') return String(!defaultValue);
  if (kind.label === 'number') return '7';
  return typeof defaultValue === 'number' ? '7s' : 'other';
}

const NEEDS_FILE = ['--log-outputs', 'etcd.log'];

describe('unbuilt', () => {
  for (const name of FLAG_NAMES) {
    const { support } = FLAGS[name];
    if (support.state === 'built') continue;
    const argv = [`--${name}=${otherValue(name)}`];
    if (name === 'enable-log-rotation') argv.push(...NEEDS_FILE);

    if (support.state === 'refused') {
      it(`CFG-I3: ${argv.join(' ')} -> refused`, async () => {
        await assert.rejects(load({ argv }), {
          code: 'CONFIG_REFUSED',
          message: `refused to start with --${name} (${support.because})`,
        });
      });
    } else {
      it(`CFG-I4: ${argv.join(' ')} -> a warning`, async () => {
        const { notices } = await load({ argv });
        const warnings = notices.filter(({ message }) => message.startsWith(`--${name} has no`));
        assert.deepEqual(warnings, [
          {
            level: 'warn',
            message: `--${name} has no effect: ${support.because}`,
            fields: { 'flag-name': name },
          },
        ]);
      });
    }
  }

  it('CFG-I3: what must never be ignored is refused', () => {
    const refused = FLAG_NAMES.filter((name) => FLAGS[name].support.state === 'refused');
    for (const name of ['auth-token', 'discovery', 'discovery-endpoints'] as const) {
      assert.ok(refused.includes(name), name);
    }
  });

  it('all refused flags stand in one message', async () => {
    await assert.rejects(load({ argv: ['--discovery=a', '--auth-token=b'] }), {
      message: /^refused to start with --discovery \([^)]+\), --auth-token \([^)]+\)$/,
    });
  });

  it('a default that is spelled out -> no warning', async () => {
    const { notices } = await load({
      argv: ['--name=a', '--data-dir=a', '--quota-backend-bytes=0', '--cert-file='],
    });
    assert.deepEqual(notices, []);
  });

  it('a feature gate other than by default -> a warning, unless it is built', async () => {
    const gates = 'CompactHashCheck=true,InitialCorruptCheck=true,LeaseCheckpoint=true';
    const { notices } = await load({ argv: [`--feature-gates=${gates}`] });
    const named = notices.flatMap(({ fields }) => fields?.['gate'] ?? []);
    assert.deepEqual(named, ['LeaseCheckpoint']);
  });
});
