/** What a leader does as time passes: heartbeats, and making sure that it still leads. */
import type { MemberId } from '../base/ids.ts';
import { becomeFollower } from './election.ts';
import { broadcastHeartbeat } from './heartbeat.ts';
import { isQuorum } from './quorum.ts';
import type { RaftState } from './raft-state.ts';
import { type LeaderRole, NO_MEMBER } from './role.ts';

export function tickLeader(state: RaftState, leader: LeaderRole): void {
  state.electionElapsedTicks += 1;
  state.heartbeatElapsedTicks += 1;
  if (state.electionElapsedTicks >= state.options.electionTicks) {
    state.electionElapsedTicks = 0;
    if (!mayLeadOn(state, leader)) {
      state.ports.logger?.warn('stepped down', { member: state.id, term: state.term });
      becomeFollower(state, state.term, NO_MEMBER);
      return;
    }
    // Whoever leadership was offered to has not taken it within an election timeout.
    leader.transferee = NO_MEMBER;
  }
  if (state.heartbeatElapsedTicks < state.options.heartbeatTicks) return;
  state.heartbeatElapsedTicks = 0;
  broadcastHeartbeat(state, leader);
}

/**
 * A leader that is no voter any more had until now to tell the others so; one that heard of no
 * quorum since the last time may have been replaced (CheckQuorum, thesis §6.2).
 */
function mayLeadOn(state: RaftState, leader: LeaderRole): boolean {
  if (!state.isVoter) return false;
  if (!state.options.checkQuorum) return true;
  const active = new Set<MemberId>();
  for (const [id, progress] of leader.progress) {
    if (progress.isActive || id === state.id) active.add(id);
    progress.isActive = false;
  }
  return isQuorum(state.configuration, active);
}
