/** The leader's side of log replication and commit (Raft §5.3, §5.4.2). */
import type { LogIndex, MemberId } from '../base/ids.ts';
import { type Message, MessageType } from '../pb/index.ts';
import { totalBytes } from './entry-buffer.ts';
import type { Progress } from './progress.ts';
import { quorumIndex } from './quorum.ts';
import type { RaftState } from './raft-state.ts';
import { proveReads, releaseEarlyReads } from './reads.ts';
import type { LeaderRole } from './role.ts';
import { sendSnapshot } from './snapshot-sending.ts';

/** Sends every member what it lacks, or at least the commit index. */
export function broadcastAppend(state: RaftState, leader: LeaderRole): void {
  for (const [id, progress] of leader.progress) {
    if (id !== state.id) sendAppend(state, id, progress);
  }
}

/**
 * Sends one append, empty if there is nothing new or no room in the window, or a snapshot if the
 * log does not go back far enough. Returns false if nothing can be sent now.
 */
export function sendAppend(state: RaftState, to: MemberId, progress: Progress): boolean {
  if (progress.isPaused) return false;
  const { log, options } = state;
  const index = progress.next - 1;
  const logTerm = log.term(index);
  if (logTerm === undefined) return sendSnapshot(state, to, progress);
  const entries = progress.hasRoom ? log.entriesFrom(progress.next, options.appendBytesMax) : [];
  state.send({ type: MessageType.MsgApp, to, index, logTerm, entries, commit: log.commit });
  progress.sent(entries.length, totalBytes(entries));
  progress.commitSent(log.commit);
  return true;
}

/** Sends appends as long as there are entries and room for them. */
export function sendBacklog(state: RaftState, to: MemberId, progress: Progress): void {
  while (progress.hasRoom && progress.next <= state.log.lastIndex) {
    if (!sendAppend(state, to, progress)) return;
  }
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
  const index = quorumIndex(state.configuration, leader.progress);
  if (index <= state.log.commit || index < leader.termStart) return false;
  state.log.commitTo(index);
  releaseEarlyReads(state, leader);
  return true;
}

/** Returns whether the member turned out to have more of the log than was known. */
export function handleAppendResponse(
  state: RaftState,
  leader: LeaderRole,
  answer: Message,
): boolean {
  const progress = leader.progress.get(answer.from);
  if (progress === undefined || answer.index > state.log.lastIndex) return false;
  progress.isActive = true;
  if (answer.reject) {
    if (progress.rejected(answer.index, meetingPoint(state, answer))) {
      sendAppend(state, answer.from, progress);
    }
    return false;
  }
  if (!progress.accepted(answer.index)) return false;
  if (progress.match + 1 >= state.log.firstIndex) progress.snapshotNotNeeded();
  if (advanceCommit(state, leader)) broadcastAppend(state, leader);
  else if (progress.lacksCommit(state.log.commit)) sendAppend(state, answer.from, progress);
  sendBacklog(state, answer.from, progress);
  return true;
}

/** Highest index where the logs can agree, going by a refusal; skips whole terms (§5.3, end). */
function meetingPoint(state: RaftState, refusal: Message): LogIndex {
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
  progress.isActive = true;
  progress.heartbeatAnswered();
  // A probe goes out even with nothing to send, to find out that the logs do meet.
  if (progress.match < state.log.lastIndex || progress.state === 'probe') {
    sendAppend(state, answer.from, progress);
  }
  const { context, from } = answer;
  if (context !== undefined && context.length > 0) proveReads(state, leader, { context, from });
}
