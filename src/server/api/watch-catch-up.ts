/** Runs the hub's catch-up passes, one after the other, each in a turn of its own. */
import type { Scheduler } from '../../base/ports/scheduler.ts';
import type { WatchHub } from '../../mvcc/index.ts';

export class WatchCatchUp {
  readonly #hub: WatchHub;
  readonly #scheduler: Scheduler;
  readonly #fatal: (error: unknown) => void;
  #isPlanned = false;
  #isStopped = false;

  constructor(hub: WatchHub, scheduler: Scheduler, fatal: (error: unknown) => void) {
    this.#hub = hub;
    this.#scheduler = scheduler;
    this.#fatal = fatal;
  }

  /** Plans a pass if watchers wait for one. */
  kick(): void {
    if (this.#isPlanned || this.#isStopped || !this.#hub.needsCatchUp) return;
    this.#isPlanned = true;
    this.#scheduler.defer(() => {
      this.#isPlanned = false;
      if (this.#isStopped) return;
      this.#hub.catchUp().then(
        () => this.kick(),
        (error: unknown) => {
          if (!this.#isStopped) this.#fatal(error);
        },
      );
    });
  }

  stop(): void {
    this.#isStopped = true;
  }
}
