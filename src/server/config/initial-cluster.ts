/** The first members of a cluster, which only a member without data needs to know. */
import type { Config } from './config.ts';
import { ConfigError, messageOf } from './errors.ts';
import { quoted } from './go-values.ts';
import { type MemberUrl, parseMemberUrl, urlTexts } from './member-url.ts';
import type { NameResolver } from './name-resolver.ts';
import { urlDifference } from './same-urls.ts';
import { discoveredPairs } from './srv-discovery.ts';

export interface InitialMember {
  readonly name: string;
  /** Sorted by text. */
  readonly peerUrls: readonly MemberUrl[];
}

export interface InitialCluster {
  /** This member, which is one of the others, too. */
  readonly own: InitialMember;
  readonly members: readonly InitialMember[];
}

/** Peer URLs of each name. */
export type UrlsByName = ReadonlyMap<string, readonly MemberUrl[]>;

/** What a member says of itself. */
type OwnPlace = Pick<Config, 'name' | 'initialClusterState' | 'initialAdvertisePeerUrls'>;

/**
 * The members that a new cluster starts with, or that the cluster to join has; checked as etcd
 * checks before it bootstraps. Rejects with CONFIG_INVALID. A member that has data never asks: the
 * flags may then say anything.
 */
export async function initialClusterOf(
  config: Config,
  names: NameResolver,
): Promise<InitialCluster> {
  return checkedCluster(await urlsByName(config, names), config, names);
}

/** The cluster with these members, one of which must be `own`. Rejects with CONFIG_INVALID. */
export async function checkedCluster(
  urls: UrlsByName,
  own: OwnPlace,
  names: NameResolver,
): Promise<InitialCluster> {
  const ownUrls = urls.get(own.name);
  if (ownUrls === undefined) {
    const name = quoted(own.name);
    throw invalid(`couldn't find local name ${name} in the initial cluster configuration`);
  }
  if (own.initialClusterState === 'new') await checkAdvertised(own, ownUrls, names);
  checkDuplicates(urls);
  const members = [...urls].map(([name, peerUrls]) => ({ name, peerUrls }));
  return { own: { name: own.name, peerUrls: ownUrls }, members };
}

async function urlsByName(config: Config, names: NameResolver): Promise<UrlsByName> {
  try {
    if (config.discoverySrv === '') return parseInitialCluster(config.initialCluster);
    const pairs = await discoveredPairs(config, names);
    const urls = parseInitialCluster(pairs.join(','));
    if (urls.has(config.name)) return urls;
  } catch (error) {
    throw invalid(`error setting up initial cluster: ${messageOf(error)}`);
  }
  const name = quoted(config.name);
  throw invalid(
    `error setting up initial cluster: cannot find local etcd member ${name} in SRV records`,
  );
}

/** Reads `name=URL,name=URL`, where a name may come several times. Throws CONFIG_VALUE. */
export function parseInitialCluster(text: string): UrlsByName {
  const members = new Map<string, MemberUrl[]>();
  for (const pair of text.split(',')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const url = equals < 0 ? '' : pair.slice(equals + 1);
    members.set(name, [...(members.get(name) ?? []), parseMemberUrl(url.trim())]);
  }
  for (const urls of members.values()) urls.sort((a, b) => (a.text < b.text ? -1 : 1));
  return members;
}

async function checkAdvertised(
  { name, initialAdvertisePeerUrls }: OwnPlace,
  own: readonly MemberUrl[],
  names: NameResolver,
): Promise<void> {
  const difference = await urlDifference(initialAdvertisePeerUrls, own, names);
  if (difference === undefined) return;
  const inCluster = urlTexts(own);
  const inFlag = urlTexts(initialAdvertisePeerUrls).sort();
  const pairs = (texts: readonly string[]): string =>
    texts.map((text) => `${name}=${text}`).join(',');
  const unadvertised = inCluster.filter((text) => !inFlag.includes(text));
  if (unadvertised.length > 0) {
    throw invalid(
      `--initial-cluster has ${pairs(unadvertised)} but missing from ` +
        `--initial-advertise-peer-urls=${inFlag.join(',')} (${difference})`,
    );
  }
  const unlisted = inFlag.filter((text) => !inCluster.includes(text));
  if (unlisted.length > 0) {
    // etcd shows what is advertised here as the initial cluster.
    throw invalid(
      `--initial-advertise-peer-urls has ${unlisted.join(',')} but missing from ` +
        `--initial-cluster=${pairs(inFlag)}`,
    );
  }
  throw invalid(
    `failed to resolve ${inFlag.join(',')} to match --initial-cluster=${pairs(inFlag)} (${difference})`,
  );
}

function checkDuplicates(members: UrlsByName): void {
  const pairs = [...members].flatMap(([name, urls]) => urls.map((url) => [name, url.text]));
  if (new Set(pairs.map(([, text]) => text)).size === pairs.length) return;
  const shown = pairs.map((pair) => pair.join('=')).sort();
  throw invalid(`initial cluster ${shown.join(',')} has duplicate url`);
}

function invalid(message: string): ConfigError {
  return new ConfigError('CONFIG_INVALID', message);
}
