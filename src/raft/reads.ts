/**
 * Linearizable reads without log entries: ReadIndex (Raft thesis §6.4, etcd's ReadOnlySafe).
 *
 * A read's index is the commit index when the leader hears of it, once that covers an entry of
 * the leader's own term: before, entries committed by earlier leaders may be unknown to it.
 */
import { Entry, type Message, MessageType } from '../pb/index.ts';
import { broadcastHeartbeat } from './heartbeat.ts';
import type { RaftState } from './raft-state.ts';
import type { PendingRead, ReadRequest } from './read-only-queue.ts';
import { type LeaderRole, NO_MEMBER } from './role.ts';

/** `pending`: a ReadState with the context comes later, or never if the leader changes. */
export type ReadOutcome = 'pending' | 'no-leader' | 'too-many-reads';

/** Asks for a read index, of this member if it leads, else of the leader. */
export function requestRead(state: RaftState, request: ReadRequest): ReadOutcome {
  const { role } = state;
  if (role.name === 'leader') return acceptRead(state, role, request);
  if (state.leader === NO_MEMBER) return 'no-leader';
  const entries = [Entry.create({ data: request.context })];
  state.forward({
    type: MessageType.MsgReadIndex,
    to: state.leader,
    from: request.from,
    entries,
  });
  return 'pending';
}

/** A read of another member: for us if we lead, else passed on. Dropped ones are asked again. */
export function handleReadIndex(state: RaftState, message: Message): void {
  const context = message.entries[0]?.data;
  if (context === undefined) return;
  requestRead(state, { context, from: message.from });
}

function acceptRead(state: RaftState, leader: LeaderRole, request: ReadRequest): ReadOutcome {
  if (leader.reads.size + leader.earlyReads.length >= state.options.pendingReadsMax) {
    return 'too-many-reads';
  }
  if (state.log.commit < leader.termStart) leader.earlyReads.push(request);
  else startReads(state, leader, [request]);
  return 'pending';
}

/** Called when the commit index moves: the first time in a term it lets early reads in. */
export function releaseEarlyReads(state: RaftState, leader: LeaderRole): void {
  startReads(state, leader, leader.earlyReads.splice(0));
}

/** Reads that start together share the round of the last one. */
function startReads(state: RaftState, leader: LeaderRole, requests: readonly ReadRequest[]): void {
  if (requests.length === 0) return;
  for (const request of requests) leader.reads.add(request, state.log.commit);
  recheckReads(state, leader);
  if (leader.reads.size > 0) broadcastHeartbeat(state, leader);
}

/** A member has answered the heartbeat round of a read, so it still follows this leader. */
export function proveReads(state: RaftState, leader: LeaderRole, answer: ReadRequest): void {
  const { context, from } = answer;
  for (const read of leader.reads.acknowledge(context, from, state.configuration)) {
    answerRead(state, read);
  }
}

/**
 * Counts the leader itself, which can be majority enough: alone from the start, or after a
 * change of voters.
 */
export function recheckReads(state: RaftState, leader: LeaderRole): void {
  const context = leader.reads.lastContext;
  if (context !== undefined) proveReads(state, leader, { context, from: state.id });
}

function answerRead(state: RaftState, read: PendingRead): void {
  const { context, from, index } = read;
  if (from === state.id) {
    state.readStates.push({ index, context });
    return;
  }
  const entries = [Entry.create({ data: context })];
  state.send({ type: MessageType.MsgReadIndexResp, to: from, index, entries });
}

/** The leader's answer to a read that this member passed on. */
export function handleReadIndexResponse(state: RaftState, answer: Message): void {
  const context = answer.entries[0]?.data;
  if (context !== undefined) state.readStates.push({ index: answer.index, context });
}
