/** The certificate that a member makes for itself: `--auto-tls`, `--peer-auto-tls`. */
import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import type { Logger } from '../../../base/ports/logger.ts';
import { messageOf } from '../../config/errors.ts';
import type { CertificateFiles } from '../../config/tls-config.ts';
import { TlsError } from './tls-error.ts';
import type {} from './webcrypto.d.ts';

export interface SelfSignedOptions {
  readonly folder: string;
  /** Names and addresses that the certificate is valid for. */
  readonly hosts: readonly string[];
  readonly years: number;
}

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' };

/** The pair in the folder, made if it is not there; its age is not looked at. Throws TlsError. */
export async function selfSigned(
  options: SelfSignedOptions,
  logger: Logger,
): Promise<CertificateFiles> {
  const certFile = resolve(join(options.folder, 'cert.pem'));
  const keyFile = resolve(join(options.folder, 'key.pem'));
  if (existsSync(certFile) && existsSync(keyFile)) return { certFile, keyFile };
  const startMs = Date.now();
  const endMs = startMs + options.years * YEAR_MS;
  logger.warn('automatically generate certificates', {
    'certificate-validity-bound-not-after': new Date(endMs).toISOString(),
  });
  try {
    const { certificate, key } = await makePair(options.hosts, startMs, endMs);
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    writeFileSync(certFile, certificate, { mode: 0o644 });
    logger.info('created cert file', { path: certFile });
    writeFileSync(keyFile, key, { mode: 0o600 });
    logger.info('created key file', { path: keyFile });
  } catch (error) {
    throw new TlsError('TLS_SELF_SIGNED', `cannot generate cert: ${messageOf(error)}`, error);
  }
  return { certFile, keyFile };
}

/** As PEM, in the forms that etcd writes. */
async function makePair(
  hosts: readonly string[],
  startMs: number,
  endMs: number,
): Promise<{ readonly certificate: string; readonly key: string }> {
  // Loaded here only, since they cost every start 90 ms.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const { digitalSignature, keyEncipherment, cRLSign } = x509.KeyUsageFlags;
  const names = [...new Set(hosts)].map(
    (value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const,
  );
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      // Positive, and at most the 20 bytes that RFC 5280 allows.
      serialNumber: `00${randomBytes(16).toString('hex')}`,
      name: 'O=etcd',
      notBefore: new Date(startMs),
      notAfter: new Date(endMs),
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.KeyUsagesExtension(digitalSignature | keyEncipherment | cRLSign, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.BasicConstraintsExtension(true, undefined, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
      ],
    },
    webcrypto,
  );
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: KeyObject.from(keys.privateKey).export({ type: 'sec1', format: 'pem' }).toString(),
  };
}
