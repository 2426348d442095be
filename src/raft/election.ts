/** Terms, votes and changes of role (Raft §5.1, §5.2, §5.4.1). */
import { assert } from '../base/assert.ts';
import type { MemberId, Term } from '../base/ids.ts';
import { EntryType, type Message, MessageType } from '../pb/index.ts';
import { Progress } from './progress.ts';
import { voteResult } from './quorum.ts';
import { type CandidateRole, type LeaderRole, NO_MEMBER, type RaftState } from './raft-state.ts';
import { ReadOnlyQueue } from './read-only-queue.ts';
import { broadcastAppend } from './replication.ts';

/** Follows `leader`, or nobody yet, in `term`; the vote of the current term stays. */
export function becomeFollower(state: RaftState, term: Term, leader: MemberId): void {
  assert(term >= state.term, 'terms never go back');
  if (term > state.term) {
    state.term = term;
    state.vote = NO_MEMBER;
  }
  // A follower that only learns of a newer term keeps its clock: a candidate that cannot win would
  // else hold back, time and again, the one that can (§5.2 resets it for leaders and granted votes).
  if (state.role.name !== 'follower' || leader !== NO_MEMBER) state.drawElectionTimeout();
  state.role = { name: 'follower', leader };
}

/**
 * Starts an election, unless this member leads or may not stand: learners and strangers have no
 * vote, and with a committed configuration change unapplied, it does not know whom to ask.
 * Returns whether it did.
 */
export function campaign(state: RaftState): boolean {
  if (state.role.name === 'leader') return false;
  if (!state.isVoter || state.log.hasUnappliedConfChange) return false;
  state.term += 1;
  state.vote = state.id;
  state.role = { name: 'candidate', votes: new Map() };
  state.drawElectionTimeout();
  state.ports.logger?.info('became candidate', { member: state.id, term: state.term });
  const { index, term: logTerm } = state.log.last;
  for (const to of state.configuration.voters) {
    if (to !== state.id) state.send({ type: MessageType.MsgVote, to, index, logTerm });
  }
  return true;
}

/** A candidate's own vote counts like any other: once it is on disk. */
export function countOwnVote(state: RaftState, candidate: CandidateRole): void {
  if (state.durable.term === state.term)
    countVote(state, candidate, { from: state.id, granted: true });
}

export function handleVoteResponse(
  state: RaftState,
  candidate: CandidateRole,
  answer: Message,
): void {
  countVote(state, candidate, { from: answer.from, granted: !answer.reject });
}

function countVote(
  state: RaftState,
  candidate: CandidateRole,
  ballot: { from: MemberId; granted: boolean },
): void {
  if (!candidate.votes.has(ballot.from)) candidate.votes.set(ballot.from, ballot.granted);
  switch (voteResult(state.configuration.voters, candidate.votes)) {
    case 'won':
      // Others may elect us before our own disk has answered; a leader's ballot must be on it.
      if (state.durable.term === state.term) becomeLeader(state);
      break;
    case 'lost':
      becomeFollower(state, state.term, NO_MEMBER);
      break;
    case 'pending':
  }
}

function becomeLeader(state: RaftState): void {
  const { configuration, id, log, term } = state;
  const lastIndex = log.lastIndex;
  const progress = new Map<MemberId, Progress>();
  for (const member of [...configuration.voters, ...configuration.learners]) {
    progress.set(member, new Progress(0, lastIndex + 1));
  }
  progress.get(id)?.accepted(log.persisted);
  const leader: LeaderRole = {
    name: 'leader',
    progress,
    termStart: lastIndex + 1,
    // An earlier leader's change may be anywhere in the log.
    pendingConfChange: lastIndex,
    reads: new ReadOnlyQueue(),
    earlyReads: [],
  };
  state.role = leader;
  state.heartbeatElapsedTicks = 0;
  state.ports.logger?.info('became leader', { member: id, term });
  // An empty entry, so that there is one of this term to commit by counting (§5.4.2, §8).
  log.push({ type: EntryType.EntryNormal, term, index: lastIndex + 1, data: undefined });
  broadcastAppend(state, leader);
}

/** One vote per term, first come, first served, for a log that has all this one has (§5.4.1). */
export function handleVote(state: RaftState, request: Message): void {
  const { from: to, index, logTerm } = request;
  const isFree = state.vote === to || (state.vote === NO_MEMBER && state.leader === NO_MEMBER);
  const granted = isFree && state.log.isCoveredBy({ index, term: logTerm });
  if (granted) {
    state.vote = to;
    state.electionElapsedTicks = 0;
  }
  state.send({ type: MessageType.MsgVoteResp, to, reject: !granted });
}
