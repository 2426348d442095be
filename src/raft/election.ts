/** Terms, votes and changes of role (Raft §5.1, §5.2, §5.4.1; pre-votes: thesis §9.6). */
import { assert } from '../base/assert.ts';
import { equalBytes } from '../base/bytes.ts';
import type { MemberId, Term } from '../base/ids.ts';
import { utf8Bytes } from '../base/utf8.ts';
import { EntryType, type Message, MessageType } from '../pb/index.ts';
import { membersOf, votersOf } from './configuration.ts';
import { Progress } from './progress.ts';
import { voteResult } from './quorum.ts';
import type { RaftState } from './raft-state.ts';
import { ReadOnlyQueue } from './read-only-queue.ts';
import { broadcastAppend } from './replication.ts';
import { type CandidateRole, type LeaderRole, NO_MEMBER, type PreCandidateRole } from './role.ts';

/** Context of a vote request whose sender was told by the leader to stand. */
const CAMPAIGN_TRANSFER: Uint8Array = utf8Bytes('CampaignTransfer');

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
 * Starts an election, by a pre-vote if that is what the options say, unless this member leads or
 * may not stand. Returns whether it did.
 */
export function campaign(state: RaftState): boolean {
  if (!mayStand(state)) return false;
  if (state.options.preVote) startPreVote(state);
  else startElection(state, undefined);
  return true;
}

/**
 * Stands at once, as the leader has asked: no pre-vote, for the leader's own word says that this
 * is no disturbance, and others vote although they know of a leader (thesis §3.10).
 */
export function handleTimeoutNow(state: RaftState): void {
  if (mayStand(state)) startElection(state, CAMPAIGN_TRANSFER);
}

/**
 * Learners and strangers have no vote; with a committed configuration change unapplied, a member
 * does not know whom to ask; and before a snapshot is installed it has nothing to lead with.
 */
function mayStand(state: RaftState): boolean {
  if (state.role.name === 'leader' || !state.isVoter) return false;
  return !state.log.isInstalling && !state.log.hasUnappliedConfChange;
}

function startPreVote(state: RaftState): void {
  const votes = new Map([[state.id, true]]);
  if (voteResult(state.configuration, votes) === 'won') {
    startElection(state, undefined);
    return;
  }
  state.role = { name: 'pre-candidate', votes };
  state.drawElectionTimeout();
  state.ports.logger?.info('became pre-candidate', { member: state.id, term: state.term });
  askForVotes(state, { type: MessageType.MsgPreVote, term: state.term + 1 });
}

function startElection(state: RaftState, context: Uint8Array | undefined): void {
  state.term += 1;
  state.vote = state.id;
  state.role = { name: 'candidate', votes: new Map() };
  state.drawElectionTimeout();
  state.ports.logger?.info('became candidate', { member: state.id, term: state.term });
  askForVotes(state, { type: MessageType.MsgVote, term: state.term, context });
}

function askForVotes(
  state: RaftState,
  request: Pick<Message, 'type' | 'term'> & Partial<Message>,
): void {
  const { index, term: logTerm } = state.log.last;
  for (const to of votersOf(state.configuration)) {
    if (to !== state.id) state.send({ ...request, to, index, logTerm });
  }
}

/** A candidate's own vote counts like any other: once it is on disk. */
export function countOwnVote(state: RaftState, candidate: CandidateRole): void {
  if (state.durable.term === state.term) countVote(state, candidate, state.id, true);
}

export function handleVoteResponse(
  state: RaftState,
  candidate: CandidateRole,
  answer: Message,
): void {
  countVote(state, candidate, answer.from, !answer.reject);
}

function countVote(
  state: RaftState,
  candidate: CandidateRole,
  from: MemberId,
  granted: boolean,
): void {
  if (!candidate.votes.has(from)) candidate.votes.set(from, granted);
  switch (voteResult(state.configuration, candidate.votes)) {
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

/** Grants name the term they were asked for, refusals the one their sender is in. */
export function handlePreVoteResponse(
  state: RaftState,
  candidate: PreCandidateRole,
  answer: Message,
): void {
  const { from, reject, term } = answer;
  if (term !== (reject ? state.term : state.term + 1)) return;
  if (!candidate.votes.has(from)) candidate.votes.set(from, !reject);
  switch (voteResult(state.configuration, candidate.votes)) {
    case 'won':
      startElection(state, undefined);
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
  for (const member of membersOf(configuration)) {
    progress.set(member, new Progress({ match: 0, next: lastIndex + 1 }, state.inflightLimits));
  }
  progress.get(id)?.accepted(log.persisted);
  const leader: LeaderRole = {
    name: 'leader',
    progress,
    termStart: lastIndex + 1,
    // An earlier leader's change may be anywhere in the log.
    pendingConfChange: lastIndex,
    waitingChanges: [],
    transferee: NO_MEMBER,
    reads: new ReadOnlyQueue(),
    earlyReads: [],
  };
  state.role = leader;
  state.electionElapsedTicks = 0;
  state.heartbeatElapsedTicks = 0;
  state.ports.logger?.info('became leader', { member: id, term });
  // An empty entry, so that there is one of this term to commit by counting (§5.4.2, §8).
  log.push({ type: EntryType.EntryNormal, term, index: lastIndex + 1, data: undefined });
  broadcastAppend(state, leader);
}

/**
 * Whether a request of a newer term must be ignored, for a leader is alive and has not asked for
 * it: members that were removed, or cut off for a while, cannot depose it (thesis §4.2.3).
 */
export function isDisturbance(state: RaftState, request: Message): boolean {
  if (!state.options.checkQuorum || !state.isLeaderAlive) return false;
  return request.context === undefined || !equalBytes(request.context, CAMPAIGN_TRANSFER);
}

/**
 * One vote per term, first come, first served, for a log that has all this one has (§5.4.1).
 * Pre-votes are not kept: any number of members may hear that they would be elected.
 */
export function handleVoteRequest(state: RaftState, request: Message): void {
  const { from: to, index, logTerm, term } = request;
  const isPreVote = request.type === MessageType.MsgPreVote;
  const isFree =
    state.vote === to ||
    (state.vote === NO_MEMBER && state.leader === NO_MEMBER) ||
    (isPreVote && term > state.term);
  const isGranted = isFree && state.log.isCoveredBy({ index, term: logTerm });
  if (isGranted && !isPreVote) {
    state.vote = to;
    state.electionElapsedTicks = 0;
  }
  const type = isPreVote ? MessageType.MsgPreVoteResp : MessageType.MsgVoteResp;
  state.send({ type, to, term: isGranted ? term : state.term, reject: !isGranted });
}
