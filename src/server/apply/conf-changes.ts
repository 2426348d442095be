/**
 * Applies one committed membership change: checks it against the members as they now are, hands
 * it to raft, then changes the member list. A change that is no longer valid reaches raft as a
 * no-op with node id 0, on every member alike (compat-facts 9).
 */
import { assert } from '../../base/assert.ts';
import { utf8Text } from '../../base/utf8.ts';
import {
  ConfChange,
  ConfChangeTransition,
  ConfChangeType,
  type ConfChangeV2,
  type ConfState,
} from '../../pb/index.ts';
import type { Cluster } from '../membership/cluster.ts';
import { MembershipError } from '../membership/errors.ts';
import { type ConfChangeContext, hexId, parseMember } from '../membership/member.ts';
import { UnsupportedEntryError } from './unsupported-entry-error.ts';

/** What raft offers the applier. */
export interface ConfChangeTarget {
  /** Applies the change to the voting configuration; node id 0 changes nothing. */
  applyConfChange(change: ConfChange | ConfChangeV2): ConfState;
}

export interface AppliedConfChange {
  /** The voting configuration after the change. */
  readonly confState: ConfState;
  /** Why the change was turned into a no-op; undefined when it took effect. */
  readonly rejected: MembershipError | undefined;
  /** True when this member is no longer part of the cluster. */
  readonly removedSelf: boolean;
}

/**
 * The change of one member that an entry asks for; undefined when it only leaves a joint
 * configuration, in which the members have changed already. Throws UnsupportedEntryError for one
 * that changes several at once: its members cannot be known, as an entry describes one at most.
 * etcd servers write changes of the first kind alone, and stop at others.
 */
export function memberChangeOf(change: ConfChange | ConfChangeV2): ConfChange | undefined {
  if (!('changes' in change)) return change;
  const { transition, changes, context } = change;
  const isAuto = transition === ConfChangeTransition.ConfChangeTransitionAuto;
  const [single, ...others] = changes;
  if (!isAuto || others.length > 0) throw new UnsupportedEntryError('a joint membership change');
  return single === undefined ? undefined : ConfChange.create({ ...single, context });
}

export function applyConfChange(
  change: ConfChange,
  cluster: Cluster,
  raft: ConfChangeTarget,
): AppliedConfChange {
  try {
    checkConfChange(change, cluster);
  } catch (error) {
    if (!(error instanceof MembershipError)) throw error;
    const confState = raft.applyConfChange(ConfChange.create({ ...change, nodeId: 0n }));
    return { confState, rejected: error, removedSelf: false };
  }
  const confState = raft.applyConfChange(change);
  changeMembers(change, cluster);
  const removedSelf =
    change.type === ConfChangeType.ConfChangeRemoveNode && change.nodeId === cluster.localId;
  return { confState, rejected: undefined, removedSelf };
}

/** Throws MembershipError when `change` contradicts the members as they are. */
function checkConfChange(change: ConfChange, cluster: Cluster): void {
  if (cluster.isRemoved(change.nodeId)) {
    throw new MembershipError(
      'MEMBERSHIP_ID_REMOVED',
      `member ${hexId(change.nodeId)} was removed`,
    );
  }
  switch (change.type) {
    case ConfChangeType.ConfChangeAddNode:
    case ConfChangeType.ConfChangeAddLearnerNode: {
      const context = contextOf(change);
      if (context.isPromote) cluster.checkPromote(change.nodeId);
      else cluster.checkAdd(context);
      return;
    }
    case ConfChangeType.ConfChangeRemoveNode:
      cluster.checkExists(change.nodeId);
      return;
    case ConfChangeType.ConfChangeUpdateNode:
      cluster.checkUpdate(change.nodeId, contextOf(change).peerURLs);
      return;
    default:
      throw new UnsupportedEntryError(`membership change ${String(change.type)}`);
  }
}

function changeMembers(change: ConfChange, cluster: Cluster): void {
  switch (change.type) {
    case ConfChangeType.ConfChangeAddNode:
    case ConfChangeType.ConfChangeAddLearnerNode: {
      const context = contextOf(change);
      assert(context.id === change.nodeId, 'a conf change and its context name one member');
      if (context.isPromote) cluster.promote(context.id);
      else cluster.add(context);
      return;
    }
    case ConfChangeType.ConfChangeRemoveNode:
      cluster.remove(change.nodeId);
      return;
    case ConfChangeType.ConfChangeUpdateNode:
      cluster.updatePeerURLs(change.nodeId, contextOf(change).peerURLs);
      return;
    default:
      assert(false, 'checkConfChange has seen the type');
  }
}

function contextOf(change: ConfChange): ConfChangeContext {
  const json = change.context === undefined ? undefined : utf8Text(change.context);
  if (json === undefined) {
    throw new MembershipError('MEMBERSHIP_BAD_JSON', 'a conf change carries no member JSON');
  }
  return parseMember(json);
}
