/** Heartbeats: the leader's rounds and both sides' answers (Raft §5.2; thesis §6.4 for reads). */
import { type Message, MessageType } from '../pb/index.ts';
import { RaftError } from './errors.ts';
import type { RaftState } from './raft-state.ts';
import type { LeaderRole } from './role.ts';

/**
 * Sends every member a heartbeat. It carries the newest pending read, so that reads whose own
 * round was lost are proven by a later one, and no more commit than the member is known to hold.
 */
export function broadcastHeartbeat(state: RaftState, leader: LeaderRole): void {
  const context = leader.reads.lastContext;
  for (const [to, progress] of leader.progress) {
    if (to === state.id) continue;
    const commit = Math.min(progress.match, state.log.commit);
    state.send({ type: MessageType.MsgHeartbeat, to, commit, context });
    progress.commitSent(commit);
  }
}

/** Throws RAFT_LOG_LOST when the leader knows entries here that this member lacks. */
export function handleHeartbeat(state: RaftState, message: Message): void {
  if (message.commit > state.log.lastIndex) {
    const detail = `entry ${message.commit} was acknowledged, the log ends at ${state.log.lastIndex}`;
    throw new RaftError('RAFT_LOG_LOST', detail);
  }
  state.log.commitTo(message.commit);
  const { from: to, context } = message;
  state.send({ type: MessageType.MsgHeartbeatResp, to, context });
}
