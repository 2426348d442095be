import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CorruptionError } from '../../../../src/server/corruption/errors.ts';
import { initialCheck } from '../../../../src/server/corruption/initial-check.ts';
import { HashComparison, type Said } from '../../../support/server/hash-comparison.ts';

const PASSED = 'initial corruption checking passed; no corruption';

describe('initial check', () => {
  const passing: readonly (readonly [string, Said[], string[]])[] = [
    ['equal hashes', [7, 7], []],
    ['alone', [], []],
    [
      'another hash, of another floor',
      [{ hash: 8, compactRevision: 9 }],
      ['found different compact revision values from remote peer'],
    ],
    ['the same hash, of another floor', [{ compactRevision: 9 }], []],
    ['nobody can be reached', [new TypeError('refused'), new TypeError('refused')], []],
    ['nonsense', [new CorruptionError('CORRUPTION_NO_HASH', 'unknown error: no JSON')], []],
    [
      'a peer that is behind',
      [new CorruptionError('CORRUPTION_PEER_BEHIND', 'future')],
      ['cannot fetch hash from slow remote peer'],
    ],
    [
      'a peer that is ahead',
      [new CorruptionError('CORRUPTION_PEER_COMPACTED', 'compacted')],
      ['cannot fetch hash from remote peer; local member is behind'],
    ],
    [
      'a member of another cluster',
      [new CorruptionError('CORRUPTION_OTHER_CLUSTER', 'mismatch')],
      ['cluster ID mismatch'],
    ],
  ];
  for (const [name, said, warnings] of passing) {
    it(`CORRUPT-I4: ${name} -> passes`, async () => {
      const trial = new HashComparison(said);
      await initialCheck(trial, 7000, trial);
      assert.deepEqual(trial.said('warn'), warnings);
      assert.equal(trial.logger.lines.at(-1)?.message, PASSED);
      assert.deepEqual(trial.asked, [10]);
    });
  }

  it('CORRUPT-I4: nothing alive, so that hashes tell what is left to remove -> passes', async () => {
    const trial = new HashComparison([8]);
    trial.own = trial.own.map((own) => ({ ...own, isComparable: false }));
    await initialCheck(trial, 7000, trial);
    assert.deepEqual(trial.said('warn'), []);
  });

  it('CORRUPT-I4: another hash of the same rows -> refused, in the words of etcd', async () => {
    const trial = new HashComparison([new TypeError('refused'), 8]);
    await assert.rejects(initialCheck(trial, 7000, trial), {
      code: 'CORRUPTION_FOUND',
      message: '1 found data inconsistency with peers',
    });
    assert.deepEqual(trial.logger.lines, [
      {
        level: 'info',
        message: 'starting initial corruption check',
        fields: { 'local-member-id': '1', timeout: '7s' },
      },
      {
        level: 'warn',
        message: 'found different hash values from remote peer',
        fields: {
          'local-member-id': '1',
          'local-member-revision': 10,
          'local-member-compact-revision': 5,
          'local-member-hash': 7,
          'remote-peer-id': '3',
          'remote-peer-endpoints': ['http://m3:1'],
          'remote-peer-revision': 10,
          'remote-peer-compact-revision': 5,
          'remote-peer-hash': 8,
        },
      },
    ]);
  });
});
