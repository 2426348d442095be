import type { LogIndex } from '../../base/ids.ts';
import { ServerError } from '../errors.ts';

/**
 * Throws SERVER_START_REFUSED unless a state that ends with entry `applied` and the log fit: one
 * ahead of the log, or a gap between them, would mean that acknowledged writes are gone.
 */
export function checkTogether(
  applied: LogIndex,
  log: { readonly begins: LogIndex; readonly last: LogIndex },
): void {
  if (applied > log.last) {
    throw refused(`the backend holds entry ${applied}, but the log ends at entry ${log.last}`);
  }
  if (applied < log.begins) {
    throw refused(
      `the log begins behind entry ${log.begins}, but the backend ends at entry ${applied}`,
    );
  }
}

function refused(message: string): ServerError {
  return new ServerError('SERVER_START_REFUSED', message);
}
