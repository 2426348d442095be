/**
 * Who takes part: voters elect and commit, learners only receive (Raft §6 and thesis §4.2.1).
 * Immutable; changes go one member at a time, so that any two majorities overlap.
 */
import type { MemberId } from '../base/ids.ts';
import { type ConfChange, ConfChangeType, ConfState } from '../pb/index.ts';
import { RaftError } from './errors.ts';

export interface Configuration {
  readonly voters: ReadonlySet<MemberId>;
  readonly learners: ReadonlySet<MemberId>;
}

/** Throws RAFT_CONF_UNSUPPORTED for a joint configuration, which etcd servers never make. */
export function configurationOf(state: ConfState): Configuration {
  if (state.votersOutgoing.length > 0 || state.learnersNext.length > 0) {
    throw new RaftError('RAFT_CONF_UNSUPPORTED', 'joint configurations are not supported');
  }
  return { voters: new Set(state.voters), learners: new Set(state.learners) };
}

/** The wire form, with ids in ascending order. */
export function confStateOf(configuration: Configuration): ConfState {
  return ConfState.create({
    voters: ascending(configuration.voters),
    learners: ascending(configuration.learners),
  });
}

function ascending(ids: ReadonlySet<MemberId>): MemberId[] {
  return [...ids].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * The configuration after `change`. Node id 0 changes nothing: a change that was refused after
 * its entry was committed is applied in that form. Throws RAFT_CONF_UNSUPPORTED for other types.
 */
export function withChange(configuration: Configuration, change: ConfChange): Configuration {
  const id = change.nodeId;
  if (id === 0n) return configuration;
  const voters = new Set(configuration.voters);
  const learners = new Set(configuration.learners);
  switch (change.type) {
    case ConfChangeType.ConfChangeAddNode:
      learners.delete(id);
      voters.add(id);
      break;
    case ConfChangeType.ConfChangeAddLearnerNode:
      voters.delete(id);
      learners.add(id);
      break;
    case ConfChangeType.ConfChangeRemoveNode:
      voters.delete(id);
      learners.delete(id);
      break;
    case ConfChangeType.ConfChangeUpdateNode:
      break;
    default:
      throw new RaftError('RAFT_CONF_UNSUPPORTED', `unknown ConfChange type ${change.type}`);
  }
  return { voters, learners };
}
