/**
 * What one side of TLS needs from its files: its certificate with the key, and the authorities that
 * it trusts. The texts of errors are those of Go, which etcd logs.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { messageOf } from '../../config/errors.ts';
import { pemBlocks } from './pem.ts';
import { TlsError } from './tls-error.ts';

/** For Node's TLS, as PEM. Without `ca`, the authorities that Node comes with are trusted. */
export interface Credentials {
  /** The own certificate, then those of authorities between it and a root. */
  readonly cert: string;
  readonly key: string;
  readonly ca?: string[];
}

/** The contents of PEM files, that of the authorities if there is one. Throws TLS_CREDENTIALS. */
export function readCredentials(
  certificate: Buffer,
  key: Buffer,
  authorities: Buffer | undefined,
): Credentials {
  const chain = certificatesOf(certificate);
  const [leaf] = chain;
  if (leaf === undefined) {
    throw invalid('tls: failed to find any PEM data in certificate input');
  }
  const parsedKey = privateKeyOf(key);
  if (parsedKey.asymmetricKeyType !== leaf.publicKey.asymmetricKeyType) {
    throw invalid('tls: private key type does not match public key type');
  }
  if (!leaf.checkPrivateKey(parsedKey)) {
    throw invalid('tls: private key does not match public key');
  }
  const credentials = {
    cert: chain.map(String).join(''),
    key: parsedKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ...(authorities === undefined ? {} : { ca: readAuthorities(authorities) }),
  };
  checkUsable(credentials);
  return credentials;
}

/** The contents of a PEM file of trusted authorities. Throws TLS_CREDENTIALS. */
export function readAuthorities(authorities: Buffer): string[] {
  const trusted = certificatesOf(authorities).map(String);
  // To Node an empty list means the authorities that it comes with: trust in half the world.
  if (trusted.length === 0) throw invalid('the trusted CA file holds no certificate');
  return trusted;
}

function certificatesOf(contents: Buffer): X509Certificate[] {
  try {
    return pemBlocks(contents)
      .filter(({ label }) => label === 'CERTIFICATE')
      .map(({ text }) => new X509Certificate(text));
  } catch (error) {
    throw invalid('x509: malformed certificate', error);
  }
}

function privateKeyOf(contents: Buffer): KeyObject {
  const block = pemBlocks(contents).find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (block === undefined) throw invalid('tls: failed to find any PEM data in key input');
  try {
    return createPrivateKey(block.text);
  } catch (error) {
    throw invalid('tls: failed to parse private key', error);
  }
}

/** OpenSSL refuses, for instance, keys that are too short. */
function checkUsable(credentials: Credentials): void {
  try {
    createSecureContext(credentials);
  } catch (error) {
    throw invalid(`tls: ${messageOf(error)}`, error);
  }
}

function invalid(message: string, cause?: unknown): TlsError {
  return new TlsError('TLS_CREDENTIALS', message, cause);
}
