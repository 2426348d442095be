import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvariantError } from '../../../../src/base/assert.ts';
import {
  CatchUpQueue,
  PASS_LOOKS_MAX,
  PASS_REVISIONS_MAX,
  PASS_WATCHERS_MAX,
} from '../../../../src/mvcc/watch/catch-up-queue.ts';
import { type Outlet, Watcher } from '../../../../src/mvcc/watch/watcher.ts';

function newOutlet(): Outlet {
  return { isFull: false, lagging: new Set(), deliver: () => {}, deliverCompacted: () => {} };
}

function newWatcher(next: number, outlet: Outlet = newOutlet()): Watcher {
  const options = {
    key: 'k',
    range: 'single',
    startRevision: 0,
    dropsPuts: false,
    dropsDeletes: false,
    withPrevKv: false,
    isFragmented: false,
    notifiesProgress: false,
  } as const;
  const watcher = new Watcher(0n, options, outlet, next);
  watcher.state = 'queued';
  return watcher;
}

function queueOf(watchers: readonly Watcher[]): CatchUpQueue {
  const queue = new CatchUpQueue();
  for (const watcher of watchers) queue.add(watcher);
  queue.checkInvariants();
  return queue;
}

describe('catch-up queue', () => {
  it('take: nothing waits -> nothing', () => {
    assert.deepEqual(new CatchUpQueue().take(), []);
  });

  it('take: one of each stream in turn, then the next of each', () => {
    const [a, b] = [newOutlet(), newOutlet()];
    const [a1, a2, b1, b2] = [
      newWatcher(5, a),
      newWatcher(5, a),
      newWatcher(5, b),
      newWatcher(5, b),
    ];
    const queue = queueOf([a1, a2, b1, b2]);
    assert.deepEqual(queue.take(), [a1, b1, a2, b2]);
    assert.equal(queue.size, 0);
  });

  it('take: only what the stretch from the first one on serves', () => {
    const lead = newWatcher(5);
    const below = newWatcher(4);
    const last = newWatcher(5 + PASS_REVISIONS_MAX - 1);
    const beyond = newWatcher(5 + PASS_REVISIONS_MAX);
    const queue = queueOf([lead, below, last, beyond]);
    assert.deepEqual(queue.take(), [lead, last]);
    queue.checkInvariants();
    assert.deepEqual(queue.take(), [below]);
    assert.deepEqual(queue.take(), [beyond]);
  });

  it('take: PASS_WATCHERS_MAX at most', () => {
    const queue = queueOf(Array.from({ length: PASS_WATCHERS_MAX + 1 }, () => newWatcher(5)));
    assert.equal(queue.take().length, PASS_WATCHERS_MAX);
    assert.equal(queue.take().length, 1);
  });

  it('take: PASS_LOOKS_MAX watchers that do not fit -> goes with what it has', () => {
    const lead = newWatcher(5);
    const far = Array.from({ length: PASS_LOOKS_MAX }, () => newWatcher(5 + PASS_REVISIONS_MAX));
    const queue = queueOf([lead, ...far, newWatcher(5)]);
    assert.deepEqual(queue.take(), [lead]);
  });

  it('remove: of a watcher that does not wait -> assertion', () => {
    const waiting = newWatcher(5);
    const queue = queueOf([waiting]);
    queue.remove(waiting);
    queue.checkInvariants();
    assert.throws(() => queue.remove(waiting), InvariantError);
  });
});
