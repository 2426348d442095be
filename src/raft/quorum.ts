/**
 * Majority quorums: pure functions of the voters and what is known of each (Raft §5.2-5.3).
 * While the configuration is joint, both its sets of voters must agree (§6).
 */
import type { LogIndex, MemberId } from '../base/ids.ts';
import type { Configuration } from './configuration.ts';

export type VoteResult = 'won' | 'lost' | 'pending';

export type Voters = Pick<Configuration, 'voters' | 'votersOutgoing'>;

/** Smallest number of members that is more than half of `voters`. */
export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** Outcome of an election; `votes` holds true for granted, false for refused. */
export function voteResult(
  { voters, votersOutgoing }: Voters,
  votes: ReadonlyMap<MemberId, boolean>,
): VoteResult {
  const result = majorityVote(voters, votes);
  if (votersOutgoing.size === 0 || result === 'lost') return result;
  const outgoing = majorityVote(votersOutgoing, votes);
  return result === 'won' || outgoing === 'lost' ? outgoing : 'pending';
}

function majorityVote(
  voters: ReadonlySet<MemberId>,
  votes: ReadonlyMap<MemberId, boolean>,
): VoteResult {
  let granted = 0;
  let refused = 0;
  for (const voter of voters) {
    const vote = votes.get(voter);
    if (vote === true) granted++;
    if (vote === false) refused++;
  }
  const majority = majorityOf(voters.size);
  if (granted >= majority) return 'won';
  return voters.size - refused < majority ? 'lost' : 'pending';
}

/** Whether `members` decide for all voters; members that are no voters do not count. */
export function isQuorum(
  { voters, votersOutgoing }: Voters,
  members: ReadonlySet<MemberId>,
): boolean {
  if (!isMajority(voters, members)) return false;
  return votersOutgoing.size === 0 || isMajority(votersOutgoing, members);
}

function isMajority(voters: ReadonlySet<MemberId>, members: ReadonlySet<MemberId>): boolean {
  let present = 0;
  for (const voter of voters) if (members.has(voter)) present++;
  return present >= majorityOf(voters.size);
}

/**
 * Highest index that a quorum has on disk; a voter that is missing from `progress` counts as
 * having nothing. Without voters nothing is ever agreed on: 0.
 */
export function quorumIndex(
  { voters, votersOutgoing }: Voters,
  progress: ReadonlyMap<MemberId, { readonly match: LogIndex }>,
): LogIndex {
  const index = majorityIndex(voters, progress);
  if (votersOutgoing.size === 0) return index;
  return Math.min(index, majorityIndex(votersOutgoing, progress));
}

function majorityIndex(
  voters: ReadonlySet<MemberId>,
  progress: ReadonlyMap<MemberId, { readonly match: LogIndex }>,
): LogIndex {
  if (voters.size === 0) return 0;
  const matches: LogIndex[] = [];
  for (const voter of voters) matches.push(progress.get(voter)?.match ?? 0);
  matches.sort((a, b) => b - a);
  return matches[majorityOf(voters.size) - 1] as LogIndex;
}
