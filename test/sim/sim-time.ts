/**
 * The time and the turns of everything that is simulated: one queue of tasks, of all processes.
 * Time jumps from task to task; those of one moment run in an order drawn from a seed. Real
 * promises go on between two tasks, until none has anything left to do.
 */
import type { Random } from '../../src/base/ports/random.ts';

/** Whose tasks they are, and whether they may run. */
export interface TaskOwner {
  /** `run` now, later or never. */
  due(task: SimTask): void;
}

export interface SimTask {
  dueMs: number;
  /** Order within a moment. */
  draw: number;
  readonly owner: TaskOwner;
  readonly run: () => void;
  /** Undefined for a task that runs once. */
  readonly periodMs: number | undefined;
  /** Which life of its owner it belongs to. */
  readonly life: number;
  isCancelled: boolean;
}

/** How far time goes in a step in which there is nothing to do. */
const IDLE_STEP_MS = 10;
const DRAW_BOUND = 0x1_0000_0000;

export class SimTime {
  nowMs = 0;
  readonly #random: Random;
  /** A heap: the next task first. */
  readonly #tasks: SimTask[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** A number that decides between tasks of one moment. */
  draw(): number {
    return this.#random.below(DRAW_BOUND);
  }

  add(task: SimTask): void {
    const tasks = this.#tasks;
    let at = tasks.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = tasks[parent] as SimTask;
      if (!isBefore(task, above)) break;
      tasks[at] = above;
      at = parent;
    }
    tasks[at] = task;
  }

  /** Runs one task. Throws what the task throws. */
  runNext(): void {
    const task = this.#take();
    if (task === undefined) {
      this.nowMs += IDLE_STEP_MS;
      return;
    }
    this.nowMs = Math.max(this.nowMs, task.dueMs);
    task.owner.due(task);
  }

  /** Runs one task and then all promises that it settled. Throws what the task throws. */
  async step(): Promise<void> {
    this.runNext();
    await promisesSettled();
  }

  /** The next task that is not cancelled. */
  #take(): SimTask | undefined {
    for (;;) {
      const first = this.#tasks[0];
      const last = this.#tasks.pop();
      if (first === undefined || last === undefined) return undefined;
      if (this.#tasks.length > 0) this.#sink(last);
      if (!first.isCancelled) return first;
    }
  }

  /** Puts `task` in the place of the first one, and then where it belongs. */
  #sink(task: SimTask): void {
    const tasks = this.#tasks;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= tasks.length) break;
      const right = child + 1;
      if (right < tasks.length && isBefore(tasks[right] as SimTask, tasks[child] as SimTask)) {
        child = right;
      }
      const below = tasks[child] as SimTask;
      if (!isBefore(below, task)) break;
      tasks[at] = below;
      at = child;
    }
    tasks[at] = task;
  }
}

function isBefore(a: SimTask, b: SimTask): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.draw < b.draw);
}

/**
 * Resolves when no promise has anything left to do: nothing here waits for the real world, and
 * Node's ticks come when there are no more microtasks.
 */
export function promisesSettled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
