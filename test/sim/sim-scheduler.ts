/**
 * The turns and the time of one simulated process: whatever is due runs in an order drawn from a
 * seed, and time jumps to the next timer when nothing is due. Real promises go on between turns.
 */
import type { Clock } from '../../src/base/ports/clock.ts';
import type { Random } from '../../src/base/ports/random.ts';
import type { Scheduler, Timer } from '../../src/base/ports/scheduler.ts';

interface Task {
  dueMs: number;
  readonly run: () => void;
  /** Undefined for a task that runs once. */
  readonly periodMs: number | undefined;
}

/** How far time goes in a step in which there is nothing to do. */
const IDLE_STEP_MS = 10;
/** Wall time at the start of every simulation. */
const EPOCH_MS = 1_700_000_000_000;

export class SimScheduler implements Scheduler, Clock {
  readonly #random: Random;
  #tasks: Task[] = [];
  #nowMs = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return EPOCH_MS + this.#nowMs;
  }

  defer(task: () => void): void {
    this.#add(0, task, undefined);
  }

  after(delayMs: number, task: () => void): Timer {
    return this.#add(delayMs, task, undefined);
  }

  every(periodMs: number, task: () => void): Timer {
    return this.#add(periodMs, task, periodMs);
  }

  /** Tasks that wait to run, those of timers included. */
  get size(): number {
    return this.#tasks.length;
  }

  /** Runs one task and then all promises that it settled. Throws what the task throws. */
  async step(): Promise<void> {
    const task = this.#next();
    if (task === undefined) {
      this.#nowMs += IDLE_STEP_MS;
    } else {
      this.#nowMs = Math.max(this.#nowMs, task.dueMs);
      if (task.periodMs === undefined) this.#remove(task);
      else task.dueMs = this.#nowMs + task.periodMs;
      task.run();
    }
    await promisesSettled();
  }

  /** Time that passes while the process does not run. */
  skip(ms: number): void {
    this.#nowMs += ms;
  }

  /** Forgets all tasks, as the end of a process does; time goes on. */
  clear(): void {
    this.#tasks = [];
  }

  #add(delayMs: number, run: () => void, periodMs: number | undefined): Timer {
    const task = { dueMs: this.#nowMs + delayMs, run, periodMs };
    this.#tasks.push(task);
    return { cancel: () => this.#remove(task) };
  }

  #next(): Task | undefined {
    let soonestMs = Infinity;
    for (const task of this.#tasks) soonestMs = Math.min(soonestMs, task.dueMs);
    const untilMs = Math.max(soonestMs, this.#nowMs);
    const due = this.#tasks.filter((task) => task.dueMs <= untilMs);
    return due.length === 0 ? undefined : due[this.#random.below(due.length)];
  }

  #remove(task: Task): void {
    const at = this.#tasks.indexOf(task);
    if (at >= 0) this.#tasks.splice(at, 1);
  }
}

/** Resolves when no promise has anything left to do: nothing here waits for the real world. */
export function promisesSettled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
