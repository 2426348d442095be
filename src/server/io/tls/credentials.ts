/**
 * What a TLS server needs from its files: its certificate with the key, and the authorities whose
 * clients it trusts. The texts of errors are those of Go, which etcd logs.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { messageOf } from '../../config/errors.ts';
import { pemBlocks } from './pem.ts';
import { TlsError } from './tls-error.ts';

export interface Credentials {
  /** For Node's TLS. */
  readonly identity: Pick<SecureContextOptions, 'cert' | 'key' | 'ca'>;
  /** SHA-256 fingerprints of the trusted authorities, as Node writes them; empty if Node's own. */
  readonly trusted: ReadonlySet<string>;
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
  const trusted = authorities === undefined ? [] : certificatesOf(authorities);
  // To OpenSSL an empty list means its own authorities, and so trust in half the world.
  if (authorities !== undefined && trusted.length === 0) {
    throw invalid('the trusted CA file holds no certificate');
  }
  const identity = {
    cert: textOf(chain),
    key: parsedKey.export({ type: 'pkcs8', format: 'pem' }),
    ...(authorities === undefined ? {} : { ca: trusted.map(String) }),
  };
  checkUsable(identity);
  return { identity, trusted: new Set(trusted.map(({ fingerprint256 }) => fingerprint256)) };
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

function textOf(chain: readonly X509Certificate[]): string {
  return chain.map(String).join('');
}

/** OpenSSL refuses, for instance, keys that are too short. */
function checkUsable(identity: Credentials['identity']): void {
  try {
    createSecureContext(identity);
  } catch (error) {
    throw invalid(`tls: ${messageOf(error)}`, error);
  }
}

function invalid(message: string, cause?: unknown): TlsError {
  return new TlsError('TLS_CREDENTIALS', message, cause);
}
