/** The certificate of a client, after a handshake in which OpenSSL had its say. */
import type { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
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
  const certificate = connection.getPeerX509Certificate();
  if (certificate === undefined) throw refused(NO_CERTIFICATE);
  if (!connection.authorized) {
    // Node says in the type that it is an Error; it is OpenSSL's code.
    const verdict = String(connection.authorizationError);
    throw refused(verificationFailure(verdict, certificate, nowMs));
  }
  checkHostname(certificate, tls.config.allowedHostnames);
  const chain = connection.getPeerCertificate(true);
  checkRevocation(chain, tls);
  return tls.config.clientCertAuth ? commonName(chain) : undefined;
}

function checkHostname(certificate: X509Certificate, allowed: readonly string[]): void {
  if (allowed.length === 0) return;
  const names = subjectNames(certificate);
  if (allowed.some((host) => isValidFor(host, names))) return;
  throw refused('client certificate authentication failed');
}

/** The client's certificate and those between it and the authority that is trusted. */
function checkRevocation(leaf: DetailedPeerCertificate, tls: ServerTls): void {
  const revoked = tls.revoked();
  if (revoked.size === 0) return;
  const { trusted } = tls.credentials();
  for (let at = leaf; ; at = at.issuerCertificate) {
    if (revoked.has(at.serialNumber)) {
      const serial = at.serialNumber.toLowerCase();
      throw refused(`transport: certificate serial ${serial} revoked`);
    }
    const issuer: DetailedPeerCertificate | undefined = at.issuerCertificate;
    // A root is its own issuer.
    if (issuer === undefined || issuer === at || trusted.has(issuer.fingerprint256)) return;
  }
}

/** Of several the last, as in Go. */
function commonName({ subject }: DetailedPeerCertificate): string {
  const names: unknown = subject.CN;
  const last: unknown = Array.isArray(names) ? names.at(-1) : names;
  return typeof last === 'string' ? last : '';
}

function refused(message: string): TlsError {
  return new TlsError('TLS_REFUSED', message);
}
