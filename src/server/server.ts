/**
 * One member as a process runs it: the only place that ties the modules to each other and to
 * Node. Start order: bind the ports, open the storage, restore, take part in raft, serve.
 */
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { resolve } from 'node:path';
import type { Clock } from '../base/ports/clock.ts';
import type { FileSystem } from '../base/ports/file-system.ts';
import type { Scheduler } from '../base/ports/scheduler.ts';
import { GrpcJsServer, type ServiceTable } from '../grpc/index.ts';
import type { LogWriter, WalError } from '../wal/index.ts';
import { serviceTable } from './api/service-table.ts';
import type { Config } from './config/config.ts';
import { initialClusterOf } from './config/initial-cluster.ts';
import { memberHealth } from './gateway/member-health.ts';
import { httpHandler } from './gateway/http-handler.ts';
import { ClientListener } from './io/client-listener.ts';
import { LevelBackend } from './io/level-backend.ts';
import type { NamedLogger } from './io/logger.ts';
import { nodeFileSystem } from './io/node-file-system.ts';
import { realClock } from './io/real-clock.ts';
import { realRandom } from './io/real-random.ts';
import { realScheduler } from './io/real-scheduler.ts';
import { openStateDir } from './io/state-dir.ts';
import { WalThread } from './io/wal-thread.ts';
import { Member } from './member.ts';
import { clusterId, memberId } from './membership/ids.ts';
import { hexId, type Member as MemberRecord } from './membership/member.ts';
import { bootstrap } from './storage/bootstrap.ts';
import { type OpenedStorage, openStorage } from './storage/open-storage.ts';
import { SERVER_VERSION } from './version.ts';

/** How long running calls may go on when the server stops. */
const SHUTDOWN_GRACE_MS = 2000;
const READ_HEADER_TIMEOUT_MS = 5 * 60 * 1000;

const files: FileSystem = nodeFileSystem;
const clock: Clock = realClock;
const scheduler: Scheduler = realScheduler;

export class Server {
  /** Rejects when the member cannot go on; the process has to end then. */
  readonly failed: Promise<never>;
  readonly #logger: NamedLogger;
  readonly #fail: (error: unknown) => void;
  #member: Member | undefined;
  #grpc: GrpcJsServer | undefined;
  #listener: ClientListener | undefined;
  #log: LogWriter | undefined;

  /** Starts a member; resolves when it serves clients. Rejects with what stands in the way. */
  static async start(config: Config, logger: NamedLogger): Promise<Server> {
    const server = new Server(logger);
    try {
      await Promise.race([server.#start(config), server.failed]);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  private constructor(logger: NamedLogger) {
    this.#logger = logger;
    let fail: (error: unknown) => void = () => undefined;
    this.failed = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    // Whoever awaits it hears of a failure; nobody awaiting it yet is no error of its own.
    this.failed.catch(() => undefined);
    this.#fail = fail;
  }

  /** Lets running calls end, puts everything on disk, lets go of ports and files. */
  async stop(): Promise<void> {
    this.#listener?.stopAccepting();
    await this.#grpc?.shutdown(SHUTDOWN_GRACE_MS);
    await this.#listener?.close();
    await this.#member?.stop();
  }

  async #start(config: Config): Promise<void> {
  }
}
