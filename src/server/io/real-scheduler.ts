import { assert } from '../../base/assert.ts';
import type { Scheduler, Timer } from '../../base/ports/scheduler.ts';

/** Longest delay of a Node timer; a longer one would fire at once. */
export const TIMER_DELAY_MS_MAX = 2 ** 31 - 1;

/** Node's event loop. Timers keep the process alive until they are cancelled. */
export const realScheduler: Scheduler = {
  defer(task: () => void): void {
    setImmediate(task);
  },
  after(delayMs: number, task: () => void): Timer {
    const timer = setTimeout(task, checkedDelayMs(delayMs));
    return { cancel: () => clearTimeout(timer) };
  },
  every(periodMs: number, task: () => void): Timer {
    const timer = setInterval(task, checkedDelayMs(Math.min(periodMs, TIMER_DELAY_MS_MAX)));
    return { cancel: () => clearInterval(timer) };
  },
};

/** Whole milliseconds, rounded up: Node rounds down and would fire early. */
function checkedDelayMs(delayMs: number): number {
  assert(delayMs >= 0 && delayMs <= TIMER_DELAY_MS_MAX, 'a timer delay fits 31 bits');
  return Math.ceil(delayMs);
}
