/**
 * Whether a certificate is valid for where it is shown from: etcd's check of peers. A peer whose
 * key was stolen is then of no use elsewhere, as long as names and addresses can be trusted.
 */
import type { X509Certificate } from 'node:crypto';
import { lookup, reverse } from 'node:dns/promises';
import { messageOf } from '../../config/errors.ts';
import { isValidFor, notValidFor, plainAddress, subjectNames } from './subject-names.ts';
import { TlsError } from './tls-error.ts';

/** What the system knows of hosts. Both reject when there is nothing to tell. */
export interface Hosts {
  /** Without the dot at the end. */
  namesOf(address: string): Promise<readonly string[]>;
  addressesOf(name: string): Promise<readonly string[]>;
}

export const systemHosts: Hosts = {
  namesOf: async (address) => (await reverse(address)).map((name) => name.replace(/\.$/, '')),
  addressesOf: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
};

/**
 * Rejects with TLS_REFUSED for a certificate that has alternative names, of which none is `address`
 * or a name of it: one that leads there, or that it leads to; of `*.` only the latter counts.
 */
export async function checkAddress(
  certificate: X509Certificate,
  address: string,
  hosts: Hosts,
): Promise<void> {
  const names = subjectNames(certificate);
  const { dnsNames, ipAddresses } = names;
  if (dnsNames.length === 0 && ipAddresses.length === 0) return;
  const from = plainAddress(address);
  if (isValidFor(from, names)) return;
  if (dnsNames.length === 0) throw refused(notValidFor(from, names));
  const found = await isNamed(from, dnsNames, hosts);
  if (found.isNamed) return;
  const list = dnsNames.map((name) => JSON.stringify(name)).join(' ');
  const reason = found.problem === undefined ? '' : ` (${found.problem})`;
  throw refused(`tls: "${from}" does not match any of DNSNames [${list}]${reason}`);
}

interface Found {
  readonly isNamed: boolean;
  /** Why something could not be found out. */
  readonly problem: string | undefined;
}

async function isNamed(from: string, dnsNames: readonly string[], hosts: Hosts): Promise<Found> {
  const endings = dnsNames.filter((name) => name.startsWith('*.')).map((name) => name.slice(1));
  const names = dnsNames.filter((name) => !name.startsWith('*.'));
  const told = await answered(hosts.namesOf(from));
  const isOurs = (name: string): boolean =>
    names.includes(name) || endings.some((ending) => name.endsWith(ending));
  if (told.list.some(isOurs)) return { isNamed: true, problem: undefined };
  let { problem } = told;
  for (const name of names) {
    const { list, problem: failure } = await answered(hosts.addressesOf(name));
    if (list.some((address) => plainAddress(address) === from)) {
      return { isNamed: true, problem: undefined };
    }
    problem = failure ?? problem;
  }
  return { isNamed: false, problem };
}

async function answered(
  question: Promise<readonly string[]>,
): Promise<{ readonly list: readonly string[]; readonly problem: string | undefined }> {
  try {
    return { list: await question, problem: undefined };
  } catch (error) {
    return { list: [], problem: messageOf(error) };
  }
}

function refused(message: string): TlsError {
  return new TlsError('TLS_REFUSED', message);
}
