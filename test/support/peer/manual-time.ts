/** Time that moves only when a test says so, and turns of the real event loop. */
import type { Clock } from '../../../src/base/ports/clock.ts';
import type { Scheduler, Timer } from '../../../src/base/ports/scheduler.ts';

interface Task {
  dueMs: number;
  readonly periodMs: number | undefined;
  readonly run: () => void;
}

export class ManualTime implements Clock, Scheduler {
  #nowMs = 0;
  readonly #tasks = new Set<Task>();

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  /** Timers that wait. */
  get timers(): number {
    return this.#tasks.size;
  }

  defer(task: () => void): void {
    setImmediate(task);
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#add({ dueMs: this.#nowMs + delayMs, periodMs: undefined, run });
  }

  every(periodMs: number, run: () => void): Timer {
    return this.#add({ dueMs: this.#nowMs + periodMs, periodMs, run });
  }

  /** Lets time pass, timer by timer. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let task = this.#next(untilMs); task !== undefined; task = this.#next(untilMs)) {
      this.#nowMs = task.dueMs;
      if (task.periodMs === undefined) this.#tasks.delete(task);
      else task.dueMs += task.periodMs;
      task.run();
    }
    this.#nowMs = untilMs;
  }

  #add(task: Task): Timer {
    this.#tasks.add(task);
    return { cancel: () => void this.#tasks.delete(task) };
  }

  #next(untilMs: number): Task | undefined {
    const due = [...this.#tasks].filter((task) => task.dueMs <= untilMs);
    return due.sort((a, b) => a.dueMs - b.dueMs)[0];
  }
}

/** Resolves when `isSo` holds: what real sockets have to bring about. Rejects after some seconds. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const endMs = Date.now() + 5000;
  while (!isSo()) {
    if (Date.now() > endMs) throw new TypeError(`never came: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
