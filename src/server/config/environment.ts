/** Flags from the environment: `ETCD_` and the name in capitals, with `_` for `-`. */
import { type Assignment, assignValue } from './assignment.ts';
import { ConfigError } from './errors.ts';
import { KNOWN_FLAGS, type KnownFlag } from './flag-table.ts';
import { quoted } from './go-values.ts';
import { info, type Notice, warning } from './notice.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvironmentFlags {
  readonly assignments: readonly Assignment[];
  readonly notices: readonly Notice[];
}

const PREFIX = 'ETCD_';

export function environmentName(flagName: string): string {
  return PREFIX + flagName.replaceAll('-', '_').toUpperCase();
}

const BY_VARIABLE: ReadonlyMap<string, KnownFlag> = new Map(
  [...KNOWN_FLAGS.values()].map((flag) => [environmentName(flag.name), flag]),
);

/** The flag would end the process after printing: etcd refuses it here with a warning only. */
const UNSETTABLE = environmentName('version');

/** The `ETCD_*` variables that name a flag or look as if they should. */
export function etcdVariables(environment: Environment): string[] {
  return Object.keys(environment).filter((name) => name.startsWith(PREFIX));
}

/**
 * Reads the variables of flags that are not in `given`, the names on the command line. Throws
 * CONFIG_INVALID for a value that does not fit and for a variable (even an empty one) whose flag
 * is given too.
 */
export function readEnvironment(
  environment: Environment,
  given: ReadonlySet<string>,
): EnvironmentFlags {
  const variables = etcdVariables(environment);
  for (const variable of variables) {
    const flag = BY_VARIABLE.get(variable);
    if (flag !== undefined && given.has(flag.name)) throw shadowed(variable);
  }
  const assignments: Assignment[] = [];
  const notices: Notice[] = [];
  for (const variable of variables) {
    const value = environment[variable] ?? '';
    const flag = BY_VARIABLE.get(variable);
    if (variable === UNSETTABLE) {
      notices.push(warning('cannot set special environment variable', { key: variable, value }));
    } else if (flag === undefined) {
      // etcd logs the value too, which may be a secret of something else.
      notices.push(
        warning('unrecognized environment variable', { 'environment-variable': variable }),
      );
    } else if (value !== '') {
      assignments.push(assign(flag, variable, value));
      notices.push(
        info('recognized and used environment variable', {
          'variable-name': variable,
          'variable-value': value,
        }),
      );
    }
  }
  return { assignments, notices };
}

function assign(flag: KnownFlag, variable: string, value: string): Assignment {
  return assignValue(flag, () => flag.kind.parse(value), {
    code: 'CONFIG_INVALID',
    explain: (reason) => `invalid value ${quoted(value)} for ${variable}: ${reason}`,
  });
}

function shadowed(variable: string): ConfigError {
  return new ConfigError(
    'CONFIG_INVALID',
    'conflicting environment variable is shadowed by corresponding command-line flag ' +
      `(either unset environment variable or disable flag): ${variable}`,
  );
}
