/**
 * The log: one JSON object a line, with the names, order and time format that etcd's logger has,
 * so that what reads etcd's log reads ours.
 */
import { type Logger as Pino, pino } from 'pino';
import type { LogFields, Logger } from '../../base/ports/logger.ts';
import type { LogLevel, LogOptions } from '../config/log-options.ts';
import { consoleLine } from './logger-console.ts';
import { openLogOutputs } from './logger-outputs.ts';

/** Gets each line, with its line feed. Must not throw. */
export type LogSink = (line: string) => void;

/** `named` makes the logger of a part of the server: its name is the `caller` of its lines. */
export interface NamedLogger extends Logger {
  named(caller: string): NamedLogger;
}

export interface LogStyle {
  readonly level: LogLevel;
  readonly format: 'json' | 'console';
}

/**
 * Opens the outputs and makes the logger of the process. Lines are written before a call returns,
 * so that none is lost at exit. Throws LogOutputError.
 */
export function openLogger(options: LogOptions): NamedLogger {
  const style: LogStyle = { level: options.logLevel, format: options.logFormat };
  return makeLogger(style, openLogOutputs(options.logOutputs));
}

/** A logger into `sink`; `now` gives the wall clock in milliseconds. */
export function makeLogger(
  style: LogStyle,
  sink: LogSink,
  now: () => number = Date.now,
): NamedLogger {
  const write: LogSink =
    style.format === 'console' ? (line) => sink(consoleLine(line)) : (line) => sink(line);
  const root = pino(
    {
      // Nothing is logged as dpanic or panic, so asking for these levels leaves what is above.
      level: style.level === 'dpanic' || style.level === 'panic' ? 'fatal' : style.level,
      base: null,
      messageKey: 'msg',
      timestamp: () => `,"ts":"${zapTime(now())}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  return new PinoLogger(root, 'etcd-ts');
}

class PinoLogger implements NamedLogger {
  readonly #root: Pino<never>;
  readonly #log: Pino<never>;

  constructor(root: Pino<never>, caller: string) {
    this.#root = root;
    this.#log = root.child({ caller });
  }

  named(caller: string): NamedLogger {
    return new PinoLogger(this.#root, caller);
  }

  debug(message: string, fields?: LogFields): void {
    if (this.#log.isLevelEnabled('debug')) this.#log.debug(line(message, fields));
  }

  info(message: string, fields?: LogFields): void {
    if (this.#log.isLevelEnabled('info')) this.#log.info(line(message, fields));
  }

  warn(message: string, fields?: LogFields): void {
    this.#log.warn(line(message, fields));
  }

  error(message: string, fields?: LogFields): void {
    this.#log.error(line(message, fields));
  }

  fatal(message: string, fields?: LogFields): void {
    this.#log.fatal(line(message, fields));
  }
}

/** The message is a field, since pino writes its own message last and etcd's stands first. */
function line(message: string, fields: LogFields = {}): Record<string, unknown> {
  const written: Record<string, unknown> = { msg: message };
  for (const [name, value] of Object.entries(fields)) {
    written[name] = value instanceof Error ? value.message : value;
  }
  return written;
}

/** Local time as Go's layout `2006-01-02T15:04:05.000000Z0700`; the clock has no microseconds. */
export function zapTime(
  ms: number,
  offsetMinutes: number = -new Date(ms).getTimezoneOffset(),
): string {
  const local = new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, -1);
  return `${local}000${zone(offsetMinutes)}`;
}

function zone(offsetMinutes: number): string {
  if (offsetMinutes === 0) return 'Z';
  const size = Math.abs(offsetMinutes);
  const digits = (value: number): string => String(value).padStart(2, '0');
  return `${offsetMinutes < 0 ? '-' : '+'}${digits(Math.floor(size / 60))}${digits(size % 60)}`;
}
