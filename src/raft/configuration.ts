/**
 * Who takes part: voters elect and commit, learners only receive (Raft §6 and thesis §4.2.1).
 * Immutable. A change of one member leads straight to the next configuration, for any two
 * majorities overlap; a larger one leads through a joint configuration, in which the voters
 * before and after it both decide. etcd servers make changes of the first kind only.
 */
import type { MemberId } from '../base/ids.ts';
import {
  type ConfChange,
  type ConfChangeSingle,
  ConfChangeTransition,
  ConfChangeType,
  type ConfChangeV2,
  ConfState,
} from '../pb/index.ts';
import { RaftError } from './errors.ts';

export interface Configuration {
  readonly voters: ReadonlySet<MemberId>;
  readonly learners: ReadonlySet<MemberId>;
  /** The voters before a joint change, which decide too until it is left; else empty. */
  readonly votersOutgoing: ReadonlySet<MemberId>;
  /** Outgoing voters that become learners when the joint configuration is left. */
  readonly learnersNext: ReadonlySet<MemberId>;
  /** Whether the leader leaves the joint configuration by itself. */
  readonly autoLeave: boolean;
}

/** Throws RAFT_CONF_UNSUPPORTED for a state that contradicts itself. */
export function configurationOf(state: ConfState): Configuration {
  const configuration = {
    voters: new Set(state.voters),
    learners: new Set(state.learners),
    votersOutgoing: new Set(state.votersOutgoing),
    learnersNext: new Set(state.learnersNext),
    autoLeave: state.autoLeave,
  };
  for (const id of configuration.learners) {
    if (isVoter(configuration, id)) throw unsupported(`${id} is voter and learner at once`);
  }
  for (const id of configuration.learnersNext) {
    const isOutgoing = configuration.votersOutgoing.has(id) && !configuration.voters.has(id);
    if (!isOutgoing) throw unsupported(`${id} becomes a learner but is no outgoing voter`);
  }
  return configuration;
}

/** The wire form, with ids in ascending order. */
export function confStateOf(configuration: Configuration): ConfState {
  return ConfState.create({
    voters: ascending(configuration.voters),
    learners: ascending(configuration.learners),
    votersOutgoing: ascending(configuration.votersOutgoing),
    learnersNext: ascending(configuration.learnersNext),
    autoLeave: configuration.autoLeave,
  });
}

function ascending(ids: ReadonlySet<MemberId>): MemberId[] {
  return [...ids].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

export function isJoint({ votersOutgoing }: Configuration): boolean {
  return votersOutgoing.size > 0;
}

export function isVoter({ voters, votersOutgoing }: Configuration, id: MemberId): boolean {
  return voters.has(id) || votersOutgoing.has(id);
}

/** Everyone who gets the log. */
export function membersOf(configuration: Configuration): Set<MemberId> {
  const { voters, votersOutgoing, learners } = configuration;
  return new Set([...voters, ...votersOutgoing, ...learners]);
}

/** Everyone whose vote is asked for. */
export function votersOf({ voters, votersOutgoing }: Configuration): ReadonlySet<MemberId> {
  return votersOutgoing.size === 0 ? voters : new Set([...voters, ...votersOutgoing]);
}

/**
 * The configuration after `change`. Node id 0 changes nothing: a change that was refused after
 * its entry was committed is applied in that form. Throws RAFT_CONF_UNSUPPORTED for a change that
 * is not possible in this configuration, or of a type that is not known.
 */
export function withChange(
  configuration: Configuration,
  change: ConfChange | ConfChangeV2,
): Configuration {
  if (!('changes' in change)) return withSingleChange(configuration, change);
  if (isLeaveJoint(change)) return leaveJoint(configuration);
  const [single, ...others] = change.changes;
  const isAuto = change.transition === ConfChangeTransition.ConfChangeTransitionAuto;
  const isSimple = isAuto && single !== undefined && others.length === 0;
  return isSimple ? withSingleChange(configuration, single) : enterJoint(configuration, change);
}

/** Whether `change` asks to leave a joint configuration. */
export function isLeaveJoint(change: ConfChange | ConfChangeV2): boolean {
  if (!('changes' in change)) return false;
  const { transition, changes } = change;
  return changes.length === 0 && transition === ConfChangeTransition.ConfChangeTransitionAuto;
}

function withSingleChange(configuration: Configuration, change: ConfChangeSingle): Configuration {
  if (change.nodeId === 0n) return configuration;
  if (isJoint(configuration)) throw unsupported('a joint configuration can only be left');
  return changed(configuration, [change]);
}

function enterJoint(
  configuration: Configuration,
  { transition, changes }: ConfChangeV2,
): Configuration {
  if (isJoint(configuration)) throw unsupported('a joint configuration can only be left');
  if (configuration.voters.size === 0) throw unsupported('nobody could leave the configuration');
  const autoLeave = transition !== ConfChangeTransition.ConfChangeTransitionJointExplicit;
  const joint = { ...configuration, votersOutgoing: configuration.voters, autoLeave };
  return changed(joint, changes);
}

function leaveJoint(configuration: Configuration): Configuration {
  if (!isJoint(configuration)) throw unsupported('only a joint configuration can be left');
  return {
    voters: configuration.voters,
    learners: new Set([...configuration.learners, ...configuration.learnersNext]),
    votersOutgoing: new Set(),
    learnersNext: new Set(),
    autoLeave: false,
  };
}

function changed(
  configuration: Configuration,
  changes: readonly ConfChangeSingle[],
): Configuration {
  const voters = new Set(configuration.voters);
  const learners = new Set(configuration.learners);
  const learnersNext = new Set(configuration.learnersNext);
  for (const { nodeId: id, type } of changes) {
    if (id === 0n) continue;
    switch (type) {
      case ConfChangeType.ConfChangeAddNode:
        learners.delete(id);
        learnersNext.delete(id);
        voters.add(id);
        break;
      case ConfChangeType.ConfChangeAddLearnerNode:
        voters.delete(id);
        // As an outgoing voter it still votes, and nobody is voter and learner at once.
        if (configuration.votersOutgoing.has(id)) learnersNext.add(id);
        else learners.add(id);
        break;
      case ConfChangeType.ConfChangeRemoveNode:
        voters.delete(id);
        learners.delete(id);
        learnersNext.delete(id);
        break;
      case ConfChangeType.ConfChangeUpdateNode:
        break;
      default:
        throw unsupported(`unknown ConfChange type ${type}`);
    }
  }
  return { ...configuration, voters, learners, learnersNext };
}

function unsupported(message: string): RaftError {
  return new RaftError('RAFT_CONF_UNSUPPORTED', message);
}
