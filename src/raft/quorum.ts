/**
 * Majority quorums: pure functions of a voter set and what is known of each voter (Raft §5.2-5.3).
 *
 * A joint configuration (§6) asks the same questions of two voter sets and needs both answers;
 * only the callers' voter set would change for it, not these functions.
 */
import type { LogIndex, MemberId } from '../base/ids.ts';

export type VoteResult = 'won' | 'lost' | 'pending';

/** Smallest number of members that is more than half of `voters`. */
export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** Outcome of an election; `votes` holds true for granted, false for refused. */
export function voteResult(
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

/** Whether `members` holds a majority of `voters`; others in it do not count. */
export function isQuorum(voters: ReadonlySet<MemberId>, members: ReadonlySet<MemberId>): boolean {
  let present = 0;
  for (const voter of voters) if (members.has(voter)) present++;
  return present >= majorityOf(voters.size);
}

/**
 * Highest index that a majority of `voters` has on disk; a voter that is missing from `progress`
 * counts as having nothing. Without voters nothing is ever agreed on: 0.
 */
export function quorumIndex(
  voters: ReadonlySet<MemberId>,
  progress: ReadonlyMap<MemberId, { readonly match: LogIndex }>,
): LogIndex {
  if (voters.size === 0) return 0;
  const matches: LogIndex[] = [];
  for (const voter of voters) matches.push(progress.get(voter)?.match ?? 0);
  matches.sort((a, b) => b - a);
  return matches[majorityOf(voters.size) - 1] as LogIndex;
}
