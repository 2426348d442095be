/** Operating errors of reading the configuration. */
import { CodedError } from '../../base/coded-error.ts';

export type ConfigErrorCode =
  /** The command line itself cannot be read: usage goes to stderr and the exit code is 2. */
  | 'CONFIG_USAGE'
  /** The text or YAML value of one flag does not fit its kind. */
  | 'CONFIG_VALUE'
  /** The values are well formed but do not make a configuration. */
  | 'CONFIG_INVALID'
  /** The configuration file cannot be read or is not YAML. */
  | 'CONFIG_FILE'
  /** A feature that is not built was asked for, and going on without it would be unsafe. */
  | 'CONFIG_REFUSED';

/** Thrown when flags, environment or configuration file do not give a configuration. */
export class ConfigError extends CodedError<ConfigErrorCode> {
  override readonly name = 'ConfigError';

  constructor(code: ConfigErrorCode, message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}

/** The message of anything that can be thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
