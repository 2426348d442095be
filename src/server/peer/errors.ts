import { InvariantError } from '../../base/assert.ts';
import { CodedError } from '../../base/coded-error.ts';

export type PeerErrorCode =
  /** Bytes of a peer that are no message. */
  | 'PEER_MALFORMED'
  /** A message, or part of one, that claims to be longer than anything we accept. */
  | 'PEER_TOO_LARGE'
  /** A peer that cannot be reached, has gone, or does not answer in time. */
  | 'PEER_UNREACHABLE'
  /** A peer that answered with anything but success. */
  | 'PEER_REFUSED'
  /** A peer that says that we were removed from the cluster. */
  | 'PEER_REMOVED'
  /** Something was under way when the transport stopped. */
  | 'PEER_STOPPED';

/** Thrown, or told in the log, when a peer or the way to it fails. */
export class PeerError extends CodedError<PeerErrorCode> {
  override readonly name = 'PeerError';

  constructor(code: PeerErrorCode, message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}

/** What went wrong, for a log line or an answer. Our own bugs are no such thing: they go on. */
export function reasonOf(error: unknown): string {
  if (error instanceof InvariantError) throw error;
  return error instanceof Error ? error.message : 'unknown error';
}
