/** Messages of other members: what is taken in at all, and what it does to this member's term. */
import { type Message, MessageType } from '../pb/index.ts';
import {
  becomeFollower,
  handlePreVoteResponse,
  handleTimeoutNow,
  handleVoteRequest,
  handleVoteResponse,
  isDisturbance,
} from './election.ts';
import { RaftError } from './errors.ts';
import { handleAppend, handleSnapshot } from './following.ts';
import { handleHeartbeat } from './heartbeat.ts';
import { handleProposal } from './proposals.ts';
import type { RaftState } from './raft-state.ts';
import { handleReadIndex, handleReadIndexResponse } from './reads.ts';
import { handleAppendResponse, handleHeartbeatResponse } from './replication.ts';
import { type LeaderRole, NO_MEMBER } from './role.ts';
import { completeTransfer, handleTransferLeader } from './transfer.ts';

/** Messages that need no more than a term; those not named here are never on the wire. */
const OTHERS: ReadonlySet<MessageType> = new Set([
  MessageType.MsgAppResp,
  MessageType.MsgVote,
  MessageType.MsgVoteResp,
  MessageType.MsgPreVote,
  MessageType.MsgPreVoteResp,
  MessageType.MsgHeartbeat,
  MessageType.MsgHeartbeatResp,
  MessageType.MsgTransferLeader,
  MessageType.MsgTimeoutNow,
  MessageType.MsgReadIndexResp,
]);

/** Takes a message in; what no member of this cluster can have sent is ignored. */
export function step(state: RaftState, message: Message): void {
  if (!isAcceptable(state, message)) {
    ignore(state, message);
    return;
  }
  if (isRequestOfClient(message.type)) {
    if (message.type === MessageType.MsgProp) handleProposal(state, message);
    else handleReadIndex(state, message);
    return;
  }
  if (message.term < state.term) {
    answerOutdated(state, message);
    return;
  }
  if (message.term > state.term) {
    if (isRequestForVote(message.type) && isDisturbance(state, message)) {
      ignore(state, message);
      return;
    }
    if (!isPreVote(message)) becomeFollower(state, message.term, NO_MEMBER);
  }
  if (isFromLeader(message.type)) follow(state, message);
  handle(state, message);
}

function ignore(state: RaftState, { from, term, type }: Message): void {
  state.ports.logger?.debug('ignored a raft message', { from, term, type });
}

/** The gateway: what passes here is trusted further on. */
function isAcceptable(state: RaftState, message: Message): boolean {
  const { entries, from, snapshot, term, to, type } = message;
  if (to !== state.id || from === NO_MEMBER) return false;
  // Our own requests can come back, passed on by one that led before us.
  if (from === state.id && !isRequestOfClient(type)) return false;
  switch (type) {
    case MessageType.MsgProp:
    case MessageType.MsgReadIndex:
      return entries.length > 0;
    case MessageType.MsgApp:
      return term > 0 && isConsecutive(message);
    case MessageType.MsgSnap:
      return snapshot !== undefined && snapshot.metadata.term > 0 && snapshot.metadata.term <= term;
    default:
      return OTHERS.has(type) && term > 0;
  }
}

/** Whether the entries of an append follow its index, in terms that never fall nor pass its own. */
function isConsecutive(append: Message): boolean {
  let { index, logTerm: term } = append;
  for (const entry of append.entries) {
    index += 1;
    if (entry.index !== index || entry.term < term) return false;
    term = entry.term;
  }
  return term <= append.term;
}

function isRequestOfClient(type: MessageType): boolean {
  return type === MessageType.MsgProp || type === MessageType.MsgReadIndex;
}

function isRequestForVote(type: MessageType): boolean {
  return type === MessageType.MsgVote || type === MessageType.MsgPreVote;
}

function isFromLeader(type: MessageType): boolean {
  return (
    type === MessageType.MsgApp || type === MessageType.MsgHeartbeat || type === MessageType.MsgSnap
  );
}

/** Whether the message names a term that nobody is in yet: pre-votes ask for the next one. */
function isPreVote({ reject, type }: Message): boolean {
  return type === MessageType.MsgPreVote || (type === MessageType.MsgPreVoteResp && !reject);
}

/**
 * Tells a leader of a past term, or whoever would like to lead, about this one (§5.1); other old
 * news is dropped. Without the answer to an old leader, a member that campaigned while it was cut
 * off could not come back: others ignore its votes, and it ignores its leader's appends.
 */
function answerOutdated(state: RaftState, message: Message): void {
  const { from: to, type } = message;
  if (type === MessageType.MsgApp || type === MessageType.MsgHeartbeat) {
    state.send({ type: MessageType.MsgAppResp, to });
  } else if (type === MessageType.MsgPreVote) {
    state.send({ type: MessageType.MsgPreVoteResp, to, reject: true });
  }
}

/** The sender leads this term. A term has one leader (§5.2): a second one means lost votes. */
function follow(state: RaftState, message: Message): void {
  const { from } = message;
  if (state.leader !== NO_MEMBER && state.leader !== from) {
    throw new RaftError(
      'RAFT_DIVERGED',
      `${from} and ${state.leader} both lead term ${state.term}`,
    );
  }
  if (state.role.name === 'follower' && state.role.leader === from) state.electionElapsedTicks = 0;
  else becomeFollower(state, state.term, from);
}

/** Of the current term; answers to a role that is no longer held are late and dropped. */
function handle(state: RaftState, message: Message): void {
  switch (message.type) {
    case MessageType.MsgApp:
      handleAppend(state, message);
      break;
    case MessageType.MsgSnap:
      handleSnapshot(state, message);
      break;
    case MessageType.MsgHeartbeat:
      handleHeartbeat(state, message);
      break;
    case MessageType.MsgVote:
    case MessageType.MsgPreVote:
      handleVoteRequest(state, message);
      break;
    case MessageType.MsgTransferLeader:
      handleTransferLeader(state, message);
      break;
    default:
      handleByRole(state, message);
  }
}

function handleByRole(state: RaftState, message: Message): void {
  const { role } = state;
  switch (role.name) {
    case 'leader':
      handleAsLeader(state, role, message);
      break;
    case 'candidate':
      if (message.type === MessageType.MsgVoteResp) handleVoteResponse(state, role, message);
      break;
    case 'pre-candidate':
      if (message.type === MessageType.MsgPreVoteResp) handlePreVoteResponse(state, role, message);
      break;
    case 'follower':
      if (message.type === MessageType.MsgTimeoutNow) handleTimeoutNow(state);
      if (message.type === MessageType.MsgReadIndexResp) handleReadIndexResponse(state, message);
  }
}

function handleAsLeader(state: RaftState, leader: LeaderRole, message: Message): void {
  if (message.type === MessageType.MsgAppResp) {
    const isNews = handleAppendResponse(state, leader, message);
    if (isNews) completeTransfer(state, leader, message.from);
  } else if (message.type === MessageType.MsgHeartbeatResp) {
    handleHeartbeatResponse(state, leader, message);
  }
}
