/** Entries of clients on their way into the leader's log (Raft §5.3, §6, §8). */
import { assert } from '../base/assert.ts';
import type { LogIndex, MemberId, Term } from '../base/ids.ts';
import {
  ConfChange,
  type ConfChangeV2,
  Entry,
  EntryType,
  type Message,
  MessageType,
  WireError,
} from '../pb/index.ts';
import { confChangeOf } from './conf-change-entry.ts';
import { isJoint, isLeaveJoint, withChange } from './configuration.ts';
import { RaftError } from './errors.ts';
import type { RaftState } from './raft-state.ts';
import { broadcastAppend } from './replication.ts';
import { type ConfChangeEntry, changesWaitingMax, type LeaderRole, NO_MEMBER } from './role.ts';

/**
 * - `no-leader`: none is known, or this one has removed itself; try again later.
 * - `leader-transfer`: leadership is being handed over; try again later.
 * - `log-full`: too many bytes wait to be applied (`unappliedBytesMax`).
 * - `conf-change-pending`: an earlier change is not applied yet, or has left the configuration
 *   joint.
 * - `last-voter`: the change would leave nobody to vote.
 */
export type DropReason =
  | 'no-leader'
  | 'leader-transfer'
  | 'log-full'
  | 'conf-change-pending'
  | 'last-voter';

/**
 * - `appended`: the first entry of the batch is at `index`, the others follow; they are committed
 *   when an entry of `term` is applied at their index.
 * - `forwarded`: sent to the leader, which may drop it without a word.
 */
export type ProposeOutcome =
  | { readonly kind: 'appended'; readonly index: LogIndex; readonly term: Term }
  | { readonly kind: 'forwarded'; readonly to: MemberId }
  | { readonly kind: 'dropped'; readonly reason: DropReason };

/** Proposes one normal entry per payload; all are taken, in order, or none. */
export function propose(state: RaftState, payloads: readonly Uint8Array[]): ProposeOutcome {
  assert(payloads.length > 0, 'a proposal holds something');
  const { role } = state;
  if (role.name !== 'leader') {
    return forwardToLeader(
      state,
      payloads.map((data) => Entry.create({ data })),
    );
  }
  const refusal = refusalOf(state, role);
  if (refusal !== undefined) return dropped(refusal);
  const index = state.log.lastIndex + 1;
  for (const data of payloads) append(state, EntryType.EntryNormal, data);
  broadcastAppend(state, role);
  return { kind: 'appended', index, term: state.term };
}

/** Proposes a change of the configuration; one at a time. */
export function proposeConfChange(state: RaftState, change: ConfChange): ProposeOutcome {
  const { role } = state;
  const type = EntryType.EntryConfChange;
  const data = ConfChange.encode(change);
  if (role.name !== 'leader') return forwardToLeader(state, [Entry.create({ type, data })]);
  const refusal = refusalOf(state, role) ?? confChangeRefusal(state, role, change);
  if (refusal !== undefined) return dropped(refusal);
  appendConfChange(state, role, { type, data });
  broadcastAppend(state, role);
  return { kind: 'appended', index: state.log.lastIndex, term: state.term };
}

/**
 * Takes in, or passes on, what another member forwarded. Nobody is told of what is dropped, so that
 * a change of the configuration rather waits for the one before it: who has forwarded it cannot know
 * when to come again.
 */
export function handleProposal(state: RaftState, message: Message): void {
  const { role } = state;
  if (role.name !== 'leader') {
    forwardToLeader(state, message.entries, message.from);
    return;
  }
  if (refusalOf(state, role) !== undefined) return;
  for (const { type, data } of message.entries) {
    if (type === EntryType.EntryNormal) append(state, type, data);
    else takeForwardedChange(state, role, { type, data });
  }
  broadcastAppend(state, role);
}

/** Appends those of the waiting changes that may go now; to be called when entries are applied. */
export function offerWaitingChanges(state: RaftState): void {
  const { role } = state;
  if (role.name !== 'leader' || role.waitingChanges.length === 0) return;
  if (refusalOf(state, role) !== undefined) return;
  const { lastIndex } = state.log;
  for (let entry = role.waitingChanges[0]; entry !== undefined; entry = role.waitingChanges[0]) {
    if (offerConfChange(state, role, entry) === 'conf-change-pending') break;
    role.waitingChanges.shift();
  }
  if (state.log.lastIndex > lastIndex) broadcastAppend(state, role);
}

function takeForwardedChange(state: RaftState, leader: LeaderRole, entry: ConfChangeEntry): void {
  const { waitingChanges } = leader;
  // Those of the other type lead into joint configurations and out of them, and cannot wait.
  const mayWait = entry.type === EntryType.EntryConfChange;
  const isBehind = mayWait && waitingChanges.length > 0;
  const refusal = isBehind ? 'conf-change-pending' : offerConfChange(state, leader, entry);
  if (!mayWait || refusal !== 'conf-change-pending') return;
  if (waitingChanges.length < changesWaitingMax) waitingChanges.push(entry);
}

/** Appends a change, unless there is a reason not to: that nobody could apply it is one, too. */
function offerConfChange(
  state: RaftState,
  leader: LeaderRole,
  entry: ConfChangeEntry,
): DropReason | 'unusable' | undefined {
  const { EntryConfChange, EntryConfChangeV2 } = EntryType;
  if (entry.type !== EntryConfChange && entry.type !== EntryConfChangeV2) return 'unusable';
  let refusal: DropReason | undefined;
  try {
    refusal = confChangeRefusal(state, leader, confChangeOf(entry));
  } catch (error) {
    // What a peer sends and nobody could apply must not get into the log.
    if (error instanceof WireError || error instanceof RaftError) return 'unusable';
    throw error;
  }
  if (refusal === undefined) appendConfChange(state, leader, entry);
  return refusal;
}

function confChangeRefusal(
  state: RaftState,
  leader: LeaderRole,
  change: ConfChange | ConfChangeV2,
): DropReason | undefined {
  const { configuration, log } = state;
  if (leader.pendingConfChange > log.applied) return 'conf-change-pending';
  if (isJoint(configuration) !== isLeaveJoint(change)) return 'conf-change-pending';
  // Nothing is pending, so the change will meet the configuration as it is now.
  return withChange(configuration, change).voters.size === 0 ? 'last-voter' : undefined;
}

function appendConfChange(
  state: RaftState,
  leader: LeaderRole,
  { type, data }: ConfChangeEntry,
): void {
  append(state, type, data);
  leader.pendingConfChange = state.log.lastIndex;
}

function append(state: RaftState, type: EntryType, data: Uint8Array | undefined): void {
  const { log, term } = state;
  log.push({ type, term, index: log.lastIndex + 1, data });
}

/**
 * Why this leader takes nothing at all, if so. Room is checked before a batch and not for each
 * entry: the bound is passed by one batch at most.
 */
function refusalOf(state: RaftState, leader: LeaderRole): DropReason | undefined {
  if (!state.isVoter) return 'no-leader';
  if (leader.transferee !== NO_MEMBER) return 'leader-transfer';
  return state.log.unappliedBytes >= state.options.unappliedBytesMax ? 'log-full' : undefined;
}

function forwardToLeader(
  state: RaftState,
  entries: Entry[],
  from: MemberId = state.id,
): ProposeOutcome {
  const to = state.leader;
  if (to === NO_MEMBER) return dropped('no-leader');
  state.forward({ type: MessageType.MsgProp, to, from, entries });
  return { kind: 'forwarded', to };
}

function dropped(reason: DropReason): ProposeOutcome {
  return { kind: 'dropped', reason };
}
