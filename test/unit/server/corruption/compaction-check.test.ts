import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CompactionCheck } from '../../../../src/server/corruption/compaction-check.ts';
import { HashComparison, type Said } from '../../../support/server/hash-comparison.ts';

const silent = new TypeError('refused');

function trialOf(said: ConstructorParameters<typeof HashComparison>[0]) {
  const trial = new HashComparison(said);
  trial.compactions = [4, 6, 8].map((revision) => ({ hash: 7, compactRevision: 5, revision }));
  return { trial, check: new CompactionCheck(7000, trial) };
}

describe('compaction check', () => {
  const cases: readonly (readonly [string, Said[], bigint[]])[] = [
    ['one of three differs', [7, 8], [3n]],
    ['the leader differs', [8, 8], [1n]],
    ['all three differ', [8, 9], [0n]],
    ['one of two differs', [8], [0n]],
    ['two of four', [7, 8, 8], [0n]],
    ['one of four', [7, 8, 7], [3n]],
    ['two of five, each for itself', [7, 8, 7, 9], [3n, 5n]],
    ['leader and one more of five', [7, 8, 8, 8], [1n, 2n]],
    ['one differs, another is silent', [8, silent], [0n]],
    ['one of five differs, another is silent', [7, 8, 7, silent], [3n]],
    ['a hash of another floor does not count', [{ hash: 8, compactRevision: 4 }, 8], [0n]],
  ];
  for (const [name, said, raised] of cases) {
    it(`CORRUPT-I3: ${name} -> alarms ${raised.join()}`, async () => {
      const { trial, check } = trialOf(said);
      await check.run();
      assert.deepEqual(trial.raised, raised);
      assert.deepEqual(trial.asked, [8], 'older ones say no more');
      const hasMajority = raised[0] !== 0n;
      const errors = trial.said('error');
      assert.equal(errors.filter((text) => text.includes('intentionally')).length, +!hasMajority);
      assert.ok(errors.includes('Detected compaction hash mismatch'));
    });
  }

  it('all equal -> the newest alone is asked for, and not again', async () => {
    const { trial, check } = trialOf([7, 7]);
    await check.run();
    await check.run();
    assert.deepEqual([trial.asked, trial.raised], [[8], []]);
    trial.compactions.push({ hash: 7, compactRevision: 8, revision: 9 });
    await check.run();
    assert.deepEqual(trial.asked, [8, 9], 'the new one has another floor there');
    assert.equal(trial.said('warn').filter((text) => text.startsWith('skipped')).length, 1);
  });

  it('one does not answer, or has another floor -> looks at older ones', async () => {
    const { trial, check } = trialOf((revision) => {
      if (revision === 8) return [7, silent];
      return revision === 6 ? [7, { compactRevision: 3, hash: 1 }] : [7, 7];
    });
    await check.run();
    assert.deepEqual([trial.asked, trial.raised], [[8, 6, 4], []]);
    assert.deepEqual(
      trial.logger.lines.filter(({ message }) => message === "Skipped peer's hash"),
      ['no response', "the peer's CompactRevision 3 doesn't match leader's CompactRevision 5"].map(
        (reason) => ({
          level: 'warn',
          message: "Skipped peer's hash",
          fields: { 'number-of-peers': 2, 'leader-id': '1', 'peer-id': '3', reason },
        }),
      ),
    );
    assert.deepEqual(trial.logger.lines.at(-1)?.fields, { 'number-of-hashes-checked': 3 });
    await check.run();
    assert.deepEqual(trial.asked, [8, 6, 4, 8, 6], 'but not at those already compared');
  });

  it('alone, or no compaction yet -> nothing to compare', async () => {
    const alone = trialOf([]);
    await alone.check.run();
    const { trial, check } = trialOf([8]);
    trial.compactions = [];
    await check.run();
    assert.deepEqual([trial.asked, trial.raised, alone.trial.raised], [[], [], []]);
    assert.deepEqual(trial.said('info'), [
      'starting compact hash check',
      'finished compaction hash check',
    ]);
  });
});
