/** Operating errors of the server itself, beside those of the store, the lessor and membership. */
import { CodedError } from '../base/coded-error.ts';

export type ServerErrorCode =
  | 'SERVER_STOPPED'
  | 'SERVER_TIMEOUT'
  | 'SERVER_NEVER_TAKEN'
  | 'SERVER_TIMEOUT_LEADER_FAILED'
  | 'SERVER_TIMEOUT_CONNECTION_LOST'
  | 'SERVER_TRANSFER_TIMEOUT'
  | 'SERVER_NO_LEADER'
  | 'SERVER_NOT_LEADER'
  | 'SERVER_BAD_LEADER_TRANSFEREE'
  | 'SERVER_LEADER_CHANGED'
  | 'SERVER_REQUEST_TOO_LARGE'
  | 'SERVER_TOO_MANY_REQUESTS'
  | 'SERVER_CORRUPT'
  | 'SERVER_NO_SPACE'
  | 'SERVER_TIMEOUT_WAIT_APPLIED'
  | 'SERVER_START_REFUSED'
  | 'SERVER_REMOVED'
  | 'SERVER_NOT_ENOUGH_STARTED'
  | 'SERVER_UNHEALTHY'
  | 'SERVER_LEARNER_NOT_READY';

/** Thrown, or handed to a request's callback, when the server cannot do what was asked now. */
export class ServerError extends CodedError<ServerErrorCode> {
  override readonly name = 'ServerError';

  constructor(code: ServerErrorCode, message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}
