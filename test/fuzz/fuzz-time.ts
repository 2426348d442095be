/** Time and turns of a run: both go on only when the script says so. */
import type { Clock } from '../../src/base/ports/clock.ts';
import type { Scheduler, Timer } from '../../src/base/ports/scheduler.ts';

interface WaitingTimer extends Timer {
  dueMs: number;
  readonly periodMs: number | undefined;
  readonly task: () => void;
}

export class FuzzTime implements Clock, Scheduler {
  readonly #timers = new Set<WaitingTimer>();
  #deferred: (() => void)[] = [];
  #nowMs = 1000;

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs;
  }

  defer(task: () => void): void {
    this.#deferred.push(task);
  }

  after(delayMs: number, task: () => void): Timer {
    return this.#add(delayMs, task, undefined);
  }

  every(periodMs: number, task: () => void): Timer {
    return this.#add(periodMs, task, periodMs);
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Ends the turn: runs what was deferred; what that defers is of the next turn. */
  endTurn(): void {
    const tasks = this.#deferred;
    this.#deferred = [];
    for (const task of tasks) task();
  }

  /** Ends turns until nothing is deferred any more. */
  settle(): void {
    while (this.#deferred.length > 0) this.endTurn();
  }

  /** Lets time pass in one jump; then runs what is due, the soonest first. */
  advance(ms: number): void {
    this.#nowMs += ms;
    for (let timer = this.#due(); timer !== undefined; timer = this.#due()) {
      if (timer.periodMs === undefined) this.#timers.delete(timer);
      else timer.dueMs = this.#nowMs + timer.periodMs;
      timer.task();
    }
  }

  #due(): WaitingTimer | undefined {
    let soonest: WaitingTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= this.#nowMs && timer.dueMs < (soonest?.dueMs ?? Infinity)) soonest = timer;
    }
    return soonest;
  }

  #add(delayMs: number, task: () => void, periodMs: number | undefined): Timer {
    const timer: WaitingTimer = {
      dueMs: this.#nowMs + delayMs,
      periodMs,
      task,
      cancel: () => this.#timers.delete(timer),
    };
    this.#timers.add(timer);
    return timer;
  }
}
