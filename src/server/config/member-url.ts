/**
 * URLs that a member listens on or advertises, read and refused as etcd does (its list type over
 * Go's `net/url`). The text is kept as given, since it goes into member records and compares there.
 */
import { ConfigError } from './errors.ts';
import { quoted } from './go-values.ts';

/** `host` has no brackets; `port` 0 lets the system choose. `text` is the URL as etcd prints it. */
export interface TcpUrl {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly text: string;
}

/** `path` is that of the socket file. */
export interface UnixUrl {
  readonly scheme: 'unix' | 'unixs';
  readonly path: string;
  readonly text: string;
}

export type MemberUrl = TcpUrl | UnixUrl;

/** Reads a comma-separated list: sorted by text, each URL once. Throws CONFIG_VALUE. */
export function parseUrlList(list: string): readonly MemberUrl[] {
  const byText = new Map<string, MemberUrl>();
  for (const item of list.split(',')) {
    const url = parseMemberUrl(item.trim());
    byText.set(url.text, url);
  }
  return [...byText.values()].sort((a, b) => (a.text < b.text ? -1 : 1));
}

/**
 * The URLs of a member as requests name them: sorted by text, repeated ones too. Throws CONFIG_VALUE
 * for one that is none, and for an empty list.
 */
export function memberUrlTexts(texts: readonly string[]): string[] {
  if (texts.length === 0) throw invalid('no valid URLs given');
  return texts.map((text) => parseMemberUrl(text.trim()).text).sort();
}

export function parseMemberUrl(text: string): MemberUrl {
  const { scheme, authority, path } = splitUrl(text);
  const normal = `${scheme}${text.slice(scheme.length)}`;
  switch (scheme) {
    case 'http':
    case 'https': {
      const address = splitHostPort(authority);
      if (address === undefined) {
        throw invalid(`URL address does not have the form "host:port": ${text}`);
      }
      if (path !== '') throw invalid(`URL must not contain a path: ${text}`);
      return { scheme, ...address, text: normal };
    }
    case 'unix':
    case 'unixs':
      return { scheme, path: authority + path, text: normal };
    default:
      throw invalid(`URL scheme must be http, https, unix, or unixs: ${text}`);
  }
}

interface UrlParts {
  /** In lower case; empty when the text has none. */
  readonly scheme: string;
  /** Host and port, without user information. */
  readonly authority: string;
  readonly path: string;
}

function splitUrl(text: string): UrlParts {
  if (text.startsWith(':')) throw unparsable(text, 'missing protocol scheme');
  const scheme = /^([a-zA-Z][a-zA-Z\d+.-]*):/.exec(text)?.[1] ?? '';
  const rest = (scheme === '' ? text : text.slice(scheme.length + 1)).replace(/[?#].*$/, '');
  if (scheme === '' && /^[^/]*:/.test(rest)) {
    throw unparsable(text, 'first path segment in URL cannot contain colon');
  }
  const parts = /^\/\/(?<authority>[^/]*)(?<path>.*)$/s.exec(rest)?.groups;
  const authority = (parts?.['authority'] ?? '').replace(/^.*@/, '');
  checkAuthority(text, authority);
  return { scheme: scheme.toLowerCase(), authority, path: parts?.['path'] ?? '' };
}

function checkAuthority(text: string, authority: string): void {
  const port = authority.startsWith('[')
    ? checkIpLiteral(text, authority)
    : (/:[^:]*$/.exec(authority)?.[0] ?? '');
  if (!/^(?::\d*)?$/.test(port)) throw unparsable(text, `invalid port ${quoted(port)} after host`);
  const odd = /[\s\\^`{|}]/.exec(authority)?.[0];
  if (odd !== undefined) throw unparsable(text, `invalid character ${quoted(odd)} in host name`);
}

/** Checks the address, with a zone or without, of `[address]rest`; returns the rest. */
function checkIpLiteral(text: string, authority: string): string {
  const end = authority.indexOf(']');
  if (end < 0) throw unparsable(text, "missing ']' in host");
  const address = authority.slice(1, end).replace(/%25.+$/, '');
  if (IPV4.test(address)) throw unparsable(text, 'invalid IP-literal');
  if (!isIpv6(address)) throw unparsable(text, 'invalid host');
  return authority.slice(end + 1);
}

/** Host and port of `host:port` or `[host]:port`, or undefined when it has another form. */
function splitHostPort(authority: string): { host: string; port: number } | undefined {
  const parts = /^(?:\[(?<bracketed>[^[\]]*)\]|(?<plain>[^:[\]]*)):(?<port>\d*)$/.exec(authority);
  if (parts === null) return undefined;
  const { bracketed, plain = '', port = '' } = parts.groups ?? {};
  return { host: bracketed ?? plain, port: Number(port) };
}

/** Throws CONFIG_INVALID unless every URL can be bound to: an address, `localhost` or a socket. */
export function checkBindUrls(urls: readonly MemberUrl[]): void {
  for (const url of urls) {
    if ('path' in url) continue;
    if (url.host !== 'localhost' && !isIpAddress(url.host)) {
      throw new ConfigError('CONFIG_INVALID', `expected IP in URL for binding (${url.text})`);
    }
    if (url.port > 0xffff) {
      throw new ConfigError('CONFIG_INVALID', `listen tcp: address ${url.port}: invalid port`);
    }
  }
}

/** Throws CONFIG_INVALID unless every URL names a host that others could connect to. */
export function checkAdvertiseUrls(flag: string, urls: readonly MemberUrl[]): void {
  for (const url of urls) {
    if ('path' in url || url.host !== '') continue;
    const all = urlTexts(urls).join(',');
    throw new ConfigError(
      'CONFIG_INVALID',
      `--${flag} ${quoted(all)} must be "host:port" (unexpected empty host (${url.text}))`,
    );
  }
}

export function urlTexts(urls: readonly MemberUrl[]): string[] {
  return urls.map((url) => url.text);
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

function isIpAddress(host: string): boolean {
  return IPV4.test(host) || isIpv6(host);
}

function isIpv6(host: string): boolean {
  return host.includes(':') && URL.canParse(`http://[${host}]`);
}

function invalid(message: string): ConfigError {
  return new ConfigError('CONFIG_VALUE', message);
}

function unparsable(text: string, reason: string): ConfigError {
  return invalid(`parse ${quoted(text)}: ${reason}`);
}
