/** Fields of one log line; values are written as JSON, bigint as a decimal number. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log, named as zap names its levels. `fatal` logs only: who calls it decides to exit. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  fatal(message: string, fields?: LogFields): void;
}
