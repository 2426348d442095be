import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MvccError, type Store } from '../../../../src/mvcc/index.ts';
import { periodicCheck } from '../../../../src/server/corruption/periodic-check.ts';
import { ServerError } from '../../../../src/server/errors.ts';
import type { LinearizableRead } from '../../../../src/server/node/linearizable-reads.ts';
import { HashComparison, type Said } from '../../../support/server/hash-comparison.ts';

const HASH = {
  hash: 7,
  revision: 10,
  currentRevision: 10,
  compactRevision: 5,
  isComparable: true,
};
const OTHER_HASH = 'same compact revision then hashes must match';
const NEWER = "revision from follower must be less than or equal to leader's";
const NEWER_FLOOR = "compact revision from follower must be less than or equal to leader's";
const silent = new TypeError('refused');

describe('periodic check', () => {
  const cases: readonly (readonly [string, Said[], bigint[], string[], number])[] = [
    ['equal hashes', [7, 7], [], [], 2],
    ['another hash', [7, 8], [3n], [OTHER_HASH], 2],
    ['two others: the first is blamed, both are logged', [8, 9], [2n], [OTHER_HASH, OTHER_HASH], 2],
    ['nobody answers', [silent, silent], [], [], 0],
    ['one answers, and differs', [silent, 8], [3n], [OTHER_HASH], 1],
    ['another hash, of another floor', [{ hash: 8, compactRevision: 4 }, 7], [], [], 2],
    ['a floor above the own', [{ compactRevision: 6 }, 7], [2n], [NEWER_FLOOR], 2],
    ['a revision above the own', [7, { currentRevision: 13 }], [3n], [NEWER], 2],
    ['a revision below the own', [7, { currentRevision: 9 }], [], [], 2],
  ];
  for (const [name, said, raised, warnings, checked] of cases) {
    it(`CORRUPT-I1: ${name} -> alarms ${raised.join()}`, async () => {
      const trial = new HashComparison(said);
      await periodicCheck(trial);
      assert.deepEqual(trial.raised, raised);
      assert.deepEqual(trial.said('warn'), warnings);
      assert.deepEqual(trial.asked, [10]);
      assert.deepEqual(trial.logger.lines.at(-1), {
        level: 'info',
        message: 'finished peer corruption check',
        fields: { 'number-of-peers-checked': checked },
      });
    });
  }

  it('CORRUPT-I2: written and compacted while the others are asked -> compared with what was', async () => {
    const trial = new HashComparison([{ currentRevision: 12 }, { compactRevision: 11, hash: 1 }]);
    const written = { hash: 99, revision: 12, currentRevision: 12, compactRevision: 11 };
    trial.own = [HASH, { ...HASH, ...written }];
    await periodicCheck(trial);
    assert.deepEqual([trial.raised, trial.said('warn')], [[], []]);
  });

  it('CORRUPT-I2: it looks again only when it has caught up with what the others had', async () => {
    const trial = new HashComparison([{ currentRevision: 12 }]);
    const linearizable = (read: LinearizableRead): void => {
      assert.equal(trial.asked.length, 1, 'after they have answered');
      trial.own = [{ ...HASH, currentRevision: 12 }];
      read.run();
    };
    // The state is asked for anew each time.
    const ports = trial.portsFor({ linearizable });
    const member = Object.defineProperty(ports.member, 'store', { get: () => trial.store });
    await periodicCheck({ ...ports, member });
    assert.deepEqual(trial.raised, []);
  });

  it('CORRUPT-I2: nothing alive, so that hashes tell what is left to remove -> no alarm', async () => {
    const trial = new HashComparison([8, { currentRevision: 13 }]);
    trial.own = [
      { ...HASH, isComparable: false },
      { ...HASH, hash: 6, isComparable: false },
    ];
    await periodicCheck(trial);
    assert.deepEqual([trial.raised, trial.said('warn')], [[3n], [NEWER]]);
  });

  it('two hashes of its own for the same rows -> its own alarm, though others differ too', async () => {
    const trial = new HashComparison([8]);
    trial.own = [HASH, { ...HASH, hash: 6 }];
    await periodicCheck(trial);
    assert.deepEqual(trial.raised, [1n]);
    assert.deepEqual(trial.said('warn'), ['found hash mismatch', OTHER_HASH]);
    assert.deepEqual(trial.logger.lines[1]?.fields, {
      'leader-compact-revision': 5,
      'leader-hash': 7,
      'follower-compact-revision': 5,
      'follower-hash': 8,
      'follower-peer-id': '2',
    });
  });

  it('no hash of its own, or not up to date -> rejects, no alarm', async () => {
    const trial = new HashComparison([8]);
    const closed = new MvccError('MVCC_CLOSED', 'the store is closing');
    const store = { hashKv: () => Promise.resolve(closed) } as Partial<Store> as Store;
    await assert.rejects(periodicCheck(trial.portsFor({ store })), closed);
    const late = new ServerError('SERVER_TIMEOUT', 'late');
    const linearizable = (read: LinearizableRead): void => read.fail(late);
    await assert.rejects(periodicCheck(trial.portsFor({ linearizable })), late);
    assert.deepEqual(trial.raised, []);
  });
});
