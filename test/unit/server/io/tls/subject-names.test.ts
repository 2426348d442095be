import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  isValidFor,
  notValidFor,
  subjectNames,
} from '../../../../../src/server/io/tls/subject-names.ts';
import { Authority } from '../../../../support/tls/certificates.ts';

describe('subjectNames', () => {
  it('names and addresses of a certificate, the common name not', async () => {
    const authority = await Authority.make('ca');
    const { certificate } = await authority.sign({
      commonName: 'c.example',
      dnsNames: ['A.example', '*.b.example', 'odd, DNS:evil.example', 'q"'],
      ips: ['10.0.0.1', '2001:db8::1'],
    });
    assert.deepEqual(subjectNames(new X509Certificate(certificate)), {
      dnsNames: ['A.example', '*.b.example', 'odd, DNS:evil.example', 'q"'],
      ipAddresses: ['10.0.0.1', '2001:db8::1'],
    });
    const bare = await authority.sign({ commonName: 'c.example' });
    const none = { dnsNames: [], ipAddresses: [] };
    assert.deepEqual(subjectNames(new X509Certificate(bare.certificate)), none);
  });
});

describe('isValidFor', () => {
  const names = {
    dnsNames: ['A.example', '*.b.example', '*', 'x*.c.example', 'under_score', 'odd!name'],
    ipAddresses: ['10.0.0.1', '2001:db8::1'],
  };
  // As Go's VerifyHostname.
  const cases: [string, boolean][] = [
    ['a.example', true],
    ['A.EXAMPLE', true],
    ['a.example.', true],
    ['b.a.example', false],
    ['x.b.example', true],
    ['x.y.b.example', false],
    ['b.example', false],
    ['*.b.example', true],
    ['xy.c.example', false],
    ['x*.c.example', true],
    ['anything', false],
    ['*', true],
    ['under_score', true],
    ['ODD!name', true],
    ['', false],
    ['.', false],
    ['10.0.0.1', true],
    ['[10.0.0.1]', true],
    ['10.0.0.2', false],
    ['2001:DB8:0:0::1', true],
    ['[2001:db8::1]', true],
    ['::ffff:10.0.0.1', true],
  ];
  for (const [host, isValid] of cases) {
    it(`${JSON.stringify(host)} -> ${isValid}`, () => {
      assert.equal(isValidFor(host, names), isValid);
    });
  }
});

describe('notValidFor', () => {
  const names = { dnsNames: ['a.example', 'b.example'], ipAddresses: ['10.0.0.1', '::1'] };
  const none = { dnsNames: [], ipAddresses: [] };
  // As Go's HostnameError.
  const cases = [
    ['c.example', names, 'certificate is valid for a.example, b.example, not c.example'],
    ['10.0.0.2', names, 'certificate is valid for 10.0.0.1, ::1, not 10.0.0.2'],
    ['a', none, 'certificate is not valid for any names, but wanted to match a'],
    ['::2', none, "cannot validate certificate for ::2 because it doesn't contain any IP SANs"],
  ] as const;
  for (const [host, certificate, text] of cases) {
    it(`${host} -> ${text}`, () => assert.equal(notValidFor(host, certificate), `x509: ${text}`));
  }
});
