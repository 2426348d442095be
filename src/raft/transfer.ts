/** Handing leadership over to a member that is up to date (thesis §3.10). */
import type { MemberId } from '../base/ids.ts';
import { type Message, MessageType } from '../pb/index.ts';
import type { RaftState } from './raft-state.ts';
import { sendAppend } from './replication.ts';
import { type LeaderRole, NO_MEMBER } from './role.ts';

/**
 * - `started`: proposals are refused until the member leads, or an election timeout has passed.
 * - `forwarded`: the leader was asked.
 * - `no-leader`, `leads-already`, `not-a-voter`: nothing was done.
 */
export type TransferOutcome =
  | 'started'
  | 'forwarded'
  | 'no-leader'
  | 'leads-already'
  | 'not-a-voter';

export function transferLeadership(state: RaftState, to: MemberId): TransferOutcome {
  const { leader, role } = state;
  if (role.name === 'leader') return startTransfer(state, role, to);
  if (leader === NO_MEMBER) return 'no-leader';
  if (leader === to) return 'leads-already';
  state.forward({
    type: MessageType.MsgTransferLeader,
    to: leader,
    from: to,
    term: state.term,
  });
  return 'forwarded';
}

/** Another member asks, in the name of the one that is to lead. */
export function handleTransferLeader(state: RaftState, message: Message): void {
  transferLeadership(state, message.from);
}

function startTransfer(state: RaftState, leader: LeaderRole, to: MemberId): TransferOutcome {
  const progress = leader.progress.get(to);
  if (progress === undefined || !state.configuration.voters.has(to)) return 'not-a-voter';
  if (to === leader.transferee) return 'started';
  leader.transferee = NO_MEMBER;
  if (to === state.id) return 'leads-already';
  state.ports.logger?.info('hands leadership over', { member: state.id, to, term: state.term });
  leader.transferee = to;
  // The time it may take counts from now.
  state.electionElapsedTicks = 0;
  if (progress.match === state.log.lastIndex) completeTransfer(state, leader, to);
  else sendAppend(state, to, progress);
  return 'started';
}

/** Tells the member to stand for election once it has the whole log. */
export function completeTransfer(state: RaftState, leader: LeaderRole, id: MemberId): void {
  if (id !== leader.transferee) return;
  if (leader.progress.get(id)?.match !== state.log.lastIndex) return;
  state.send({ type: MessageType.MsgTimeoutNow, to: id });
}
