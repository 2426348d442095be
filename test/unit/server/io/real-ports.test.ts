import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { realClock } from '../../../../src/server/io/real-clock.ts';
import { realRandom } from '../../../../src/server/io/real-random.ts';
import { realScheduler, TIMER_DELAY_MS_MAX } from '../../../../src/server/io/real-scheduler.ts';

describe('real clock', () => {
  test('monotonic time does not go back, wall time is that of the machine', () => {
    const before = realClock.monotonicMs();
    assert.ok(realClock.monotonicMs() >= before);
    assert.ok(Math.abs(realClock.wallMs() - Date.now()) < 1000);
  });
});

describe('real random', () => {
  test('below: integers in [0, bound), all of them', () => {
    const seen = new Set<number>();
    for (let i = 0; i < 300; i++) seen.add(realRandom.below(4));
    assert.deepEqual(
      [...seen].toSorted((a, b) => a - b),
      [0, 1, 2, 3],
    );
    assert.equal(realRandom.below(1), 0);
    const large = realRandom.below(2 ** 32);
    assert.ok(Number.isInteger(large) && large >= 0 && large < 2 ** 32);
  });
});

describe('real scheduler', () => {
  test('defer: after the present turn', async () => {
    const order: string[] = [];
    const deferred = new Promise<void>((resolve) => {
      realScheduler.defer(() => {
        order.push('deferred');
        resolve();
      });
    });
    await Promise.resolve();
    order.push('turn');
    await deferred;
    assert.deepEqual(order, ['turn', 'deferred']);
  });

  test('after: once; every: again and again; cancelled: not any more', async () => {
    const runs = { after: 0, every: 0, cancelled: 0 };
    realScheduler.after(0, () => runs.after++);
    realScheduler.after(0, () => runs.cancelled++).cancel();
    await new Promise<void>((resolve) => {
      const timer = realScheduler.every(1, () => {
        runs.every++;
        if (runs.every < 3) return;
        timer.cancel();
        resolve();
      });
    });
    assert.deepEqual(runs, { after: 1, every: 3, cancelled: 0 });
  });

  test('a delay beyond TIMER_DELAY_MS_MAX -> assertion', () => {
    const plan = (delayMs: number) => realScheduler.after(delayMs, () => undefined);
    plan(TIMER_DELAY_MS_MAX).cancel();
    assert.throws(() => plan(TIMER_DELAY_MS_MAX + 1), { name: 'InvariantError' });
    assert.throws(() => plan(-1), { name: 'InvariantError' });
  });

  test('a period beyond TIMER_DELAY_MS_MAX -> that one, and not at once', async () => {
    let runs = 0;
    const timer = realScheduler.every(100 * TIMER_DELAY_MS_MAX, () => runs++);
    await pause(20);
    timer.cancel();
    assert.equal(runs, 0);
  });
});
