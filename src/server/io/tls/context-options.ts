/** What Node is told for either side of a connection. */
import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { openSslCiphers } from '../../config/cipher-suites.ts';
import type { TlsRules } from '../../config/tls-config.ts';
import type { Credentials } from './credentials.ts';

/** No session is ever resumed, so that each connection is judged by the files of its day. */
export function contextOptions(
  rules: TlsRules,
  credentials: Partial<Credentials>,
): SecureContextOptions {
  return {
    ...credentials,
    minVersion: rules.minVersion,
    maxVersion: rules.maxVersion,
    ciphers: openSslCiphers(rules.cipherSuites),
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  };
}
