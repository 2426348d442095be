/** Finding one's place in a cluster that exists (`--initial-cluster-state=existing`). */
import type { MemberId } from '../../base/ids.ts';
import { CLUSTER_VERSION_MIN } from '../check-version.ts';
import type { InitialCluster, InitialMember } from '../config/initial-cluster.ts';
import { parseMemberUrl } from '../config/member-url.ts';
import type { NameResolver } from '../config/name-resolver.ts';
import { urlDifference } from '../config/same-urls.ts';
import { ServerError } from '../errors.ts';
import { hexId, type Member } from '../membership/member.ts';
import {
  CLUSTER_VERSION_UNSURE,
  isLower,
  isSameMinor,
  type MemberVersions,
  parseVersion,
  versionText,
} from '../membership/versions.ts';
import { CLUSTER_VERSION } from '../version.ts';
import { type FoundCluster, firstAnswer, type RemoteCluster } from './remote-cluster.ts';

/**
 * The id that `initial.own` has in `found`. Both must hold the same members, which are told by
 * their URLs; `initial` in the order in which they are compared. Rejects with SERVER_START_REFUSED.
 */
export async function ownIdIn(
  found: FoundCluster,
  initial: InitialCluster,
  names: NameResolver,
): Promise<MemberId> {
  const refuse = (reason: string): ServerError =>
    refused(`error validating peerURLs ${clusterText(found)}: ${reason}`);
  if (found.members.length !== initial.members.length) throw refuse('member count is unequal');
  const ids = new Map<string, MemberId>();
  for (const member of found.members) {
    const match = await matchOf(member, initial.members, names);
    if ('name' in match) {
      ids.set(match.name, member.id);
    } else {
      const shown = `${hexId(member.id)}, [${member.peerURLs.join(' ')}]`;
      const reason = `PeerURLs: no match found for existing member (${shown})`;
      throw refuse(`${reason}, last resolver error (${match.difference})`);
    }
  }
  const own = ids.get(initial.own.name);
  // Two members found would have to have the same URLs.
  if (own === undefined) throw refuse(`no member found for ${initial.own.name}`);
  return own;
}

async function matchOf(
  member: Member,
  candidates: readonly InitialMember[],
  names: NameResolver,
): Promise<InitialMember | { readonly difference: string }> {
  const urls = member.peerURLs.map(parseMemberUrl);
  let difference = '';
  for (const candidate of candidates) {
    const found = await urlDifference(urls, candidate.peerUrls, names);
    if (found === undefined) return candidate;
    difference = found;
  }
  return { difference };
}

/**
 * Rejects with SERVER_START_REFUSED unless some of `others` tell the version of the cluster, and
 * all that do tell one that this member can work at. Whether the cluster is being downgraded does
 * not matter (docs/decisions/0007).
 */
export async function checkVersions(
  others: readonly Member[],
  remote: RemoteCluster,
  timeoutMs: number,
): Promise<void> {
  const answers = await Promise.all(
    others.map(({ peerURLs }) => firstAnswer(peerURLs, (url) => remote.versions(url, timeoutMs))),
  );
  const versions = answers.flatMap((answer) => versionTold(answer) ?? []);
  const refuse = (reason: string): ServerError =>
    refused(`incompatible with current running cluster: ${reason}`);
  if (versions.length === 0) throw refuse('no member tells its version');
  const other = versions.find(
    (version) => isLower(version, CLUSTER_VERSION_MIN) || isLower(CLUSTER_VERSION, version),
  );
  if (other !== undefined) {
    throw refuse(`it is at ${other}, not from ${CLUSTER_VERSION_MIN} to ${CLUSTER_VERSION}`);
  }
}

/**
 * The version of the cluster, as a member tells it. A cluster that waits for a member to tell its
 * version is at 3.0, and may wait for the very one that joins: then its servers count.
 */
function versionTold(answer: MemberVersions | undefined): string | undefined {
  const isUnsure = isSameMinor(answer?.cluster, versionText(CLUSTER_VERSION_UNSURE));
  const version = isUnsure ? answer?.server : answer?.cluster;
  return parseVersion(version ?? '') === undefined ? undefined : version;
}

/** As etcd prints a cluster in its errors. */
function clusterText({ id, members }: FoundCluster): string {
  const shown = members.map((member) => {
    const raft = `{PeerURLs:[${member.peerURLs.join(' ')}] IsLearner:${member.isLearner}}`;
    const attributes = `{Name:${member.name} ClientURLs:[${member.clientURLs.join(' ')}]}`;
    return `&{ID:${hexId(member.id)} RaftAttributes:${raft} Attributes:${attributes}}`;
  });
  return `{ClusterID:${hexId(id)} Members:[${shown.join(' ')}] RemovedMemberIDs:[]}`;
}

function refused(message: string): ServerError {
  return new ServerError('SERVER_START_REFUSED', message);
}
