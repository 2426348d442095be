import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readArguments } from '../../../../src/server/config/arguments.ts';
import { settle } from '../../../../src/server/config/settings.ts';

function settled(...argv: string[]) {
  return settle(readArguments(argv).assignments);
}

describe('settings', () => {
  it('the last assignment of a flag wins', () => {
    const { values, given } = settled('--name', 'a', '--name', 'b');
    assert.equal(values.name, 'b');
    assert.deepEqual([...given], ['name']);
  });

  it('feature gates add up', () => {
    const { values } = settled('--feature-gates=AllBeta=true', '--feature-gates=AllAlpha=true');
    assert.deepEqual(values['feature-gates'], { AllBeta: true, AllAlpha: true });
  });

  it('an old name sets the present flag and warns', () => {
    const { values, given, notices } = settled('--experimental-compaction-batch-limit=5');
    assert.equal(values['compaction-batch-limit'], 5);
    assert.deepEqual([...given], ['compaction-batch-limit']);
    assert.match(
      notices[0]?.message ?? '',
      /decommissioned in 3\.7\. Use '--compaction-batch-limit'/,
    );
  });

  it('an old switch sets its feature gate and warns', () => {
    const { values, notices } = settled('--experimental-enable-lease-checkpoint');
    assert.deepEqual(values['feature-gates'], { LeaseCheckpoint: true });
    assert.match(notices[0]?.message ?? '', /--feature-gates=LeaseCheckpoint/);
  });

  it('flags of etcd 0.x -> a warning each, and nothing else', () => {
    const { given, notices } = settled('-v', '-vv', '-v');
    assert.equal(given.size, 0);
    assert.deepEqual(
      notices.map(({ fields }) => fields['flag-name']),
      ['v', 'vv'],
    );
  });

  it('max-snapshots and v2-deprecation leave in 3.8', () => {
    const { notices } = settled('--max-snapshots=5', '--v2-deprecation=gone');
    assert.equal(notices.filter(({ message }) => message.includes('3.8')).length, 2);
  });

  const conflicts: readonly (readonly [string[], string])[] = [
    [
      ['--compaction-batch-limit=1', '--experimental-compaction-batch-limit=1'],
      'cannot set --experimental-compaction-batch-limit and --compaction-batch-limit ' +
        'at the same time, please use --compaction-batch-limit only',
    ],
    [
      ['--experimental-initial-corrupt-check', '--feature-gates=InitialCorruptCheck=true'],
      'cannot specify both flags: --experimental-initial-corrupt-check=true and ' +
        '--feature-gates=InitialCorruptCheck at the same time, please just use --feature-gates',
    ],
  ];
  for (const [argv, message] of conflicts) {
    it(`${argv.join(' ')} -> conflict`, () =>
      assert.throws(() => settled(...argv), { code: 'CONFIG_INVALID', message }));
  }
});
