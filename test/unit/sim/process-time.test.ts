import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProcessTime } from '../../sim/process-time.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { SimTime } from '../../sim/sim-time.ts';

function setUp(seed = 1) {
  const time = new SimTime(new SeededRandom(seed));
  const until = (ms: number): void => {
    while (time.nowMs < ms) time.runNext();
  };
  return { time, until };
}

describe('simulated time', () => {
  it('tasks of two processes -> run by their time; a seed orders those of one moment', () => {
    const orders = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
      const { time, until } = setUp(seed);
      const [a, b] = [new ProcessTime(time), new ProcessTime(time)];
      const ran: string[] = [];
      a.after(20, () => ran.push('late'));
      a.after(10, () => ran.push('a'));
      b.after(10, () => ran.push('b'));
      until(30);
      return ran.join(' ');
    });
    assert.deepEqual([...new Set(orders)].sort(), ['a b late', 'b a late']);
  });

  it('a clock that runs fast -> its timers come early, its time is ahead', () => {
    const { time, until } = setUp();
    const fast = new ProcessTime(time, { rate: 1.25, wallOffsetMs: 500 });
    let ranMs = 0;
    fast.after(100, () => {
      ranMs = time.nowMs;
    });
    until(200);
    assert.equal(ranMs, 80);
    assert.equal(fast.monotonicMs(), time.nowMs * 1.25);
    assert.equal(fast.wallMs() - new ProcessTime(time).wallMs(), time.nowMs * 0.25 + 500);
  });

  it('paused -> nothing runs; resumed -> what arrived runs in its order', () => {
    const { time, until } = setUp();
    const [paused, other] = [new ProcessTime(time), new ProcessTime(time)];
    const ran: string[] = [];
    other.every(10, () => ran.push('other'));
    paused.pause();
    for (const name of ['1', '2', '3', '4', '5'])
      paused.arrive(1 + Number(name), () => ran.push(name));
    until(25);
    assert.deepEqual(new Set(ran), new Set(['other']));
    paused.resume();
    until(time.nowMs + 1);
    assert.deepEqual(ran.slice(3, 8), ['1', '2', '3', '4', '5']);
  });

  it('ended -> its tasks are gone, also those of a pause; new ones run', () => {
    const { time, until } = setUp();
    const own = new ProcessTime(time);
    const ran: string[] = [];
    own.every(10, () => ran.push('timer'));
    own.pause();
    until(15);
    own.after(10, () => ran.push('task'));
    own.clear();
    assert.equal(own.size, 0);
    own.defer(() => ran.push('new'));
    until(100);
    assert.deepEqual(ran, ['new']);
  });

  it('cancelled -> does not run; counted once', () => {
    const { time, until } = setUp();
    const own = new ProcessTime(time);
    const timer = own.after(10, () => assert.fail('it was cancelled'));
    assert.equal(own.size, 1);
    timer.cancel();
    timer.cancel();
    assert.equal(own.size, 0);
    until(50);
  });
});
