/** The `etcdutl-ts` command: finds the command that is called, runs it, and tells how it ended. */
import { CodedError } from '../../base/coded-error.ts';
import { makeLogger, type NamedLogger } from '../io/logger.ts';
import type { OfflinePorts } from '../offline/ports.ts';
import type { CommandHost, Ending } from './command-host.ts';
import { type Command, CommandError, ExitCode } from './etcdutl/command.ts';
import { GLOBAL_FLAGS, ROOT } from './etcdutl/commands.ts';
import { errorText } from './etcdutl/file-errors.ts';
import { checkFound, type FoundCommand, findCommand } from './etcdutl/find-command.ts';
import { type ParsedFlags, parseFlags } from './etcdutl/flag-values.ts';
import { printerOf } from './etcdutl/printer.ts';
import { helpFlag, usageOf } from './etcdutl/usage.ts';

const SUCCESS: Ending = { code: 0 };

/** Runs to the end of the command and says how the process has to end. */
export async function runEtcdutl(
  host: Pick<CommandHost, 'argv' | 'print' | 'printError'>,
  ports: OfflinePorts,
): Promise<Ending> {
  const found = findCommand(ROOT, host.argv, GLOBAL_FLAGS);
  try {
    checkFound(found, GLOBAL_FLAGS);
  } catch (error) {
    return failed(host, error, `Run '${ROOT.name} --help' for usage.\n`);
  }
  const { path } = found;
  const command = path.at(-1) ?? ROOT;
  const usage = usageOf({ path, globalFlags: GLOBAL_FLAGS });
  let flags: ParsedFlags;
  try {
    flags = parseFlags(found.words, [...GLOBAL_FLAGS, ...command.flags, helpFlag(command)]);
    if (command.run === undefined || flags.values.isSet('help')) {
      host.print(usage);
      return SUCCESS;
    }
    checkCall(command, flags);
  } catch (error) {
    return failed(host, error, `${usage}\n`);
  }
  return run(host, { command, flags, ports });
}

function describe(host: Pick<CommandHost, 'print' | 'printError'>, topic: readonly string[]): void {
  const found = findCommand(ROOT, topic, GLOBAL_FLAGS);
  if (isUnknown(found)) {
    const shown = topic.map((word) => `\`${word}\``).join(' ');
    const usage = usageOf({ path: found.path, globalFlags: GLOBAL_FLAGS, leavesOutHelp: true });
    host.printError(`Unknown help topic [${shown}]\n${usage}`);
  } else {
    host.print(usageOf({ path: found.path, globalFlags: GLOBAL_FLAGS }));
  }
}

function isUnknown({ path, words }: FoundCommand): boolean {
  return path.length === 1 && words.length > 0;
}

function checkCall({ flags, refuses }: Command, { values, args }: ParsedFlags): void {
  const refusal = refuses?.(args);
  if (refusal !== undefined) throw new CommandError(refusal);
  const missing = flags.filter(
    ({ name, isRequired }) => isRequired === true && !values.isGiven(name),
  );
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => `"${name}"`).join(', ');
  throw new CommandError(`required flag(s) ${names} not set`);
}

async function run(
  host: Pick<CommandHost, 'print' | 'printError'>,
  { command, flags, ports }: { command: Command; flags: ParsedFlags; ports: OfflinePorts },
): Promise<Ending> {
  try {
    await command.run?.({
      args: flags.args,
      flags: flags.values,
      ports,
      logger: commandLogger(host.printError),
      print: host.print,
      describe: (topic) => describe(host, topic),
      printer: () => printerOf(flags.values.text('write-out')),
    });
    return SUCCESS;
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    host.printError(`Error: ${errorText(error)}\n`);
    return { code: error instanceof CommandError ? error.exitCode : ExitCode.error };
  }
}

/** A command line that cannot be read: etcdutl says so twice, with `advice` in between. */
function failed(
  { printError }: Pick<CommandHost, 'printError'>,
  error: unknown,
  advice: string,
): Ending {
  if (!(error instanceof CommandError)) throw error;
  const text = `Error: ${error.message}\n`;
  printError(`${text}${advice}${text}`);
  return { code: ExitCode.error };
}

/** With times as etcdutl's log has them, to the second. */
function commandLogger(printError: (text: string) => void): NamedLogger {
  const style = { level: 'info', format: 'console' } as const;
  return makeLogger(style, (line) =>
    printError(line.replace(/^(\S+)\.\d+(?:Z|([+-]\d\d)(\d\d))/, shortTime)),
  ).named(ROOT.name);
}

function shortTime(_time: string, seconds: string, hours?: string, minutes?: string): string {
  return hours === undefined ? `${seconds}Z` : `${seconds}${hours}:${minutes}`;
}
