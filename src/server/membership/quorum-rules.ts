/**
 * What `--strict-reconfig-check` refuses (compat-facts 1.5): changes of membership after which the
 * members that have started, or that are connected, would be fewer than a majority.
 */
import type { MemberId } from '../../base/ids.ts';
import { ServerError } from '../errors.ts';
import type { Cluster } from './cluster.ts';
import type { Member } from './member.ts';
import type { PeerActivity } from './peer-activity.ts';

/** Time for which a member has to be connected to count as healthy. */
const HEALTHY_MS = 5000;

export interface QuorumView {
  readonly cluster: Pick<Cluster, 'members' | 'member' | 'localId'>;
  readonly peers: PeerActivity;
  /** Monotonic. */
  readonly nowMs: number;
}

/**
 * Throws SERVER_NOT_ENOUGH_STARTED or SERVER_UNHEALTHY. A cluster of one may always grow, and
 * learners need nobody to have started, but a healthy majority.
 */
export function checkMayAdd({ isLearner }: Pick<Member, 'isLearner'>, view: QuorumView): void {
  const voters = votersOf(view);
  const started = startedOf(voters);
  const isAlone = started === 1 && voters.length === 1;
  if (!isLearner && !isAlone) checkStarted(started, voters.length + 1);
  if (voters.length === 1) return;
  if (connectedOf(voters, view) < majority(voters.length + 1)) throw unhealthy();
}

/** Throws SERVER_NOT_ENOUGH_STARTED or SERVER_UNHEALTHY. */
export function checkMayRemove(id: MemberId, view: QuorumView): void {
  const { cluster, peers } = view;
  if (cluster.member(id)?.isLearner === true) return;
  const voters = votersOf(view);
  const others = voters.filter((voter) => voter.id !== id);
  checkStarted(startedOf(others), others.length);
  // Who is not connected is not part of the majority that is at work.
  if (id !== cluster.localId && peers.activeSince(id) === undefined) return;
  if (connectedOf(voters, view) - 1 < majority(voters.length - 1)) throw unhealthy();
}

/** Throws SERVER_NOT_ENOUGH_STARTED. The learner itself counts as started. */
export function checkMayPromote(view: QuorumView): void {
  const voters = votersOf(view);
  checkStarted(startedOf(voters) + 1, voters.length + 1);
}

function votersOf({ cluster }: QuorumView): Member[] {
  return cluster.members.filter(({ isLearner }) => !isLearner);
}

/** A member has a name from when it has published itself, or from the initial cluster. */
function startedOf(members: readonly Member[]): number {
  return members.filter(({ name }) => name !== '').length;
}

function connectedOf(members: readonly Member[], { cluster, peers, nowMs }: QuorumView): number {
  return members.filter(({ id }) => {
    const sinceMs = peers.activeSince(id);
    return id === cluster.localId || (sinceMs !== undefined && sinceMs < nowMs - HEALTHY_MS);
  }).length;
}

function majority(count: number): number {
  return Math.floor(count / 2) + 1;
}

function checkStarted(started: number, count: number): void {
  if (started >= majority(count)) return;
  const text = 'started members would be fewer than a majority';
  throw new ServerError('SERVER_NOT_ENOUGH_STARTED', text);
}

function unhealthy(): ServerError {
  return new ServerError('SERVER_UNHEALTHY', 'connected members would be fewer than a majority');
}
