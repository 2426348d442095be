/** Something to log about the configuration, once there is a logger. */
import type { LogFields } from '../../base/ports/logger.ts';

export interface Notice {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly fields: LogFields;
}

export function info(message: string, fields: LogFields = {}): Notice {
  return { level: 'info', message, fields };
}

export function warning(message: string, fields: LogFields = {}): Notice {
  return { level: 'warn', message, fields };
}
