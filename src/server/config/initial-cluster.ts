/** The first members of a cluster, which only a member without data needs to know. */
import type { Config } from './config.ts';
import { ConfigError, messageOf } from './errors.ts';
import { quoted } from './go-values.ts';
import { type MemberUrl, parseMemberUrl, urlTexts } from './member-url.ts';

export interface InitialMember {
  readonly name: string;
  /** Sorted by text. */
  readonly peerUrls: readonly MemberUrl[];
}

/**
 * The one member of the new cluster, checked as etcd checks before it bootstraps. Throws
 * CONFIG_INVALID for a cluster that cannot be, CONFIG_REFUSED for one of several members and for
 * joining one that exists. A member that has data never asks: the flags may then say anything.
 */
export function initialClusterOf(config: Config): InitialMember {
  const members = parseInitialCluster(config.initialCluster);
  const own = members.get(config.name);
  if (own === undefined) {
    const name = quoted(config.name);
    throw invalid(`couldn't find local name ${name} in the initial cluster configuration`);
  }
  const advertised = [...config.initialAdvertisePeerUrls];
  if (config.initialClusterState === 'new') checkAdvertised(config.name, own, advertised);
  checkDuplicates(members);
  if (config.initialClusterState === 'existing') {
    throw refused('--initial-cluster-state=existing: joining a cluster is not built yet');
  }
  if (members.size > 1) {
    throw refused(`--initial-cluster names ${members.size} members, of which one is built yet`);
  }
  return { name: config.name, peerUrls: own };
}

/** Reads `name=URL,name=URL`, where a name may come several times. */
function parseInitialCluster(text: string): Map<string, readonly MemberUrl[]> {
  const members = new Map<string, MemberUrl[]>();
  for (const pair of text.split(',')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const url = equals < 0 ? '' : pair.slice(equals + 1);
    members.set(name, [...(members.get(name) ?? []), memberUrl(url.trim())]);
  }
  for (const urls of members.values()) urls.sort((a, b) => (a.text < b.text ? -1 : 1));
  return members;
}

function memberUrl(text: string): MemberUrl {
  try {
    return parseMemberUrl(text);
  } catch (error) {
    throw invalid(`error setting up initial cluster: ${messageOf(error)}`);
  }
}

/** Compares texts; host names are not resolved, so two names of one address do not match. */
function checkAdvertised(
  name: string,
  own: readonly MemberUrl[],
  advertised: readonly MemberUrl[],
): void {
  const inCluster = urlTexts(own);
  const inFlag = urlTexts(advertised).sort();
  const unadvertised = inCluster.filter((text) => !inFlag.includes(text));
  if (unadvertised.length > 0) {
    const missing = unadvertised.map((text) => `${name}=${text}`).join(',');
    throw invalid(
      `--initial-cluster has ${missing} but missing from ` +
        `--initial-advertise-peer-urls=${inFlag.join(',')}`,
    );
  }
  const unlisted = inFlag.filter((text) => !inCluster.includes(text));
  if (unlisted.length > 0) {
    throw invalid(
      `--initial-advertise-peer-urls has ${unlisted.join(',')} but missing from ` +
        `--initial-cluster=${inCluster.map((text) => `${name}=${text}`).join(',')}`,
    );
  }
}

function checkDuplicates(members: ReadonlyMap<string, readonly MemberUrl[]>): void {
  const pairs = [...members].flatMap(([name, urls]) => urls.map((url) => [name, url.text]));
  if (new Set(pairs.map(([, text]) => text)).size === pairs.length) return;
  const shown = pairs.map((pair) => pair.join('=')).sort();
  throw invalid(`initial cluster ${shown.join(',')} has duplicate url`);
}

function invalid(message: string): ConfigError {
  return new ConfigError('CONFIG_INVALID', message);
}

function refused(message: string): ConfigError {
  return new ConfigError('CONFIG_REFUSED', message);
}
