/** What is left to do when a data directory has been taken over. */
import type { Logger } from '../../base/ports/logger.ts';
import type { Scheduler } from '../../base/ports/scheduler.ts';
import type { FormerFiles } from './former-files.ts';

export interface TakeOverEndPorts {
  /** What there is of it; nothing in a data directory that was ours from the beginning. */
  readonly former?: FormerFiles | undefined;
  /**
   * Resolves when the cluster knows this member, and all that was applied by then is on disk: what
   * the log held is applied before.
   */
  readonly checkpointed: () => Promise<void>;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
}

/** Removes the database of etcd once the member has come far enough not to need it any more. */
export class TakeOverEnd {
  readonly #ports: TakeOverEndPorts;
  #isStopped = false;

  constructor(ports: TakeOverEndPorts) {
    this.#ports = ports;
  }

  start(): void {
    const { former, checkpointed, scheduler, logger } = this.#ports;
    if (former === undefined) return;
    checkpointed().then(
      () => scheduler.defer(() => this.#remove(former)),
      // A disk that fails ends the member elsewhere.
      (error: unknown) => logger.warn('the database of etcd stays until the next start', { error }),
    );
  }

  /** Leaves it to the next start, if it is not done. */
  stop(): void {
    this.#isStopped = true;
  }

  #remove(former: FormerFiles): void {
    if (!this.#isStopped) former.remove();
  }
}
