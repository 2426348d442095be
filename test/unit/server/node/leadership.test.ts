import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ServerError } from '../../../../src/server/errors.ts';
import { Leadership } from '../../../../src/server/node/leadership.ts';
import type { LinearizableRead } from '../../../../src/server/node/linearizable-reads.ts';

/** A leader with ticks of 100 ms, and the reads by which it confirms that it is one. */
function setUp() {
  let nowMs = 0;
  const raft = { isLeader: true };
  const reads: LinearizableRead[] = [];
  const leadership = new Leadership(
    { tickMs: 100 },
    {
      raft,
      clock: { monotonicMs: () => nowMs, wallMs: () => 0 },
      linearizable: (read) => reads.push(read),
    },
  );
  const seen: string[] = [];
  const confirm = (): void =>
    leadership.confirm({ run: () => seen.push('leads'), fail: ({ code }) => seen.push(code) });
  const tickAt = (ms: number): void => {
    nowMs = ms;
    leadership.ticked();
  };
  const at = (ms: number): void => {
    nowMs = ms;
  };
  return { leadership, raft, reads, seen, confirm, tickAt, at };
}

describe('leadership', () => {
  it('ticks in time -> sure: nobody is asked', () => {
    const { leadership, reads, seen, confirm, tickAt } = setUp();
    for (const ms of [100, 200, 500]) tickAt(ms);
    confirm();
    assert.deepEqual([leadership.isSure, seen, reads.length], [true, ['leads'], 0]);
  });

  it('NODE-I13: held up for more than three ticks -> in doubt, also after the next one', () => {
    const { leadership, reads, seen, confirm, tickAt, at } = setUp();
    tickAt(100);
    at(401);
    assert.equal(leadership.isSure, false);
    tickAt(401);
    tickAt(500);
    assert.equal(leadership.isSure, false);
    confirm();
    assert.deepEqual(seen, []);
    reads[0]?.run();
    assert.deepEqual([leadership.isSure, seen], [true, ['leads']]);
  });

  it('NODE-I13: replaced meanwhile, or nobody to confirm it -> told so', () => {
    const { raft, reads, seen, confirm, at } = setUp();
    at(1000);
    confirm();
    confirm();
    raft.isLeader = false;
    reads[0]?.run();
    reads[1]?.fail(new ServerError('SERVER_LEADER_CHANGED', 'leader changed'));
    assert.deepEqual(seen, ['SERVER_NOT_LEADER', 'SERVER_LEADER_CHANGED']);
  });
});
