/**
 * The command line by the rules of Go's `flag` package: `-x` equals `--x`, a value follows as
 * the next argument or behind `=`, a boolean stands alone or takes `=`, `--` ends the flags.
 */
import { type Assignment, assignValue } from './assignment.ts';
import { ConfigError } from './errors.ts';
import { KNOWN_FLAGS, type KnownFlag } from './flag-table.ts';
import { quoted } from './go-values.ts';

export interface Arguments {
  readonly assignments: readonly Assignment[];
  /** `-h` or `--help` was met; what follows it was not read. */
  readonly help: boolean;
}

/** Throws CONFIG_USAGE for what Go refuses, CONFIG_INVALID for an argument that is no flag. */
export function readArguments(argv: readonly string[]): Arguments {
  const assignments: Assignment[] = [];
  let at = 0;
  while (at < argv.length) {
    const argument = argv[at] ?? '';
    const token = tokenOf(argument);
    if (token === undefined) {
      const leftover = argument === '--' ? argv[at + 1] : argument;
      if (leftover === undefined) break;
      throw new ConfigError('CONFIG_INVALID', `${quoted(leftover)} is not a valid flag`);
    }
    const flag = KNOWN_FLAGS.get(token.name);
    if (flag === undefined) {
      if (token.name === 'help' || token.name === 'h') return { assignments, help: true };
      throw usage(`flag provided but not defined: -${token.name}`);
    }
    at += 1;
    if (token.value !== undefined) {
      assignments.push(assign(flag, token.value));
    } else if (flag.kind.standsAlone) {
      assignments.push(assign(flag, 'true'));
    } else {
      const value = argv[at];
      if (value === undefined) throw usage(`flag needs an argument: -${token.name}`);
      assignments.push(assign(flag, value));
      at += 1;
    }
  }
  return { assignments, help: false };
}

interface Token {
  readonly name: string;
  readonly value: string | undefined;
}

/** Name and value of `-name`, `--name` or either with `=value`; undefined where flags end. */
function tokenOf(argument: string): Token | undefined {
  if (!argument.startsWith('-') || argument === '-' || argument === '--') return undefined;
  const body = argument.slice(argument.startsWith('--') ? 2 : 1);
  if (body.startsWith('-') || body.startsWith('=')) throw usage(`bad flag syntax: ${argument}`);
  const equals = body.indexOf('=');
  if (equals < 0) return { name: body, value: undefined };
  return { name: body.slice(0, equals), value: body.slice(equals + 1) };
}

function assign(flag: KnownFlag, value: string): Assignment {
  return assignValue(flag, () => flag.kind.parse(value), {
    code: 'CONFIG_USAGE',
    explain: (reason) =>
      flag.kind.standsAlone
        ? `invalid boolean value ${quoted(value)} for -${flag.name}: ${reason}`
        : `invalid value ${quoted(value)} for flag -${flag.name}: ${reason}`,
  });
}

function usage(message: string): ConfigError {
  return new ConfigError('CONFIG_USAGE', message);
}
