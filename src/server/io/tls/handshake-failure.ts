/** Why a handshake failed, in Go's words, which etcd logs. */
import { messageOf } from '../../config/errors.ts';

/** Alerts by number (RFC 8446 section 6), as Go names them. */
const ALERTS: ReadonlyMap<number, string> = new Map([
  [0, 'close notify'],
  [10, 'unexpected message'],
  [20, 'bad record MAC'],
  [22, 'record overflow'],
  [40, 'handshake failure'],
  [42, 'bad certificate'],
  [43, 'unsupported certificate'],
  [44, 'revoked certificate'],
  [45, 'expired certificate'],
  [46, 'unknown certificate'],
  [47, 'illegal parameter'],
  [48, 'unknown certificate authority'],
  [49, 'access denied'],
  [50, 'error decoding message'],
  [51, 'error decrypting message'],
  [70, 'protocol version not supported'],
  [71, 'insufficient security level'],
  [80, 'internal error'],
  [86, 'inappropriate fallback'],
  [90, 'user canceled'],
  [109, 'missing extension'],
  [110, 'unsupported extension'],
  [112, 'unrecognized name'],
  [116, 'certificate required'],
  [120, 'no application protocol'],
]);

export const NOT_TLS = 'tls: first record does not look like a TLS handshake';
export const TIMED_OUT = 'i/o timeout';
export const NO_CERTIFICATE = "tls: client didn't provide a certificate";
const UNVERIFIED = 'tls: failed to verify certificate: x509:';

const BY_CODE: ReadonlyMap<string, string> = new Map([
  ['ERR_SSL_WRONG_VERSION_NUMBER', NOT_TLS],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'tls: client offered only unsupported versions'],
  ['ERR_SSL_NO_SHARED_CIPHER', 'tls: no cipher suite supported by both client and server'],
  ['ERR_SSL_NO_APPLICATION_PROTOCOL', 'tls: client requested unsupported application protocols'],
  ['ERR_TLS_HANDSHAKE_TIMEOUT', TIMED_OUT],
]);

/** The text for an error of Node's TLS server. */
export function handshakeFailure(error: NodeJS.ErrnoException): string {
  const alert = /SSL alert number (\d+)/.exec(error.message)?.[1];
  if (alert !== undefined) {
    return `remote error: tls: ${ALERTS.get(Number(alert)) ?? `alert(${alert})`}`;
  }
  const known = BY_CODE.get(error.code ?? '');
  if (known !== undefined) return known;
  // OpenSSL's text: thread, code, library, function, reason, file and line.
  const reason = /:SSL routines:[^:]*:([^:]+):/.exec(error.message)?.[1];
  return reason === undefined ? messageOf(error) : `tls: ${reason}`;
}

/** A connection that was lost, or that its client gave up: etcd does not warn of these. */
export function isGivenUp({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** The validity of a certificate, as Node writes it. */
interface Validity {
  readonly validFrom: string;
  readonly validTo: string;
}

/** The text for OpenSSL's verdict on a client's certificate. */
export function verificationFailure(verdict: string, certificate: Validity, nowMs: number): string {
  const now = goTime(nowMs);
  switch (verdict) {
    case 'CERT_HAS_EXPIRED': {
      const end = goTime(Date.parse(certificate.validTo));
      return `${UNVERIFIED} certificate has expired or is not yet valid: current time ${now} is after ${end}`;
    }
    case 'CERT_NOT_YET_VALID': {
      const start = goTime(Date.parse(certificate.validFrom));
      return `${UNVERIFIED} certificate has expired or is not yet valid: current time ${now} is before ${start}`;
    }
    case 'INVALID_PURPOSE':
      return `${UNVERIFIED} certificate specifies an incompatible key usage`;
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return `${UNVERIFIED} certificate signed by unknown authority`;
    default:
      return `${UNVERIFIED} ${verdict.toLowerCase().replaceAll('_', ' ')}`;
  }
}

function goTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+/, '');
}
