import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Progress, type ProgressState } from '../../../src/raft/progress.ts';

type Input = 'sent' | 'accepted' | 'accepted-old' | 'rejected' | 'rejected-old' | 'heartbeat';
/** state, match, next, paused */
type Expected = readonly [ProgressState, number, number, boolean];

/** `probe` has an append after 9 under way; `replicate` has sent 10 to 12 after match 5. */
const make: Record<ProgressState, () => Progress> = {
  probe: () => {
    const progress = new Progress(5, 10);
    progress.sent(2);
    return progress;
  },
  replicate: () => {
    const progress = new Progress(0, 6);
    progress.accepted(5);
    progress.sent(7);
    return progress;
  },
};

const inputs: Record<Input, (progress: Progress) => void> = {
  sent: (progress) => progress.sent(1),
  accepted: (progress) => assert.equal(progress.accepted(11), true),
  'accepted-old': (progress) => assert.equal(progress.accepted(3), false),
  rejected: (progress) => assert.equal(progress.rejected(9, 7), true),
  'rejected-old': (progress) => assert.equal(progress.rejected(4, 2), false),
  heartbeat: (progress) => progress.heartbeatAnswered(),
};

const table: Record<ProgressState, Record<Input, Expected | 'assertion'>> = {
  probe: {
    sent: 'assertion',
    accepted: ['replicate', 11, 12, false],
    'accepted-old': ['probe', 5, 10, true],
    rejected: ['probe', 5, 8, false],
    'rejected-old': ['probe', 5, 10, true],
    heartbeat: ['probe', 5, 10, false],
  },
  replicate: {
    sent: ['replicate', 5, 14, false],
    accepted: ['replicate', 11, 13, false],
    'accepted-old': ['replicate', 5, 13, false],
    rejected: ['probe', 5, 6, false],
    'rejected-old': ['replicate', 5, 13, false],
    heartbeat: ['replicate', 5, 13, false],
  },
};

describe('progress: every state and input', () => {
  for (const [state, cells] of Object.entries(table)) {
    for (const [input, expected] of Object.entries(cells)) {
      it(`${state} + ${input} -> ${String(expected)}`, () => {
        const progress = make[state as ProgressState]();
        const act = (): void => inputs[input as Input](progress);
        if (expected === 'assertion') {
          assert.throws(act, { name: 'InvariantError' });
          return;
        }
        act();
        progress.checkInvariants();
        const { state: now, match, next, isPaused } = progress;
        assert.deepEqual([now, match, next, isPaused], expected);
      });
    }
  }

  it('a refusal whose hint is below match -> probing starts after match', () => {
    const progress = make.probe();
    assert.equal(progress.rejected(9, 1), true);
    assert.equal(progress.next, 6);
  });

  it('a refusal whose hint is above the refused index -> probing goes back all the same', () => {
    const progress = make.probe();
    assert.equal(progress.rejected(9, 50), true);
    assert.equal(progress.next, 9);
  });

  it('an answer that only confirms match -> ends probing', () => {
    const progress = new Progress(5, 10);
    assert.equal(progress.accepted(5), false);
    assert.deepEqual([progress.state, progress.next], ['replicate', 6]);
  });
});
