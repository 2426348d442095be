/** The leader's side of log replication and commit (Raft §5.3, §5.4.2). */
import type { MemberId } from '../base/ids.ts';
import { type Message, MessageType } from '../pb/index.ts';
import type { Progress } from './progress.ts';
import { quorumIndex } from './quorum.ts';
import type { LeaderRole, RaftState } from './raft-state.ts';
import { proveReads, releaseEarlyReads } from './reads.ts';

/** Sends every member what it lacks, or at least the commit index. */
export function broadcastAppend(state: RaftState, leader: LeaderRole): void {
  for (const [id, progress] of leader.progress) {
    if (id !== state.id) sendAppend(state, id, progress);
  }
}

/** Sends one append, empty if there is nothing new, unless the member is not ready for one. */
export function sendAppend(state: RaftState, to: MemberId, progress: Progress): void {
  if (progress.isPaused) return;
  const { log } = state;
  const index = progress.next - 1;
  const logTerm = log.term(index);
  if (logTerm === undefined) {
    // What the member lacks was compacted away: it needs a snapshot, which is not sent yet.
    state.ports.logger?.debug('member needs a snapshot', { member: to, index });
    return;
  }
  const entries = log.entriesFrom(progress.next, state.options.appendBytesMax);
  state.send({ type: MessageType.MsgApp, to, index, logTerm, entries, commit: log.commit });
  progress.sent(entries.length);
}

/** What the WAL has synced counts for the leader itself, and only that (design decision 2). */
export function countOwnLog(state: RaftState, leader: LeaderRole): void {
  leader.progress.get(state.id)?.accepted(state.log.persisted);
  if (advanceCommit(state, leader)) broadcastAppend(state, leader);
}

/**
 * Commits what a majority has, if that is an entry of this term: older ones only follow it, for
 * a later leader may still replace an old entry that is on a majority (§5.4.2). Returns whether
 * the commit index moved.
 */
export function advanceCommit(state: RaftState, leader: LeaderRole): boolean {
  const index = quorumIndex(state.configuration.voters, leader.progress);
  if (index <= state.log.commit || index < leader.termStart) return false;
  state.log.commitTo(index);
  releaseEarlyReads(state, leader);
  return true;
}

export function handleAppendResponse(state: RaftState, leader: LeaderRole, answer: Message): void {
  const progress = leader.progress.get(answer.from);
  if (progress === undefined || answer.index > state.log.lastIndex) return;
  if (answer.reject) {
    if (progress.rejected(answer.index, meetingPoint(state, answer))) {
      sendAppend(state, answer.from, progress);
    }
    return;
  }
  const isNews = progress.accepted(answer.index);
  if (isNews && advanceCommit(state, leader)) broadcastAppend(state, leader);
  // One append per answer paces a member that catches up.
  else if (progress.next <= state.log.lastIndex) sendAppend(state, answer.from, progress);
}

/** Highest index where the logs can agree, going by a refusal; skips whole terms (§5.3, end). */
function meetingPoint(state: RaftState, refusal: Message): number {
  if (refusal.logTerm === 0) return refusal.rejectHint;
  return state.log.conflictPoint(refusal.rejectHint, refusal.logTerm).index;
}

/** The member lives: what it lacks is sent again, and its word counts for pending reads. */
export function handleHeartbeatResponse(
  state: RaftState,
  leader: LeaderRole,
  answer: Message,
): void {
  const progress = leader.progress.get(answer.from);
  if (progress === undefined) return;
  progress.heartbeatAnswered();
  if (progress.match < state.log.lastIndex) sendAppend(state, answer.from, progress);
  const { context, from } = answer;
  if (context !== undefined && context.length > 0) proveReads(state, leader, { context, from });
}
