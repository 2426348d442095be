/**
 * Whether two lists of peer URLs lead to the same places: host names count as their addresses, as
 * with etcd. `localhost` and sockets stand for themselves.
 */
import { ConfigError, messageOf } from './errors.ts';
import { quoted } from './go-values.ts';
import type { MemberUrl } from './member-url.ts';
import type { NameResolver } from './name-resolver.ts';

/** A name may come to be known while the machines of a cluster start. */
const ATTEMPTS_MAX = 30;
const RETRY_MS = 1000;

/** Undefined when they are the same; else why not, in etcd's words. */
export async function urlDifference(
  a: readonly MemberUrl[],
  b: readonly MemberUrl[],
  names: NameResolver,
): Promise<string | undefined> {
  const [given, other] = [textsOf(a), textsOf(b)];
  if (given.length !== other.length) return `len(${listed(given)}) != len(${listed(other)})`;
  if (firstDifference(given, other) === undefined) return undefined;
  try {
    const resolved = [await resolvedTexts(a, names), await resolvedTexts(b, names)] as const;
    const differing = firstDifference(...resolved);
    if (differing === undefined) return undefined;
    return `resolved urls: ${quoted(differing[0])} != ${quoted(differing[1])}`;
  } catch (error) {
    return messageOf(error);
  }
}

function textsOf(urls: readonly MemberUrl[]): string[] {
  return urls.map(({ text }) => text).sort();
}

function listed(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(' ')}]`;
}

function firstDifference(
  a: readonly string[],
  b: readonly string[],
): readonly [string, string] | undefined {
  const at = a.findIndex((text, index) => text !== b[index]);
  return at < 0 ? undefined : [a[at] ?? '', b[at] ?? ''];
}

async function resolvedTexts(urls: readonly MemberUrl[], names: NameResolver): Promise<string[]> {
  const texts: string[] = [];
  for (const url of urls) texts.push(await resolvedText(url, names));
  return texts.sort();
}

async function resolvedText(url: MemberUrl, names: NameResolver): Promise<string> {
  if (!('host' in url) || url.host === 'localhost') return url.text;
  for (let attempt = 1; ; attempt++) {
    try {
      return `${url.scheme}://${hostAndPort(await names.address(url.host), url.port)}`;
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) {
        const text = `failed to resolve ${quoted(url.text)} (${messageOf(error)})`;
        throw new ConfigError('CONFIG_INVALID', text, error);
      }
      await names.pause(RETRY_MS);
    }
  }
}

/** An address and a port as one text. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
