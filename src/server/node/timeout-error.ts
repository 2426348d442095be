/** Why a request may have run out of time, as far as a member can tell (compat-facts 3). */
import type { MemberId } from '../../base/ids.ts';
import { ServerError } from '../errors.ts';
import type { Cluster } from '../membership/cluster.ts';
import type { PeerActivity } from '../membership/peer-activity.ts';

export interface TimeoutView {
  /** 0 when none is known. */
  readonly leader: MemberId;
  /**
   * Monotonic ms since when this member leads, or has led the last time: as in etcd, only who has
   * become leader itself speaks of the failure of the one before it.
   */
  readonly leaderSinceMs: number;
  readonly electionTimeoutMs: number;
  readonly cluster: Pick<Cluster, 'members' | 'localId'>;
  readonly peers: PeerActivity;
}

/** For a request that waited for raft all the time: there was no leader, or its log was full. */
export function neverTaken(): ServerError {
  return new ServerError('SERVER_NEVER_TAKEN', 'raft took no requests');
}

/** For a request that raft has taken, and that began at `startMs`, monotonic. */
export function timeoutError(startMs: number, view: TimeoutView): ServerError {
  const { leader, leaderSinceMs, electionTimeoutMs, cluster } = view;
  if (startMs > leaderSinceMs - 2 * electionTimeoutMs && startMs < leaderSinceMs) {
    return new ServerError('SERVER_TIMEOUT_LEADER_FAILED', 'a leader has failed meanwhile');
  }
  const isConnected =
    leader === cluster.localId
      ? connectedSince(startMs, view) > cluster.members.length / 2
      : leader === 0n || isConnectedSince(startMs, leader, view);
  return isConnected
    ? new ServerError('SERVER_TIMEOUT', 'request timed out')
    : new ServerError('SERVER_TIMEOUT_CONNECTION_LOST', 'connections were lost meanwhile');
}

/** Members connected all the time, this one included. */
function connectedSince(startMs: number, view: TimeoutView): number {
  const { members, localId } = view.cluster;
  return members.filter(({ id }) => id === localId || isConnectedSince(startMs, id, view)).length;
}

function isConnectedSince(startMs: number, id: MemberId, { peers }: TimeoutView): boolean {
  const sinceMs = peers.activeSince(id);
  return sinceMs !== undefined && sinceMs < startMs;
}
