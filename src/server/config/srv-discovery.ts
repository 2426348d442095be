/** The first members of a cluster, from the SRV records of a DNS domain (`--discovery-srv`). */
import type { Config } from './config.ts';
import { ConfigError, messageOf } from './errors.ts';
import type { MemberUrl } from './member-url.ts';
import type { NameResolver, ServiceRecord } from './name-resolver.ts';
import { hostAndPort } from './same-urls.ts';

export type SrvConfig = Pick<
  Config,
  'name' | 'discoverySrv' | 'discoverySrvName' | 'initialAdvertisePeerUrls'
>;

/** The records of one service, and the scheme of the URLs that they make. */
interface Service {
  readonly name: string;
  readonly scheme: 'http' | 'https';
}

/**
 * What the records say, as `name=URL` pairs: this member under its own name, which it knows by an
 * address that it advertises, the others under numbers. Throws when there is none.
 */
export async function discoveredPairs(config: SrvConfig, names: NameResolver): Promise<string[]> {
  const suffix = config.discoverySrvName === '' ? '' : `-${config.discoverySrvName}`;
  const services: Service[] = [
    { name: `etcd-server-ssl${suffix}`, scheme: 'https' },
    { name: `etcd-server${suffix}`, scheme: 'http' },
  ];
  const pairs: string[] = [];
  const problems: string[] = [];
  for (const service of services) {
    try {
      pairs.push(...(await pairsOf(service, config, names)));
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  if (pairs.length === 0) throw invalid(problems.join('\n'));
  return pairs;
}

async function pairsOf(
  service: Service,
  config: SrvConfig,
  names: NameResolver,
): Promise<string[]> {
  const own = new Map<string, MemberUrl>();
  for (const url of config.initialAdvertisePeerUrls) {
    if ('host' in url) own.set(await addressOf(url.host, url.port, names), url);
  }
  const pairs: string[] = [];
  let problem = '';
  let unnamed = 0;
  try {
    for (const record of await names.services(service.name, config.discoverySrv)) {
      const pair = await urlOf(record, service, own, names);
      if ('problem' in pair) {
        problem = pair.problem;
        continue;
      }
      pairs.push(`${pair.isOwn ? config.name : unnamed++}=${pair.url}`);
    }
  } catch (error) {
    problem = messageOf(error);
  }
  if (pairs.length > 0 || problem === '') return pairs;
  throw invalid(`error querying DNS SRV records for _${service.name} ${problem}`);
}

async function urlOf(
  { target, port }: ServiceRecord,
  { name, scheme }: Service,
  own: ReadonlyMap<string, MemberUrl>,
  names: NameResolver,
): Promise<{ readonly isOwn: boolean; readonly url: string } | { readonly problem: string }> {
  const host = target.replace(/\.$/, '');
  const url = `${scheme}://${hostAndPort(host, port)}`;
  try {
    const expected = own.get(await addressOf(host, port, names));
    if (expected === undefined || expected.scheme === scheme) {
      return { isOwn: expected !== undefined, url };
    }
    const peer = expected.text;
    return {
      problem: `bootstrap at ${url} from DNS for ${name} has scheme mismatch with expected peer ${peer}`,
    };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

async function addressOf(host: string, port: number, names: NameResolver): Promise<string> {
  return hostAndPort(await names.address(host), port);
}

function invalid(message: string): ConfigError {
  return new ConfigError('CONFIG_INVALID', message);
}
