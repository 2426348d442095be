/** The certificate of a client, after a handshake in which OpenSSL had its say. */
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { commonName, isAllowed, NOT_ALLOWED } from './allowed-names.ts';
import { NO_CERTIFICATE, verificationFailure } from './handshake-failure.ts';
import type { ServerTls } from './server-tls.ts';
import { TlsError } from './tls-error.ts';

/** Who is calling. */
export interface Client {
  readonly certificate: X509Certificate;
  /** Undefined where names do not count. */
  readonly commonName: string | undefined;
}

/**
 * Undefined where nobody is asked who is calling. Throws TLS_REFUSED for a client that may not
 * connect, and what stands in the way of knowing.
 */
export function identifyClient(
  connection: TLSSocket,
  tls: ServerTls,
  nowMs: number,
): Client | undefined {
  if (!tls.config.requiresClientCert) return undefined;
  // Once only: a second call knows no other certificates than the client's own.
  const certificate = connection.getPeerX509Certificate();
  if (certificate === undefined) throw refused(NO_CERTIFICATE);
  if (!connection.authorized) {
    // Node says in the type that it is an Error; it is OpenSSL's code.
    const verdict = String(connection.authorizationError);
    throw refused(verificationFailure(verdict, certificate, nowMs));
  }
  if (!isAllowed(certificate, tls.config)) throw refused(NOT_ALLOWED);
  checkRevocation(certificate, tls.revoked());
  const isNamed = tls.config.clientCertAuth;
  return { certificate, commonName: isNamed ? commonName(certificate) : undefined };
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

function refused(message: string): TlsError {
  return new TlsError('TLS_REFUSED', message);
}
