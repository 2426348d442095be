/** The host names and addresses that a certificate is valid for, and Go's rules of matching them. */
import type { X509Certificate } from 'node:crypto';
import { isIP, isIPv6, SocketAddress } from 'node:net';

export interface SubjectNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** `KIND:value`, where a value that could be read in two ways is written as JSON. */
const NAME = /(?<kind>[^:,]+):(?<value>"(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/gy;

/** The alternative names of the subject; its common name is none. */
export function subjectNames({ subjectAltName = '' }: X509Certificate): SubjectNames {
  const dnsNames: string[] = [];
  const ipAddresses: string[] = [];
  for (const { groups } of subjectAltName.matchAll(NAME)) {
    const { kind = '', value: written = '' } = groups ?? {};
    const value = written.startsWith('"') ? String(JSON.parse(written)) : written;
    if (kind === 'DNS') dnsNames.push(value);
    if (kind === 'IP Address') ipAddresses.push(plainAddress(value));
  }
  return { dnsNames, ipAddresses };
}

/**
 * Whether the certificate is valid for `host`, a name or an address: an address equals one of its
 * addresses, a name one of its names, ASCII case aside, of which `*` may be the first label.
 */
export function isValidFor(host: string, { dnsNames, ipAddresses }: SubjectNames): boolean {
  const address = /^\[(.+)\]$/.exec(host)?.[1] ?? host;
  if (isIP(address) !== 0) return ipAddresses.includes(plainAddress(address));
  const wanted = host.toLowerCase();
  const labels = wanted.replace(/\.$/, '').split('.');
  const isName = labels.every((label) => LABEL.test(label));
  return dnsNames.some((name) => {
    const pattern = name.toLowerCase();
    const parts = pattern.split('.');
    const isPattern = parts.every((part, at) => LABEL.test(part) || (at === 0 && part === '*'));
    if (!isName || !isPattern || pattern === '*') return pattern === wanted && /[^.]/.test(wanted);
    return (
      parts.length === labels.length &&
      parts.every((part, at) => part === '*' || part === labels[at])
    );
  });
}

const LABEL = /^[a-z\d_][a-z\d_-]*$/;

/** Why no name is that of `host`, as Go says it. */
export function notValidFor(host: string, { dnsNames, ipAddresses }: SubjectNames): string {
  const isAddress = isIP(host) !== 0;
  if (isAddress && ipAddresses.length === 0) {
    return `x509: cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
  }
  const valid = (isAddress ? ipAddresses : dnsNames).join(', ');
  return valid === ''
    ? `x509: certificate is not valid for any names, but wanted to match ${host}`
    : `x509: certificate is valid for ${valid}, not ${host}`;
}

/** One text for each address: IPv6 has many, and IPv4 may be written as IPv6. */
export function plainAddress(address: string): string {
  if (!isIPv6(address)) return address;
  const { address: text } = new SocketAddress({ address, family: 'ipv6' });
  return text.replace(/^::ffff:(?=[\d.]+$)/, '');
}
