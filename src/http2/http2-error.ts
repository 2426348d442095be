import { CodedError } from '../base/coded-error.ts';
import { ErrorCode } from './error-code.ts';

/** Thrown when a peer breaks a rule or limit that ends the whole connection. */
export class Http2Error extends CodedError<keyof typeof ErrorCode> {
  override readonly name = 'Http2Error';

  constructor(code: keyof typeof ErrorCode, message: string) {
    super(code, message);
  }

  /** The code that GOAWAY carries. */
  get errorCode(): ErrorCode {
    return ErrorCode[this.code];
  }
}
