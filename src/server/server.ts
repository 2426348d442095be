// Placeholder: the wiring of the member replaces this file. Only its surface is agreed.
import type { Config } from './config/config.ts';
import { initialClusterOf } from './config/initial-cluster.ts';
import { ServerError } from './errors.ts';
import type { NamedLogger } from './io/logger.ts';

/** One member, running. */
export class Server {
  /** Rejects when the member can no longer go on; never resolves. */
  readonly failed: Promise<never> = new Promise(() => {});

  /** Resolves once the member serves. */
  static async start(config: Config, logger: NamedLogger): Promise<Server> {
    const { name } = initialClusterOf(config);
    logger.warn('the server is not wired up yet', { name });
    throw new ServerError('SERVER_START_REFUSED', 'not wired up yet');
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
