/** Entries that hold no request, or no change, that could be decoded. */
import { CodedError } from '../../base/coded-error.ts';
import type { LogIndex } from '../../base/ids.ts';
import { type Entry, WireError } from '../../pb/index.ts';

/** Thrown for an entry whose bytes are none of its type: going on would make members disagree. */
export class UnreadableEntryError extends CodedError<'APPLY_UNREADABLE_ENTRY'> {
  override readonly name = 'UnreadableEntryError';

  constructor(index: LogIndex, cause: WireError) {
    const message = `entry ${index} of the raft log cannot be decoded: ${cause.message}`;
    super('APPLY_UNREADABLE_ENTRY', message, { cause });
  }
}

/** What `decode` finds in the entry; a WireError of it becomes UnreadableEntryError. */
export function decodedFrom<T>(entry: Entry, decode: (entry: Entry) => T): T {
  try {
    return decode(entry);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new UnreadableEntryError(entry.index, error);
  }
}
