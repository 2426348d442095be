import { CodedError } from '../base/coded-error.ts';

/**
 * - `RAFT_BOOT_INVALID`: the recovered log, HardState and applied index contradict one another.
 * - `RAFT_CONF_UNSUPPORTED`: a ConfState or a committed change is of a kind not known here.
 * - `RAFT_DIVERGED`: a peer disagrees about what is already committed, or leads in our own term.
 * - `RAFT_LOG_LOST`: the leader counts on entries that this member acknowledged and lacks now.
 */
export type RaftErrorCode =
  | 'RAFT_BOOT_INVALID'
  | 'RAFT_CONF_UNSUPPORTED'
  | 'RAFT_DIVERGED'
  | 'RAFT_LOG_LOST';

/**
 * Thrown when disk or peers hold a state that consensus cannot have produced. The member must
 * stop: going on could lose or fork committed entries.
 */
export class RaftError extends CodedError<RaftErrorCode> {
  override readonly name = 'RaftError';

  constructor(code: RaftErrorCode, message: string) {
    super(code, message);
  }
}
