import { CodedError } from '../../base/coded-error.ts';

export type ListenErrorCode =
  | 'LISTEN_ADDRESS_IN_USE'
  /** The address belongs to no interface of this machine, or its name resolves to nothing. */
  | 'LISTEN_ADDRESS_UNAVAILABLE'
  | 'LISTEN_NO_PERMISSION'
  | 'LISTEN_FAILED';

/** Thrown when a listen URL cannot be served; the text names it. */
export class ListenError extends CodedError<ListenErrorCode> {
  override readonly name = 'ListenError';

  constructor(code: ListenErrorCode, message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}

/** The error for what the operating system said to listening on `url`. */
export function listenError(url: string, cause: NodeJS.ErrnoException): ListenError {
  switch (cause.code) {
    case 'EADDRINUSE':
      return new ListenError('LISTEN_ADDRESS_IN_USE', `${url}: address already in use`, cause);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ListenError(
        'LISTEN_ADDRESS_UNAVAILABLE',
        `${url}: no such address on this machine`,
        cause,
      );
    case 'EACCES':
    case 'EPERM':
      return new ListenError('LISTEN_NO_PERMISSION', `${url}: permission denied`, cause);
    default:
      return new ListenError('LISTEN_FAILED', `${url}: ${cause.message}`, cause);
  }
}
