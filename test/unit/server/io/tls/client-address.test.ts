import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  checkAddress,
  type Hosts,
  systemHosts,
} from '../../../../../src/server/io/tls/client-address.ts';
import { Authority, type LeafOptions } from '../../../../support/tls/certificates.ts';

const authority = await Authority.make('ca');

async function certificateFor(names: Omit<LeafOptions, 'commonName'>): Promise<X509Certificate> {
  return new X509Certificate((await authority.sign({ commonName: 'm', ...names })).certificate);
}

const NAMES: Readonly<Record<string, readonly string[]>> = {
  '10.0.0.1': ['m1.example', 'm1.inner.example'],
};
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  'm2.example': ['10.0.0.2', '2001:0db8::2'],
};

const hosts: Hosts = {
  namesOf: (address) => answer(NAMES[address]),
  addressesOf: (name) => answer(ADDRESSES[name]),
};

function answer(found: readonly string[] | undefined): Promise<readonly string[]> {
  return found === undefined
    ? Promise.reject(new TypeError('no such host'))
    : Promise.resolve(found);
}

describe('checkAddress', () => {
  it('no alternative names -> shown from anywhere', async () => {
    await checkAddress(await certificateFor({}), '10.9.9.9', hosts);
  });

  const good: readonly (readonly [string, Omit<LeafOptions, 'commonName'>, string])[] = [
    ['its address', { ips: ['10.0.0.9', '10.0.0.1'] }, '10.0.0.1'],
    ['its address, in the form of IPv6', { ips: ['10.0.0.1'] }, '::ffff:10.0.0.1'],
    ['its address of IPv6', { ips: ['2001:db8::2'] }, '2001:0db8:0::2'],
    ['a name that the address has', { dnsNames: ['m1.example'] }, '10.0.0.1'],
    ['a pattern for a name that the address has', { dnsNames: ['*.example'] }, '10.0.0.1'],
    ['a name that has the address', { dnsNames: ['no.example', 'm2.example'] }, '10.0.0.2'],
    ['a name that has the address of IPv6', { dnsNames: ['m2.example'] }, '2001:db8::2'],
    ['another address, but a name', { ips: ['10.9.9.9'], dnsNames: ['m1.example'] }, '10.0.0.1'],
  ];
  for (const [name, names, address] of good) {
    it(`${name} -> valid`, async () => checkAddress(await certificateFor(names), address, hosts));
  }

  // As etcd 3.6.14 says it, but for what the system says of names.
  const bad: readonly (readonly [string, Omit<LeafOptions, 'commonName'>, string, string])[] = [
    [
      'other addresses',
      { ips: ['10.0.0.9', '2001:db8::9'] },
      '::ffff:10.0.0.1',
      'x509: certificate is valid for 10.0.0.9, 2001:db8::9, not 10.0.0.1',
    ],
    [
      'a name of another host',
      { dnsNames: ['m2.example'] },
      '10.0.0.1',
      'tls: "10.0.0.1" does not match any of DNSNames ["m2.example"]',
    ],
    [
      'names that are unknown',
      { ips: ['10.0.0.9'], dnsNames: ['no.example', '*.no.example'] },
      '10.0.0.3',
      'tls: "10.0.0.3" does not match any of DNSNames ["no.example" "*.no.example"] (no such host)',
    ],
    [
      'a pattern as the name that leads there',
      { dnsNames: ['*.m1.example'] },
      '10.0.0.1',
      'tls: "10.0.0.1" does not match any of DNSNames ["*.m1.example"]',
    ],
  ];
  for (const [name, names, address, message] of bad) {
    it(`TLS-I4: ${name} -> refused`, async () => {
      const check = checkAddress(await certificateFor(names), address, hosts);
      await assert.rejects(check, { code: 'TLS_REFUSED', message });
    });
  }

  it('the system knows this host by name and address', async () => {
    await checkAddress(await certificateFor({ dnsNames: ['localhost'] }), '127.0.0.1', systemHosts);
  });
});
