/** Applying a committed change of the configuration (Raft §6). */
import { assert } from '../base/assert.ts';
import { EMPTY_BYTES } from '../base/bytes.ts';
import type { LogIndex } from '../base/ids.ts';
import { type ConfChange, type ConfChangeV2, EntryType } from '../pb/index.ts';
import { isVoter, membersOf, withChange } from './configuration.ts';
import { Progress } from './progress.ts';
import type { RaftState } from './raft-state.ts';
import { recheckReads } from './reads.ts';
import { advanceCommit, broadcastAppend, sendBacklog } from './replication.ts';
import { type LeaderRole, NO_MEMBER } from './role.ts';

/**
 * A leader that is no voter any more leads on for a while, without counting itself, so that the
 * others learn that the change is committed (`leader-clock.ts` ends that).
 */
export function applyConfChange(state: RaftState, change: ConfChange | ConfChangeV2): void {
  const configuration = withChange(state.configuration, change);
  const isEmptied = state.configuration.voters.size > 0 && configuration.voters.size === 0;
  assert(!isEmptied, 'no change that removes the last voter is ever proposed');
  state.configuration = configuration;
  const { role } = state;
  if (role.name !== 'leader') return;
  trackMembers(state, role);
  if (!isVoter(configuration, role.transferee)) role.transferee = NO_MEMBER;
  // Fewer voters may make a majority of what was too few before; a newcomer needs the log.
  const hasCommitted = advanceCommit(state, role);
  recheckReads(state, role);
  if (hasCommitted) broadcastAppend(state, role);
  for (const [id, progress] of role.progress) {
    if (id !== state.id) sendBacklog(state, id, progress);
  }
}

function trackMembers(state: RaftState, leader: LeaderRole): void {
  const members = membersOf(state.configuration);
  // The last entry is sent to a newcomer at once, and shows how far its log goes.
  const next = Math.max(state.log.lastIndex, 1);
  for (const id of members) {
    if (leader.progress.has(id)) continue;
    const progress = new Progress({ match: 0, next }, state.inflightLimits);
    // It gets the time to be heard from for the first time.
    progress.isActive = true;
    leader.progress.set(id, progress);
  }
  for (const id of leader.progress.keys()) if (!members.has(id)) leader.progress.delete(id);
}

/** Leaves a joint configuration that asks for it, once the change that led there is applied. */
export function leaveJointIfDue(state: RaftState, applied: LogIndex): void {
  const { log, role, term } = state;
  if (!state.configuration.autoLeave || role.name !== 'leader') return;
  if (applied < role.pendingConfChange) return;
  const index = log.lastIndex + 1;
  log.push({ type: EntryType.EntryConfChangeV2, term, index, data: EMPTY_BYTES });
  role.pendingConfChange = index;
  broadcastAppend(state, role);
}
