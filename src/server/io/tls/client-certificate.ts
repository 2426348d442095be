/** The certificate of a client, after a handshake in which OpenSSL had its say. */
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { NO_CERTIFICATE, verificationFailure } from './handshake-failure.ts';
import type { ServerTls } from './server-tls.ts';
import { isValidFor, subjectNames } from './subject-names.ts';
import { TlsError } from './tls-error.ts';

/**
 * Who is calling: the common name, where that counts. Throws TLS_REFUSED for a client that may not
 * connect, and what stands in the way of knowing.
 */
export function identifyClient(
  connection: TLSSocket,
  tls: ServerTls,
  nowMs: number,
): string | undefined {
  if (!tls.config.requiresClientCert) return undefined;
  // Once only: a second call knows no other certificates than the client's own.
  const certificate = connection.getPeerX509Certificate();
  if (certificate === undefined) throw refused(NO_CERTIFICATE);
  if (!connection.authorized) {
    // Node says in the type that it is an Error; it is OpenSSL's code.
    const verdict = String(connection.authorizationError);
    throw refused(verificationFailure(verdict, certificate, nowMs));
  }
  checkHostname(certificate, tls.config.allowedHostnames);
  checkRevocation(certificate, tls.revoked());
  return tls.config.clientCertAuth ? commonName(certificate) : undefined;
}

function checkHostname(certificate: X509Certificate, allowed: readonly string[]): void {
  if (allowed.length === 0) return;
  const names = subjectNames(certificate);
  if (allowed.some((host) => isValidFor(host, names))) return;
  throw refused('client certificate authentication failed');
}

/** The client's certificate and those of the authorities above it; a root is revoked by no list. */
function checkRevocation(own: X509Certificate, revoked: ReadonlySet<string>): void {
  let certificate: X509Certificate | undefined = own;
  do {
    if (revoked.has(certificate.serialNumber)) {
      const serial = certificate.serialNumber.toLowerCase();
      throw refused(`transport: certificate serial ${serial} revoked`);
    }
    certificate = certificate.issuerCertificate;
  } while (certificate !== undefined && certificate.subject !== certificate.issuer);
}

/** Of several the last, as in Go. */
function commonName(certificate: X509Certificate): string {
  const names: unknown = certificate.toLegacyObject().subject.CN;
  const last: unknown = Array.isArray(names) ? names.at(-1) : names;
  return typeof last === 'string' ? last : '';
}

function refused(message: string): TlsError {
  return new TlsError('TLS_REFUSED', message);
}
