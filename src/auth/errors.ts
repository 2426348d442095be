import { CodedError } from '../base/coded-error.ts';

export type AuthErrorCode =
  | 'AUTH_ROOT_USER_NOT_FOUND'
  | 'AUTH_ROOT_ROLE_NOT_GRANTED'
  | 'AUTH_USER_EXISTS'
  | 'AUTH_USER_EMPTY'
  | 'AUTH_USER_NOT_FOUND'
  | 'AUTH_ROLE_EXISTS'
  | 'AUTH_ROLE_EMPTY'
  | 'AUTH_ROLE_NOT_FOUND'
  | 'AUTH_ROLE_NOT_GRANTED'
  | 'AUTH_PERMISSION_NOT_GIVEN'
  | 'AUTH_PERMISSION_NOT_GRANTED'
  | 'AUTH_PERMISSION_DENIED'
  | 'AUTH_OLD_REVISION'
  | 'AUTH_NOT_ENABLED'
  | 'AUTH_FAILED'
  | 'AUTH_NO_PASSWORD_USER'
  | 'AUTH_INVALID_TOKEN'
  | 'AUTH_INVALID_MANAGEMENT';

/** What a client may not do, or a command on users and roles that cannot be carried out. */
export class AuthError extends CodedError<AuthErrorCode> {
  override readonly name = 'AuthError';

  constructor(code: AuthErrorCode, message: string) {
    super(code, message);
  }
}
