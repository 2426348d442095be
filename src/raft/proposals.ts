/** Entries of clients on their way into the leader's log (Raft §5.3, §6, §8). */
import { assert } from '../base/assert.ts';
import { EMPTY_BYTES } from '../base/bytes.ts';
import type { LogIndex, MemberId, Term } from '../base/ids.ts';
import { ConfChange, Entry, EntryType, type Message, MessageType, WireError } from '../pb/index.ts';
import { withChange } from './configuration.ts';
import { type LeaderRole, NO_MEMBER, type RaftState } from './raft-state.ts';
import { broadcastAppend } from './replication.ts';

/**
 * - `no-leader`: none is known; try again later.
 * - `log-full`: too many bytes wait to be applied (`unappliedBytesMax`).
 * - `conf-change-pending`: an earlier change is not applied yet.
 * - `last-voter`: the change would leave nobody to vote.
 */
export type DropReason = 'no-leader' | 'log-full' | 'conf-change-pending' | 'last-voter';

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
  if (isFull(state)) return dropped('log-full');
  const index = state.log.lastIndex + 1;
  for (const data of payloads) append(state, EntryType.EntryNormal, data);
  broadcastAppend(state, role);
  return { kind: 'appended', index, term: state.term };
}

/** Proposes a change of the configuration; one at a time. */
export function proposeConfChange(state: RaftState, change: ConfChange): ProposeOutcome {
  const { role } = state;
  const data = ConfChange.encode(change);
  if (role.name !== 'leader') {
    return forwardToLeader(state, [Entry.create({ type: EntryType.EntryConfChange, data })]);
  }
  const refusal = confChangeRefusal(state, role, change);
  if (refusal !== undefined) return dropped(refusal);
  appendConfChange(state, role, data);
  broadcastAppend(state, role);
  return { kind: 'appended', index: state.log.lastIndex, term: state.term };
}

/** Takes in, or passes on, what another member forwarded. Nobody is told of what is dropped. */
export function handleProposal(state: RaftState, message: Message): void {
  const { role } = state;
  if (role.name !== 'leader') {
    forwardToLeader(state, message.entries, message.from);
    return;
  }
  if (isFull(state)) return;
  for (const { type, data } of message.entries) {
    if (type === EntryType.EntryNormal) append(state, type, data);
    else if (type === EntryType.EntryConfChange) offerConfChange(state, role, data ?? EMPTY_BYTES);
  }
  broadcastAppend(state, role);
}

function offerConfChange(state: RaftState, leader: LeaderRole, data: Uint8Array): void {
  const change = decodeConfChange(data);
  if (change === undefined || confChangeRefusal(state, leader, change) !== undefined) return;
  appendConfChange(state, leader, data);
}

/** The change in `data`, undefined when a peer sent something else. */
function decodeConfChange(data: Uint8Array): ConfChange | undefined {
  try {
    return ConfChange.decode(data);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

function confChangeRefusal(
  state: RaftState,
  leader: LeaderRole,
  change: ConfChange,
): DropReason | undefined {
  if (leader.pendingConfChange > state.log.applied) return 'conf-change-pending';
  // Nothing is pending, so the change will meet the configuration as it is now.
  const { voters } = withChange(state.configuration, change);
  return voters.size === 0 ? 'last-voter' : undefined;
}

function appendConfChange(state: RaftState, leader: LeaderRole, data: Uint8Array): void {
  append(state, EntryType.EntryConfChange, data);
  leader.pendingConfChange = state.log.lastIndex;
}

function append(state: RaftState, type: EntryType, data: Uint8Array | undefined): void {
  const { log, term } = state;
  log.push({ type, term, index: log.lastIndex + 1, data });
}

/** Checked before a batch and not for each entry: the bound is passed by one batch at most. */
function isFull(state: RaftState): boolean {
  return state.log.unappliedBytes >= state.options.unappliedBytesMax;
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
