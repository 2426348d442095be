import type { Scheduler } from '../base/ports/scheduler.ts';

export interface Flushable {
  flush(): void;
}

/** Flushes, at the end of a turn, every connection that has something to send: one task for all. */
export class TurnFlusher {
  readonly #scheduler: Pick<Scheduler, 'defer'>;
  #waiting: Flushable[] = [];

  constructor(scheduler: Pick<Scheduler, 'defer'>) {
    this.#scheduler = scheduler;
  }

  /** `flushable` is flushed once for each call. What is added by a flush waits for the next turn. */
  add(flushable: Flushable): void {
    this.#waiting.push(flushable);
    if (this.#waiting.length === 1) this.#scheduler.defer(() => this.#flush());
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const flushable of waiting) flushable.flush();
  }
}
