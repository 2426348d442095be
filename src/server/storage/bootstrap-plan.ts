/**
 * Who a member without data is, and how its log begins: as a founder of a new cluster, or empty, as
 * a member that joins one and gets everything from its leader (compat-facts 9).
 */

import { defined } from '../../base/assert.ts';
import { type Config, requestTimeoutMs } from '../config/config.ts';
import {
  type InitialCluster,
  type InitialMember,
  initialClusterOf,
} from '../config/initial-cluster.ts';
import { urlTexts } from '../config/member-url.ts';
import type { NameResolver } from '../config/name-resolver.ts';
import { ServerError } from '../errors.ts';
import { clusterId, memberId } from '../membership/ids.ts';
import { hexId, type Member } from '../membership/member.ts';
import { checkVersions, ownIdIn } from './join.ts';
import type { StorageIdentity } from './open-storage.ts';
import { firstAnswer, type RemoteCluster } from './remote-cluster.ts';

/** Time in which the members of a new cluster may say that this one has been in it before. */
const FOUNDED_TIMEOUT_MS = 1000;
/** Time for which a member of the cluster to join may take to name its members. */
const JOIN_TIMEOUT_MS = 10_000;

export interface BootstrapPlan extends StorageIdentity {
  /** The first members of a new cluster; undefined for one that is joined. */
  readonly founders: readonly Member[] | undefined;
  /** The other members, to be connected to before the log names any. */
  readonly others: readonly Member[];
}

export interface BootstrapPorts {
  readonly names: NameResolver;
  readonly remote: RemoteCluster;
}

/** Rejects with CONFIG_INVALID or SERVER_START_REFUSED. */
export async function planBootstrap(config: Config, ports: BootstrapPorts): Promise<BootstrapPlan> {
  const initial = await initialClusterOf(config, ports.names);
  return config.initialClusterState === 'new'
    ? planFounding(config, initial, ports)
    : planJoining(config, initial, ports);
}

async function planFounding(
  config: Config,
  initial: InitialCluster,
  { remote }: BootstrapPorts,
): Promise<BootstrapPlan> {
  const founders = initial.members.map(({ name, peerUrls }): Member => {
    const peerURLs = urlTexts(peerUrls);
    const id = memberId(peerURLs, config.initialClusterToken);
    return { id, peerURLs, isLearner: false, name, clientURLs: [] };
  });
  const own = defined(
    founders.find(({ name }) => name === config.name),
    'the initial cluster holds this member',
  );
  const others = founders.filter((founder) => founder !== own);
  const found = await firstAnswer(othersUrls(initial), (url) =>
    remote.cluster(url, FOUNDED_TIMEOUT_MS),
  );
  const known = found?.members.find(({ id }) => id === own.id);
  // With its data it has lost what it voted for and acknowledged: it must come back as another.
  if (known !== undefined && known.clientURLs.length > 0) {
    throw refused(`member ${hexId(own.id)} has already been bootstrapped`);
  }
  return { member: own.id, cluster: clusterId(founders.map(({ id }) => id)), founders, others };
}

async function planJoining(
  config: Config,
  initial: InitialCluster,
  { names, remote }: BootstrapPorts,
): Promise<BootstrapPlan> {
  const found = await firstAnswer(othersUrls(initial), (url) =>
    remote.cluster(url, JOIN_TIMEOUT_MS),
  );
  if (found === undefined) {
    const reason = 'could not retrieve cluster information from the given URLs';
    throw refused(`cannot fetch cluster info from peer urls: ${reason}`);
  }
  const members = inOrder(initial.members, config.initialClusterToken);
  const member = await ownIdIn(found, { ...initial, members }, names);
  const others = found.members.filter(({ id }) => id !== member);
  await checkVersions(others, remote, requestTimeoutMs(config));
  if (found.members.filter(({ isLearner }) => isLearner).length > config.learnersMax) {
    throw refused('membership: too many learner members in cluster');
  }
  return { member, cluster: found.id, founders: undefined, others };
}

/** By the ids that they would have in a new cluster: etcd's order, which its errors show. */
function inOrder(members: readonly InitialMember[], token: string): InitialMember[] {
  const idOf = ({ peerUrls }: InitialMember): bigint => memberId(urlTexts(peerUrls), token);
  return [...members].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

function othersUrls({ own, members }: InitialCluster): string[] {
  return members
    .filter(({ name }) => name !== own.name)
    .flatMap(({ peerUrls }) => urlTexts(peerUrls))
    .sort();
}

function refused(message: string): ServerError {
  return new ServerError('SERVER_START_REFUSED', message);
}
