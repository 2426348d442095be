/** A log that keeps its lines. */
import type { LogFields, Logger } from '../../src/base/ports/logger.ts';

interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields;
}

export class RecordingLogger implements Logger {
  readonly lines: LogLine[] = [];

  debug(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'debug', message, fields });
  }

  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', message, fields });
  }

  fatal(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'fatal', message, fields });
  }

  /** The `error` fields of what was warned of, as texts. */
  get warnings(): string[] {
    return this.lines
      .filter(({ level }) => level === 'warn')
      .map(({ fields }) => String(fields['error']));
  }
}
