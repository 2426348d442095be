/** Turns and timers. The real one is Node's event loop, the simulator's is a seeded queue. */
export interface Scheduler {
  /** Runs `task` after the I/O events of this turn have been handled. */
  defer(task: () => void): void;
  /** Runs `task` once, not before `delayMs` has passed. */
  after(delayMs: number, task: () => void): Timer;
  /**
   * Runs `task` every `periodMs`; late runs are not made up for. A period that is longer than a timer
   * can take, 24 days, is that long.
   */
  every(periodMs: number, task: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}
