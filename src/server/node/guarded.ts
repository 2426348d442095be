/**
 * Where exceptions of the member's own turns end. One that leaves a task is a bug of ours, or a
 * log that contradicts itself: the member must stop, and say why.
 */
import type { Scheduler } from '../../base/ports/scheduler.ts';

type Fatal = (error: unknown) => void;

/** Runs `task`; what it throws goes to `fatal`. */
export function guarded(task: () => void, fatal: Fatal): void {
  try {
    task();
  } catch (error) {
    fatal(error);
  }
}

/** A scheduler that runs each task guarded. */
export function guardedScheduler(scheduler: Scheduler, fatal: Fatal): Scheduler {
  return {
    defer: (task) => scheduler.defer(() => guarded(task, fatal)),
    after: (delayMs, task) => scheduler.after(delayMs, () => guarded(task, fatal)),
    every: (periodMs, task) => scheduler.every(periodMs, () => guarded(task, fatal)),
  };
}
