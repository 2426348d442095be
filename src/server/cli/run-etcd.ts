/** The `etcd-ts` command: a configuration, a logger, a member, and how all of it ends. */
import type { LogFields } from '../../base/ports/logger.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/errors.ts';
import { type Invocation, loadConfig } from '../config/load-config.ts';
import type { Notice } from '../config/notice.ts';
import { ServerError } from '../errors.ts';
import { makeLogger, type NamedLogger, openLogger } from '../io/logger.ts';
import { versionText } from '../version.ts';
import type { CommandHost, Ending } from './command-host.ts';
import { helpText, SUBCOMMANDS, usageText } from './help.ts';

/** A member that runs: `Server` of `server.ts`, as far as this command knows it. */
export interface RunningServer {
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

export type StartServer = (config: Config, logger: NamedLogger) => Promise<RunningServer>;

/** Time that a member has to stop in; then the process ends without it. */
export const STOP_MS_MAX = 5_000;

const USAGE_CODE = 2;

/** Runs to the end of the command and says how the process has to end. */
export async function runEtcd(host: CommandHost, startServer: StartServer): Promise<Ending> {
  const subcommand = host.argv[0] ?? '';
  if (SUBCOMMANDS.has(subcommand)) {
    host.printError(`etcd-ts ${subcommand} is not built yet: it comes with a later release\n`);
    return { code: 1 };
  }
  const invocation = await readInvocation(host);
  if ('code' in invocation) return invocation;
  switch (invocation.asks) {
    case 'help':
      host.print(await helpText());
      return { code: 0 };
    case 'version':
      host.print(versionText());
      return { code: 0 };
    case 'run':
      return run(host, startServer, invocation.config, invocation.notices);
  }
}

async function readInvocation(host: CommandHost): Promise<Invocation | { code: number }> {
  try {
    return await loadConfig(host);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (error.code === 'CONFIG_USAGE') {
      host.printError(`${error.message}\n${await usageText()}`);
      return { code: USAGE_CODE };
    }
    earlyLogger(host).fatal('failed to verify flags', { error });
    return { code: 1 };
  }
}

/** Before the configuration is known, the log goes where etcd's goes then. */
function earlyLogger(host: CommandHost): NamedLogger {
  return makeLogger({ level: 'info', format: 'json' }, host.printError);
}

async function run(
  host: CommandHost,
  startServer: StartServer,
  config: Config,
  notices: readonly Notice[],
): Promise<Ending> {
  let logger: NamedLogger;
  try {
    logger = openLogger(config);
  } catch (error) {
    earlyLogger(host).fatal('failed to verify flags', { error });
    return { code: 1 };
  }
  host.onCrash((error) => logger.fatal('the member crashed', failure(error)));
  logger.info('Running: ', { args: host.argv });
  for (const { level, message, fields } of notices) logger[level](message, fields);
  let server: RunningServer;
  try {
    server = await startServer(config, logger);
  } catch (error) {
    if (isRemoval(error)) return removed(logger, error);
    logger.fatal('failed to start etcd', failure(error));
    return { code: 1 };
  }
  void tellReady(host, logger);
  return serve(host, server, logger);
}

/** Clients are served whether or not the service manager hears of it. */
async function tellReady({ notify }: CommandHost, logger: NamedLogger): Promise<void> {
  if (notify === undefined) return;
  logger.info('notifying init daemon');
  const notified = await notify('READY=1');
  if ('sender' in notified) {
    logger.info('successfully notified init daemon', { sender: notified.sender });
  } else {
    logger.error('failed to notify systemd for readiness', { failures: notified.failures });
  }
}

/** Operating errors, ours and the system's, have a code and say enough; a bug needs its stack. */
function failure(error: unknown): LogFields {
  if (!(error instanceof Error) || 'code' in error) return { error };
  return { error, stacktrace: error.stack };
}

function isRemoval(error: unknown): error is ServerError {
  return error instanceof ServerError && error.code === 'SERVER_REMOVED';
}

/** A removed member has done what it was asked for, so its process ends without an error. */
function removed(logger: NamedLogger, error: ServerError): Ending {
  logger.warn('server error', { error });
  logger.warn('data-dir used by this member must be removed');
  return { code: 0 };
}

/** Waits for a signal, then stops the member; or for the member to fail or be removed. */
async function serve(
  host: CommandHost,
  server: RunningServer,
  logger: NamedLogger,
): Promise<Ending> {
  try {
    const ending = await Promise.race([
      host.stopSignal().then((signal) => ({ signal })),
      server.failed.catch((error: unknown) => {
        if (isRemoval(error)) return removed(logger, error);
        throw error;
      }),
    ]);
    if ('signal' in ending) logger.info('received signal; shutting down', ending);
    const told = host.notify?.('STOPPING=1');
    const stopped = server.stop().then(() => true);
    const inTime = await Promise.race([stopped, host.sleep(STOP_MS_MAX).then(() => false)]);
    if (!inTime) logger.warn('the member did not stop in time', { 'timeout-ms': STOP_MS_MAX });
    await told;
    return ending;
  } catch (error) {
    logger.fatal('the member failed', failure(error));
    return { code: 1 };
  }
}
