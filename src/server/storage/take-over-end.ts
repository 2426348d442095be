/** What is left to do when a data directory has been taken over. */
import type { Logger } from '../../base/ports/logger.ts';
import type { FormerFiles } from './former-files.ts';

export interface TakeOverEndPorts {
  /** What there is of it; nothing in a data directory that was ours from the beginning. */
  readonly former?: FormerFiles | undefined;
  /**
   * Resolves when the cluster knows this member, and all that was applied by then is on disk: what
   * the log held is applied before.
   */
  readonly checkpointed: () => Promise<void>;
  readonly logger: Logger;
  readonly fatal: (error: unknown) => void;
}

/** Removes the database of etcd once the member has come far enough not to need it any more. */
export function endTakeOver({ former, checkpointed, logger, fatal }: TakeOverEndPorts): void {
  if (former === undefined) return;
  checkpointed().then(
    () => {
      try {
        former.remove();
      } catch (error) {
        fatal(error);
      }
    },
    (error: unknown) => logger.info('the database of etcd stays until the next start', { error }),
  );
}
