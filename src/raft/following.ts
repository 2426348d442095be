/** The follower's side of log replication (Raft §5.3). */
import { type Message, MessageType } from '../pb/index.ts';
import type { RaftState } from './raft-state.ts';

/**
 * Takes over the entries of an append, or says where the logs can meet. A refusal names the
 * highest index at which this log can agree with the leader's, and its term there, so that the
 * leader skips whole terms instead of going back entry by entry.
 */
export function handleAppend(state: RaftState, message: Message): void {
  const { log } = state;
  const { from: to, index, logTerm } = message;
  if (index < log.commit) {
    // An old message: everything up to the commit index agrees with any leader's log.
    state.send({ type: MessageType.MsgAppResp, to, index: log.commit });
    return;
  }
  const agreed = log.merge({ index, term: logTerm }, message.entries);
  if (agreed === undefined) {
    const hint = log.conflictPoint(index, logTerm);
    state.send({
      type: MessageType.MsgAppResp,
      to,
      index,
      reject: true,
      rejectHint: hint.index,
      logTerm: hint.term,
    });
    return;
  }
  log.commitTo(Math.min(message.commit, agreed));
  state.send({ type: MessageType.MsgAppResp, to, index: agreed });
}
