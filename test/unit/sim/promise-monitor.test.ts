import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Entry, HardState, Message, MessageType } from '../../../src/pb/index.ts';
import type { OpenedStorage } from '../../../src/server/storage/open-storage.ts';
import { encodeBatch } from '../../../src/wal/index.ts';
import { PromiseMonitor } from '../../sim/cluster/promise-monitor.ts';
import type { SimMachine } from '../../sim/cluster/sim-machine.ts';

const MACHINE = { name: 'm1' } as SimMachine;
/** Entry 3 is the last one on disk, and the vote of term 2 went to member 7. */
const OPENED = {
  hardState: HardState.create({ term: 2, vote: 7n, commit: 1 }),
  entries: [Entry.create({ index: 3, term: 2 })],
  snapshot: { index: 2, term: 1 },
} as unknown as OpenedStorage;

/** Whether a member that has logged `entries` and `hardState` since may send `message`. */
function maySend(
  message: Partial<Message>,
  { entries = [] as Entry[], hardState = undefined as HardState | undefined } = {},
): boolean {
  const failures: string[] = [];
  const monitor = new PromiseMonitor((text) => failures.push(text));
  monitor.started(MACHINE, OPENED);
  monitor.logged(MACHINE, { kind: 'append', batch: encodeBatch(entries, hardState) });
  monitor.sends(MACHINE, [Message.create({ term: 2, to: 7n, ...message })]);
  return failures.length === 0;
}

describe('promise monitor: what is said, and what is on disk', () => {
  const { MsgAppResp, MsgHeartbeatResp, MsgVoteResp } = MessageType;

  it('an answer to an append up to the last entry on disk -> kept; beyond -> broken', () => {
    assert.equal(maySend({ type: MsgAppResp, index: 3 }), true);
    assert.equal(maySend({ type: MsgAppResp, index: 4 }), false);
    const entries = [Entry.create({ index: 4, term: 2 })];
    assert.equal(maySend({ type: MsgAppResp, index: 4 }, { entries }), true);
  });

  it('entries replaced on disk -> the answer for them is broken, unless a later term did it', () => {
    const entries = [Entry.create({ index: 2, term: 2 })];
    assert.equal(maySend({ type: MsgAppResp, index: 3 }, { entries }), false);
    const hardState = HardState.create({ term: 3, vote: 0n, commit: 1 });
    assert.equal(maySend({ type: MsgAppResp, index: 3 }, { entries, hardState }), true);
  });

  it('a vote that is on disk -> kept; for another member, or in a later term -> broken', () => {
    assert.equal(maySend({ type: MsgVoteResp }), true);
    assert.equal(maySend({ type: MsgVoteResp, to: 8n }), false);
    assert.equal(maySend({ type: MsgVoteResp, term: 3 }), false);
    const hardState = HardState.create({ term: 3, vote: 7n, commit: 1 });
    assert.equal(maySend({ type: MsgVoteResp, term: 3 }, { hardState }), true);
  });

  it('a life that finds less than the one before had on disk -> broken', () => {
    const found = (state: Partial<HardState>, lastIndex: number): string[] => {
      const failures: string[] = [];
      const monitor = new PromiseMonitor((text) => failures.push(text));
      const hardState = HardState.create({ term: 2, vote: 7n, commit: 1, ...state });
      monitor.started(MACHINE, OPENED);
      const entries = [Entry.create({ index: lastIndex, term: 2 })];
      monitor.started(MACHINE, { ...OPENED, hardState, entries });
      return failures;
    };
    assert.deepEqual(found({}, 3), []);
    assert.deepEqual(found({ term: 3, vote: 0n }, 2), []);
    assert.equal(found({}, 2).length, 1);
    assert.equal(found({ vote: 0n }, 3).length, 1);
    assert.equal(found({ term: 1 }, 3).length, 1);
  });

  it('refusals and other messages -> promise nothing', () => {
    assert.equal(maySend({ type: MsgVoteResp, term: 3, reject: true }), true);
    assert.equal(maySend({ type: MsgHeartbeatResp, index: 9 }), true);
  });
});
