import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { readCredentials } from '../../../../../src/server/io/tls/credentials.ts';
import { Authority, type Pair } from '../../../../support/tls/certificates.ts';

let authority: Authority;
let pair: Pair;

before(async () => {
  authority = await Authority.make('ca');
  pair = await authority.signServer();
});

function read(
  certificate: string,
  key: string,
  authorities?: string,
): ReturnType<typeof readCredentials> {
  const ca = authorities === undefined ? undefined : Buffer.from(authorities);
  return readCredentials(Buffer.from(certificate), Buffer.from(key), ca);
}

describe('readCredentials', () => {
  it('text around the blocks, and blocks of other kinds -> skipped, as in Go', () => {
    const noise = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
    const { cert, key, ca } = read(
      `Bag Attributes\n${noise}${pair.certificate}\n${authority.certificate}`,
      `${noise}${pair.key}`,
      `a comment\n${authority.certificate}${noise}`,
    );
    assert.equal(cert.match(/BEGIN CERTIFICATE/g)?.length, 2);
    assert.match(key, /^-----BEGIN PRIVATE KEY-----/);
    assert.equal(ca?.length, 1);
  });

  it('no authorities given -> none named', () => {
    assert.equal('ca' in read(pair.certificate, pair.key), false);
  });

  it('TLS-I2: what cannot be used -> refused, in the words of Go', () => {
    const ed25519 = generateKeyPairSync('ed25519').privateKey;
    const otherKind = ed25519.export({ type: 'pkcs8', format: 'pem' }).toString();
    const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const other = otherKey.export({ type: 'sec1', format: 'pem' }).toString();
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'p' };
    const encrypted = otherKey.export({ type: 'pkcs8', format: 'pem', ...cipher }).toString();
    const broken = pair.certificate.replace(/\n[A-Za-z]/, '\n!');
    const cases: [string, string, string | undefined, string][] = [
      ['', pair.key, undefined, 'tls: failed to find any PEM data in certificate input'],
      [pair.certificate, '', undefined, 'tls: failed to find any PEM data in key input'],
      [broken, pair.key, undefined, 'x509: malformed certificate'],
      [pair.certificate, encrypted, undefined, 'tls: failed to parse private key'],
      [pair.certificate, other, undefined, 'tls: private key does not match public key'],
      [
        pair.certificate,
        otherKind,
        undefined,
        'tls: private key type does not match public key type',
      ],
      [pair.certificate, pair.key, '', 'the trusted CA file holds no certificate'],
      [pair.certificate, pair.key, pair.key, 'the trusted CA file holds no certificate'],
      [pair.certificate, pair.key, broken, 'x509: malformed certificate'],
    ];
    for (const [certificate, key, ca, message] of cases) {
      assert.throws(() => read(certificate, key, ca), { code: 'TLS_CREDENTIALS', message });
    }
  });
});
