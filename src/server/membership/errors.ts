import { CodedError } from '../../base/coded-error.ts';

export type MembershipErrorCode =
  | 'MEMBERSHIP_BAD_JSON'
  | 'MEMBERSHIP_ID_REMOVED'
  | 'MEMBERSHIP_ID_EXISTS'
  | 'MEMBERSHIP_ID_NOT_FOUND'
  | 'MEMBERSHIP_PEER_URL_EXISTS'
  | 'MEMBERSHIP_NOT_LEARNER'
  | 'MEMBERSHIP_TOO_MANY_LEARNERS';

/** Thrown when a membership change or stored member cannot be accepted. */
export class MembershipError extends CodedError<MembershipErrorCode> {
  override readonly name = 'MembershipError';

  constructor(code: MembershipErrorCode, message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}
