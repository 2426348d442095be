import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Progress, type ProgressState } from '../../../src/raft/progress.ts';

type Input =
  | 'sent'
  | 'accepted'
  | 'accepted-old'
  | 'rejected'
  | 'rejected-old'
  | 'heartbeat'
  | 'unreachable'
  | 'snapshot sent'
  | 'snapshot arrived'
  | 'snapshot lost'
  | 'snapshot not needed';
/** state, match, next, paused */
type Expected = readonly [ProgressState, number, number, boolean];

function progressOf(match: number, next: number, messagesMax = 512): Progress {
  return new Progress({ match, next }, { messagesMax, bytesMax: 1000 });
}

/**
 * `probe` has an append after 9 under way; `replicate` has sent 6 to 12 after match 5; `snapshot`
 * waits for one up to 20.
 */
const make: Record<ProgressState, () => Progress> = {
  probe: () => {
    const progress = progressOf(5, 10);
    progress.sent(2, 20);
    return progress;
  },
  replicate: () => {
    const progress = progressOf(0, 6);
    progress.accepted(5);
    progress.sent(7, 70);
    return progress;
  },
  snapshot: () => {
    const progress = progressOf(5, 10);
    progress.snapshotSent(20);
    return progress;
  },
};

const inputs: Record<Input, (progress: Progress) => void> = {
  sent: (progress) => progress.sent(1, 10),
  accepted: (progress) => assert.equal(progress.accepted(11), true),
  'accepted-old': (progress) => assert.equal(progress.accepted(3), false),
  rejected: (progress) => progress.rejected(9, 7),
  'rejected-old': (progress) => assert.equal(progress.rejected(4, 2), false),
  heartbeat: (progress) => progress.heartbeatAnswered(),
  unreachable: (progress) => progress.unreachable(),
  'snapshot sent': (progress) => progress.snapshotSent(20),
  'snapshot arrived': (progress) => progress.snapshotDone(true),
  'snapshot lost': (progress) => progress.snapshotDone(false),
  'snapshot not needed': (progress) => progress.snapshotNotNeeded(),
};

const table: Record<ProgressState, Record<Input, Expected | 'assertion'>> = {
  probe: {
    sent: 'assertion',
    accepted: ['replicate', 11, 12, false],
    'accepted-old': ['probe', 5, 10, true],
    rejected: ['probe', 5, 8, false],
    'rejected-old': ['probe', 5, 10, true],
    heartbeat: ['probe', 5, 10, false],
    unreachable: ['probe', 5, 10, true],
    'snapshot sent': 'assertion',
    'snapshot arrived': ['probe', 5, 10, true],
    'snapshot lost': ['probe', 5, 10, true],
    'snapshot not needed': ['probe', 5, 10, true],
  },
  replicate: {
    sent: ['replicate', 5, 14, false],
    accepted: ['replicate', 11, 13, false],
    'accepted-old': ['replicate', 5, 13, false],
    rejected: ['probe', 5, 6, false],
    'rejected-old': ['replicate', 5, 13, false],
    heartbeat: ['replicate', 5, 13, false],
    unreachable: ['probe', 5, 6, false],
    'snapshot sent': ['snapshot', 5, 21, true],
    'snapshot arrived': ['replicate', 5, 13, false],
    'snapshot lost': ['replicate', 5, 13, false],
    'snapshot not needed': ['replicate', 5, 13, false],
  },
  snapshot: {
    sent: 'assertion',
    accepted: ['snapshot', 11, 21, true],
    'accepted-old': ['snapshot', 5, 21, true],
    rejected: ['snapshot', 5, 21, true],
    'rejected-old': ['snapshot', 5, 21, true],
    heartbeat: ['snapshot', 5, 21, true],
    unreachable: ['snapshot', 5, 21, true],
    'snapshot sent': 'assertion',
    'snapshot arrived': ['probe', 5, 21, true],
    'snapshot lost': ['probe', 5, 6, true],
    'snapshot not needed': ['replicate', 5, 6, false],
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
    const progress = progressOf(5, 10);
    assert.equal(progress.accepted(5), true);
    assert.deepEqual([progress.state, progress.next], ['replicate', 6]);
    assert.equal(progress.accepted(5), false);
  });

  it('a probe without entries -> the next may follow at once', () => {
    const progress = progressOf(5, 10);
    progress.sent(0, 0);
    assert.equal(progress.isPaused, false);
  });

  it('an answer that reaches beyond the snapshot -> it counts as match when the snapshot is lost', () => {
    const progress = make.snapshot();
    progress.accepted(30);
    progress.snapshotDone(true);
    assert.deepEqual([progress.state, progress.match, progress.next], ['probe', 30, 31]);
  });
});

describe('progress: the window of replicate', () => {
  it('full -> paused; an answer frees what it covers', () => {
    const progress = progressOf(0, 1, 2);
    progress.accepted(0);
    progress.sent(3, 30);
    assert.deepEqual([progress.hasRoom, progress.isPaused], [true, false]);
    progress.sent(3, 30);
    assert.deepEqual([progress.hasRoom, progress.isPaused], [false, true]);
    progress.accepted(2);
    assert.deepEqual([progress.hasRoom, progress.isPaused], [false, false], 'one may be asked');
    progress.sent(0, 0);
    assert.equal(progress.isPaused, true);
    progress.accepted(3);
    assert.deepEqual([progress.hasRoom, progress.isPaused], [true, false]);
  });

  it('full, and a sign of life -> one empty append, which finds out what was lost', () => {
    const progress = progressOf(0, 1, 1);
    progress.accepted(0);
    progress.sent(3, 30);
    progress.heartbeatAnswered();
    assert.deepEqual([progress.hasRoom, progress.isPaused], [false, false]);
    progress.sent(0, 0);
    assert.equal(progress.isPaused, true);
    assert.throws(() => progress.sent(1, 1), { name: 'InvariantError' });
  });
});

describe('progress: the commit index that the member knows', () => {
  it('told less than it could commit -> lacks it; told more than it has -> does not', () => {
    const progress = progressOf(0, 1);
    progress.accepted(0);
    progress.sent(5, 50);
    progress.commitSent(3);
    assert.deepEqual([progress.lacksCommit(3), progress.lacksCommit(4)], [false, true]);
    progress.commitSent(9);
    assert.equal(progress.lacksCommit(10), false);
  });

  it('the appends that told it are lost -> lacks it again', () => {
    const progress = progressOf(0, 1);
    progress.accepted(2);
    progress.sent(5, 50);
    progress.commitSent(7);
    progress.unreachable();
    progress.accepted(7);
    assert.equal(progress.lacksCommit(7), true);
  });
});
