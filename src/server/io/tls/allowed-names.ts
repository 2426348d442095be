/** Whether a certificate that is trusted is one of those that the flags allow. */
import type { X509Certificate } from 'node:crypto';
import type { TlsRules } from '../../config/tls-config.ts';
import { isValidFor, subjectNames } from './subject-names.ts';

/** What is logged of a certificate that is not; also by the side that is the client itself. */
export const NOT_ALLOWED = 'client certificate authentication failed';

type Allowed = Pick<TlsRules, 'allowedCommonNames' | 'allowedHostnames'>;

export function isAllowed(
  certificate: X509Certificate,
  { allowedCommonNames, allowedHostnames }: Allowed,
): boolean {
  // The flags exclude each other.
  if (allowedCommonNames.length > 0) return allowedCommonNames.includes(commonName(certificate));
  if (allowedHostnames.length === 0) return true;
  const names = subjectNames(certificate);
  return allowedHostnames.some((host) => isValidFor(host, names));
}

/** Of several the last, as in Go; empty for none. */
export function commonName(certificate: X509Certificate): string {
  const names: unknown = certificate.toLegacyObject().subject.CN;
  const last: unknown = Array.isArray(names) ? names.at(-1) : names;
  return typeof last === 'string' ? last : '';
}
