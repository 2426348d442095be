/**
 * The clock and the scheduler of one simulated process: its share of the common time, which runs a
 * little faster or slower here. It can be paused, and forgets its tasks when the process ends.
 */
import type { Clock } from '../../src/base/ports/clock.ts';
import type { Scheduler, Timer } from '../../src/base/ports/scheduler.ts';
import type { SimTask, SimTime, TaskOwner } from './sim-time.ts';

/** How the clocks of a machine differ from the common time. */
export interface ClockSkew {
  /** How much of its own time passes in a moment of the common time: about 1. */
  readonly rate: number;
  /** By how much its wall time is ahead. */
  wallOffsetMs: number;
}

/** Wall time at the start of every simulation. */
const EPOCH_MS = 1_700_000_000_000;

export class ProcessTime implements Scheduler, Clock, TaskOwner {
  readonly time: SimTime;
  readonly skew: ClockSkew;
  #life = 0;
  #size = 0;
  /** Tasks that came due during a pause; undefined while there is none. */
  #held: SimTask[] | undefined;

  constructor(time: SimTime, skew: ClockSkew = { rate: 1, wallOffsetMs: 0 }) {
    this.time = time;
    this.skew = skew;
  }

  monotonicMs(): number {
    return this.time.nowMs * this.skew.rate;
  }

  wallMs(): number {
    return EPOCH_MS + this.time.nowMs * this.skew.rate + this.skew.wallOffsetMs;
  }

  defer(run: () => void): void {
    this.#add(0, run, undefined);
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#add(delayMs / this.skew.rate, run, undefined);
  }

  every(periodMs: number, run: () => void): Timer {
    const commonMs = periodMs / this.skew.rate;
    return this.#add(commonMs, run, commonMs);
  }

  /**
   * Runs `run` here when so much of the common time has passed: something from outside. `life`: not
   * after the end of that one.
   */
  arrive(commonMs: number, run: () => void, life?: number): void {
    if (life === undefined || life === this.#life) this.#add(commonMs, run, undefined);
  }

  /** Which life of the process this is; {@link clear} ends it. */
  get life(): number {
    return this.#life;
  }

  /** Tasks that wait to run, those of timers included. */
  get size(): number {
    return this.#size;
  }

  get isPaused(): boolean {
    return this.#held !== undefined;
  }

  /** Nothing runs here until {@link resume}; time goes on. */
  pause(): void {
    this.#held ??= [];
  }

  /**
   * What came due meanwhile runs now, in its order; periodic tasks before or behind the others. What
   * it defers may come between.
   */
  resume(): void {
    const { time } = this;
    const held = this.#held ?? [];
    this.#held = undefined;
    const isPeriodicFirst = time.draw() % 2 === 0;
    const [first, last] = isPeriodicFirst ? [isPeriodic, isSingle] : [isSingle, isPeriodic];
    const draws = held.map(() => time.draw()).sort((a, b) => a - b);
    for (const [at, task] of [...held.filter(first), ...held.filter(last)].entries()) {
      task.dueMs = time.nowMs;
      task.draw = draws[at] ?? 0;
      time.add(task);
    }
  }

  /** Forgets all tasks, as the end of a process does; time goes on. */
  clear(): void {
    this.#life++;
    this.#size = 0;
    this.#held = undefined;
  }

  due(task: SimTask): void {
    if (task.life !== this.#life) return;
    if (this.#held !== undefined) {
      this.#held.push(task);
      return;
    }
    if (task.periodMs === undefined) {
      task.isCancelled = true;
      this.#size--;
    } else {
      task.dueMs = this.time.nowMs + task.periodMs;
      this.time.add(task);
    }
    task.run();
  }

  #add(commonMs: number, run: () => void, periodMs: number | undefined): Timer {
    const { time } = this;
    const task: SimTask = {
      dueMs: time.nowMs + commonMs,
      draw: time.draw(),
      owner: this,
      run,
      periodMs,
      life: this.#life,
      isCancelled: false,
    };
    this.#size++;
    time.add(task);
    return { cancel: () => this.#cancel(task) };
  }

  #cancel(task: SimTask): void {
    if (task.isCancelled) return;
    task.isCancelled = true;
    if (task.life === this.#life) this.#size--;
  }
}

function isPeriodic({ periodMs }: SimTask): boolean {
  return periodMs !== undefined;
}

function isSingle(task: SimTask): boolean {
  return !isPeriodic(task);
}

/** The time of one life of a process: who has outlived it gets no turn any more. */
export class LifeTime implements Scheduler, Clock {
  readonly #process: ProcessTime;
  readonly #life: number;

  constructor(process: ProcessTime) {
    this.#process = process;
    this.#life = process.life;
  }

  monotonicMs(): number {
    return this.#process.monotonicMs();
  }

  wallMs(): number {
    return this.#process.wallMs();
  }

  defer(run: () => void): void {
    if (this.#isAlive) this.#process.defer(run);
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#isAlive ? this.#process.after(delayMs, run) : NO_TIMER;
  }

  every(periodMs: number, run: () => void): Timer {
    return this.#isAlive ? this.#process.every(periodMs, run) : NO_TIMER;
  }

  get #isAlive(): boolean {
    return this.#process.life === this.#life;
  }
}

const NO_TIMER: Timer = { cancel: () => undefined };
