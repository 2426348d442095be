import { CodedError } from '../base/coded-error.ts';

export type LeaseErrorCode =
  | 'LEASE_NOT_FOUND'
  | 'LEASE_EXISTS'
  | 'LEASE_TTL_TOO_LARGE'
  | 'LEASE_NOT_PRIMARY';

/** Thrown when a lease operation names a lease, a TTL or a member that cannot serve it. */
export class LeaseError extends CodedError<LeaseErrorCode> {
  override readonly name = 'LeaseError';

  constructor(code: LeaseErrorCode, message: string) {
    super(code, message);
  }
}
