/** Whether a certificate was revoked, or an authority that it depends on. */
import type { X509Certificate } from 'node:crypto';
import { defined } from '../../../base/assert.ts';
import { ReloadedFiles } from './reloaded-files.ts';
import { revokedSerials } from './revocation-list.ts';
import { TlsError } from './tls-error.ts';

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Gives the serial numbers, in upper-case hex, that the list in `path` names now; none for an empty
 * path. What it gives throws TlsError for a list that cannot be read.
 */
export function revokedIn(path: string): () => ReadonlySet<string> {
  if (path === '') return () => NOTHING;
  const files = new ReloadedFiles([path], ([list]) =>
    revokedSerials(defined(list, 'there is a content for each path')),
  );
  return () => files.current();
}

/**
 * `chain`: a certificate and those of the authorities above it; a root, which ends it, is revoked by
 * no list. `revoked`: serial numbers in upper-case hex. Throws TLS_REFUSED.
 */
export function checkRevocation(
  chain: Iterable<X509Certificate>,
  revoked: ReadonlySet<string>,
): void {
  let isOwn = true;
  for (const { serialNumber, subject, issuer } of chain) {
    if (!isOwn && subject === issuer) return;
    isOwn = false;
    if (!revoked.has(serialNumber)) continue;
    const text = `transport: certificate serial ${serialNumber.toLowerCase()} revoked`;
    throw new TlsError('TLS_REFUSED', text);
  }
}
