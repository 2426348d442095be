/** What the logging flags ask for. */
import { ConfigError } from './errors.ts';
import type { FlagValues } from './flag-table.ts';
import { quoted } from './go-values.ts';

/** Levels of zap, from the least severe. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'dpanic', 'panic', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'console';
  /** `stderr`, `stdout` and paths of files, each once; empty discards the log. */
  readonly logOutputs: readonly string[];
}

/** Reads the logging flags; throws CONFIG_INVALID or CONFIG_REFUSED. */
export function checkLogOptions(values: FlagValues): LogOptions {
  const { logger } = values;
  if (logger === 'capnslog') throw invalid('--logger=capnslog is removed in v3.5');
  if (logger !== 'zap') throw invalid(`unknown logger option ${quoted(logger)}`);
  return {
    logLevel: level(values['log-level']),
    logFormat: format(values['log-format']),
    logOutputs: outputs(values['log-outputs'], values['enable-log-rotation']),
  };
}

function level(given: string): LogLevel {
  const name = given === '' ? 'info' : given.toLowerCase();
  const known = LOG_LEVELS.find((candidate) => candidate === name);
  if (known === undefined) throw invalid(`unrecognized level: ${quoted(given)}`);
  return known;
}

function format(given: string): 'json' | 'console' {
  if (given === '' || given === 'json') return 'json';
  if (given === 'console') return 'console';
  throw invalid(`unknown log format: ${given}, supported values json, console`);
}

function outputs(given: readonly string[], rotation: boolean): readonly string[] {
  if (given.length > 1 && given.includes('default')) {
    throw invalid('multi logoutput for "default" is not supported yet');
  }
  if (rotation && given.filter(isFile).length !== 1) {
    throw invalid(
      '--log-outputs requires a single file path when --log-rotate-config-json is defined',
    );
  }
  if (given.includes('systemd/journal')) {
    throw new ConfigError(
      'CONFIG_REFUSED',
      '--log-outputs=systemd/journal is not built; use stderr, which systemd writes to its journal',
    );
  }
  // As in etcd, the null device swallows what other outputs would get.
  if (given.includes('/dev/null')) return [];
  const named = given.length === 0 ? ['default'] : given;
  return [...new Set(named.map((name) => (name === 'default' ? 'stderr' : name)))];
}

function isFile(output: string): boolean {
  return output !== 'default' && output !== 'stderr' && output !== 'stdout';
}

function invalid(message: string): ConfigError {
  return new ConfigError('CONFIG_INVALID', message);
}
