/** Messages of other members: what is taken in at all, and what it does to this member's term. */
import { type Message, MessageType } from '../pb/index.ts';
import { becomeFollower, handleVote, handleVoteResponse } from './election.ts';
import { RaftError } from './errors.ts';
import { handleAppend } from './following.ts';
import { handleHeartbeat } from './heartbeat.ts';
import { handleProposal } from './proposals.ts';
import { NO_MEMBER, type RaftState } from './raft-state.ts';
import { handleReadIndex, handleReadIndexResponse } from './reads.ts';
import { handleAppendResponse, handleHeartbeatResponse } from './replication.ts';

/** Takes a message in; what no member of this cluster can have sent is ignored. */
export function step(state: RaftState, message: Message): void {
  if (!isAcceptable(state, message)) {
    const { from, term, type } = message;
    state.ports.logger?.debug('ignored a raft message', { from, term, type });
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
  if (message.term > state.term) becomeFollower(state, message.term, NO_MEMBER);
  if (isFromLeader(message.type)) follow(state, message);
  handle(state, message);
}

/** The gateway: what passes here is trusted further on. */
function isAcceptable(state: RaftState, message: Message): boolean {
  const { entries, from, to, type } = message;
  if (to !== state.id || from === state.id || from === NO_MEMBER) return false;
  switch (type) {
    case MessageType.MsgProp:
    case MessageType.MsgReadIndex:
      return entries.length > 0;
    case MessageType.MsgApp:
      return message.term > 0 && isConsecutive(message);
    case MessageType.MsgAppResp:
    case MessageType.MsgVote:
    case MessageType.MsgVoteResp:
    case MessageType.MsgHeartbeat:
    case MessageType.MsgHeartbeatResp:
    case MessageType.MsgReadIndexResp:
      return message.term > 0;
    default:
      return false;
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

function isFromLeader(type: MessageType): boolean {
  return type === MessageType.MsgApp || type === MessageType.MsgHeartbeat;
}

/** Tells a leader or candidate of a past term about this one (§5.1); other old news is dropped. */
function answerOutdated(state: RaftState, message: Message): void {
  const { from: to, type } = message;
  if (isFromLeader(type)) {
    state.send({ type: MessageType.MsgAppResp, to });
  } else if (type === MessageType.MsgVote) {
    state.send({ type: MessageType.MsgVoteResp, to, reject: true });
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
  const { role } = state;
  switch (message.type) {
    case MessageType.MsgApp:
      handleAppend(state, message);
      break;
    case MessageType.MsgHeartbeat:
      handleHeartbeat(state, message);
      break;
    case MessageType.MsgVote:
      handleVote(state, message);
      break;
    case MessageType.MsgReadIndexResp:
      if (role.name === 'follower') handleReadIndexResponse(state, message);
      break;
    case MessageType.MsgVoteResp:
      if (role.name === 'candidate') handleVoteResponse(state, role, message);
      break;
    case MessageType.MsgAppResp:
      if (role.name === 'leader') handleAppendResponse(state, role, message);
      break;
    case MessageType.MsgHeartbeatResp:
      if (role.name === 'leader') handleHeartbeatResponse(state, role, message);
      break;
  }
}
