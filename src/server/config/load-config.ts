/** Arguments, environment and file into one configuration, by etcd's precedence. */
import { type Arguments, readArguments } from './arguments.ts';
import type { Assignment } from './assignment.ts';
import { checkSettings, type SettingsOrigin } from './check-settings.ts';
import { buildConfig, type Config } from './config.ts';
import { readConfigFile } from './config-file.ts';
import {
  type Environment,
  environmentName,
  etcdVariables,
  readEnvironment,
} from './environment.ts';
import { ConfigError, messageOf } from './errors.ts';
import { info, type Notice, warning } from './notice.ts';
import { settle } from './settings.ts';
import { checkUnbuilt } from './unbuilt.ts';

/** What the machine says, as far as the configuration depends on it. */
export interface ConfigSources {
  /** Without the interpreter and the program. */
  readonly argv: readonly string[];
  readonly environment: Environment;
  /** Text of a file; throws when it cannot be read. */
  readonly readFile: (path: string) => string;
  /** Address of this machine on its default route. */
  readonly defaultHost: () => string | undefined;
}

/** What the command line asks for. */
export type Invocation =
  | { readonly asks: 'help' }
  | { readonly asks: 'version' }
  | { readonly asks: 'run'; readonly config: Config; readonly notices: readonly Notice[] };

/** Throws {@link ConfigError} of any code. */
export async function loadConfig(sources: ConfigSources): Promise<Invocation> {
  const given = readArguments(sources.argv);
  if (given.help) return { asks: 'help' };
  if (lastValue(given, 'version') === true) return { asks: 'version' };
  const { assignments, notices, origin } = await readSources(sources, given);
  const settings = settle(assignments);
  checkSettings(settings, origin);
  const unbuilt = checkUnbuilt(settings.values);
  const built = buildConfig(settings, sources.defaultHost());
  return {
    asks: 'run',
    config: built.config,
    notices: [...notices, ...settings.notices, ...unbuilt, ...built.notices],
  };
}

interface SourcedFlags {
  readonly assignments: readonly Assignment[];
  readonly notices: readonly Notice[];
  readonly origin: SettingsOrigin;
}

const FILE_FLAG = 'config-file';

async function readSources(sources: ConfigSources, given: Arguments): Promise<SourcedFlags> {
  const fromFlag = lastValue(given, FILE_FLAG);
  const path =
    typeof fromFlag === 'string' && fromFlag !== ''
      ? fromFlag
      : (sources.environment[environmentName(FILE_FLAG)] ?? '');
  if (path !== '') {
    const assignments = await readConfigFile(readText(sources, path));
    return { assignments, notices: [fileNotice(sources, given, path)], origin: 'file' };
  }
  const names = new Set(given.assignments.map(({ flag }) => flag.name));
  const environment = readEnvironment(sources.environment, names);
  return {
    assignments: [...environment.assignments, ...given.assignments],
    notices: environment.notices,
    origin: 'flags',
  };
}

function lastValue(given: Arguments, name: string): unknown {
  return given.assignments.findLast(({ flag }) => flag.name === name)?.value;
}

function readText(sources: ConfigSources, path: string): string {
  try {
    return sources.readFile(path);
  } catch (error) {
    throw new ConfigError('CONFIG_FILE', messageOf(error), error);
  }
}

/** A file overrules all flags and variables; whoever gave some besides should read so. */
function fileNotice(sources: ConfigSources, given: Arguments, path: string): Notice {
  const message =
    'loaded server configuration, other configuration command line flags and environment ' +
    'variables will be ignored if provided';
  const ignored = [
    ...given.assignments.map(({ flag }) => `--${flag.name}`),
    ...etcdVariables(sources.environment),
  ].filter((name) => name !== `--${FILE_FLAG}` && name !== environmentName(FILE_FLAG));
  return ignored.length === 0 ? info(message, { path }) : warning(message, { path, ignored });
}
