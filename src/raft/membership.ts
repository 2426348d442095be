/** Applying a committed change of the configuration, one member at a time (Raft §6). */
import { assert } from '../base/assert.ts';
import type { ConfChange } from '../pb/index.ts';
import { type Configuration, withChange } from './configuration.ts';
import { becomeFollower } from './election.ts';
import { Progress } from './progress.ts';
import { type LeaderRole, NO_MEMBER, type RaftState } from './raft-state.ts';
import { recheckReads } from './reads.ts';
import { advanceCommit, broadcastAppend } from './replication.ts';

/** A leader that is no voter any more steps down; the others elect one of themselves. */
export function applyConfChange(state: RaftState, change: ConfChange): void {
  const configuration = withChange(state.configuration, change);
  const isEmptied = state.configuration.voters.size > 0 && configuration.voters.size === 0;
  assert(!isEmptied, 'no change that removes the last voter is ever proposed');
  state.configuration = configuration;
  const { role } = state;
  if (role.name !== 'leader') return;
  if (!state.isVoter) {
    becomeFollower(state, state.term, NO_MEMBER);
    return;
  }
  trackMembers(role, configuration, state.log.lastIndex + 1);
  // Fewer voters may make a majority of what was too few before; a newcomer needs the log.
  advanceCommit(state, role);
  recheckReads(state, role);
  broadcastAppend(state, role);
}

function trackMembers(leader: LeaderRole, configuration: Configuration, next: number): void {
  const { learners, voters } = configuration;
  for (const id of [...voters, ...learners]) {
    if (!leader.progress.has(id)) leader.progress.set(id, new Progress(0, next));
  }
  for (const id of leader.progress.keys()) {
    if (!voters.has(id) && !learners.has(id)) leader.progress.delete(id);
  }
}
