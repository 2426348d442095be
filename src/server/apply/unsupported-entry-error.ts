import { CodedError } from '../../base/coded-error.ts';

/** Thrown for an entry that this version cannot apply: going on would make members disagree. */
export class UnsupportedEntryError extends CodedError<'APPLY_UNSUPPORTED_ENTRY'> {
  override readonly name = 'UnsupportedEntryError';

  constructor(what: string) {
    super(
      'APPLY_UNSUPPORTED_ENTRY',
      `the raft log holds a request this version cannot apply: ${what}`,
    );
  }
}
