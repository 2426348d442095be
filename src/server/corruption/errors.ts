import { CodedError } from '../../base/coded-error.ts';

export type CorruptionErrorCode =
  /** The state of this member is not that of the others. */
  | 'CORRUPTION_FOUND'
  /** A peer has compacted the revision that it was asked for. */
  | 'CORRUPTION_PEER_COMPACTED'
  /** A peer has not got to the revision that it was asked for. */
  | 'CORRUPTION_PEER_BEHIND'
  /** Who answers is a member of another cluster. */
  | 'CORRUPTION_OTHER_CLUSTER'
  /** A peer answered with anything else than a hash. */
  | 'CORRUPTION_NO_HASH';

/** Thrown when members hold different states, or cannot be compared. */
export class CorruptionError extends CodedError<CorruptionErrorCode> {
  override readonly name = 'CorruptionError';

  constructor(code: CorruptionErrorCode, message: string) {
    super(code, message);
  }
}
