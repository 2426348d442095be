/** TLS of the client ports, from its flags: what it is told, what is refused, what the log says. */
import { allowHttp2, checkCipherSuites, missingCipherSuites } from './cipher-suites.ts';
import { ConfigError } from './errors.ts';
import type { FlagValues } from './flag-table.ts';
import { quoted } from './go-values.ts';
import { isSecure, type ListenPoint, listenPoints } from './listen-points.ts';
import type { MemberUrl } from './member-url.ts';
import { type Notice, warning } from './notice.ts';

/** What holds for both sides of a connection. */
export interface TlsRules {
  /** Empty: the authorities that Node trusts. */
  readonly trustedCaFile: string;
  /** One of which must be the other side's common name; none asks for nothing. */
  readonly allowedCommonNames: readonly string[];
  /** For one of which the other side's certificate must be valid; none asks for nothing. */
  readonly allowedHostnames: readonly string[];
  /** Go's names; none means the default. */
  readonly cipherSuites: readonly string[];
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
}

/** TLS of one port, of clients or of peers. */
export interface TlsConfig extends TlsRules {
  readonly certificate: CertificateSource;
  /** Nobody connects without a certificate that is trusted. */
  readonly requiresClientCert: boolean;
  /** Whether the name in that certificate says who is calling. */
  readonly clientCertAuth: boolean;
  /** Whether a certificate with alternative names must be valid for where it is shown from. */
  readonly verifiesAddress: boolean;
  /** Empty: no certificate is revoked. */
  readonly crlFile: string;
}

/** A certificate and its key. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Files, or a pair that is made in `folder` at the first start. */
export type CertificateSource =
  | ({ readonly from: 'files' } & CertificateFiles)
  | {
      readonly from: 'self-signed';
      readonly folder: string;
      readonly hosts: readonly string[];
      readonly years: number;
    };

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

const VERSIONS: ReadonlyMap<string, TlsVersion | undefined> = new Map([
  ['', undefined],
  ['TLS1.2', 'TLSv1.2'],
  ['TLS1.3', 'TLSv1.3'],
]);

/** TLS of the client ports; undefined when no flag asks for it. `values` passed `checkTls`. */
export function clientTls(values: FlagValues, dataDir: string): TlsConfig | undefined {
  if (!hasClientTls(values)) return undefined;
  return {
    certificate: hasClientFiles(values)
      ? { from: 'files', certFile: values['cert-file'], keyFile: values['key-file'] }
      : selfSigned(values, `${dataDir}/fixtures/client`, clientUrls(values)),
    trustedCaFile: values['trusted-ca-file'],
    requiresClientCert: values['client-cert-auth'] || values['trusted-ca-file'] !== '',
    clientCertAuth: values['client-cert-auth'],
    verifiesAddress: false,
    crlFile: values['client-crl-file'],
    allowedCommonNames: [],
    allowedHostnames: values['client-cert-allowed-hostname'],
    ...protocolRules(values),
  };
}

/** A pair that is valid for the hosts of `urls`. */
export function selfSigned(
  values: FlagValues,
  folder: string,
  urls: readonly MemberUrl[],
): CertificateSource {
  const hosts = urls.flatMap((url) => ('path' in url ? [] : [url.host]));
  return { from: 'self-signed', folder, hosts, years: values['self-signed-cert-validity'] || 1 };
}

/** What the flags for all ports say. */
export function protocolRules(
  values: FlagValues,
): Pick<TlsRules, 'cipherSuites' | 'minVersion' | 'maxVersion'> {
  return {
    cipherSuites: values['cipher-suites'],
    minVersion: VERSIONS.get(values['tls-min-version']) ?? 'TLSv1.2',
    maxVersion: VERSIONS.get(values['tls-max-version']) ?? 'TLSv1.3',
  };
}

/** Throws CONFIG_INVALID, in etcd's words. A `0` in a file means the default. */
export function checkTls(values: FlagValues, origin: 'flags' | 'file'): void {
  checkVersions(values);
  checkCipherSuites(values['cipher-suites']);
  if (values['auto-tls'] && !hasClientFiles(values) && origin === 'flags') checkValidity(values);
  checkClientUrls(values);
}

function checkVersions(values: FlagValues): void {
  const least = values['tls-min-version'];
  const most = values['tls-max-version'];
  for (const version of [least, most]) {
    if (VERSIONS.has(version)) continue;
    throw invalid(`unexpected TLS version ${quoted(version)} (must be one of: TLS1.2, TLS1.3)`);
  }
  if (most !== '' && least > most) {
    throw invalid(`min version (${least}) is greater than max version (${most})`);
  }
  if (least === 'TLS1.3' && values['cipher-suites'].length > 0) {
    throw invalid('cipher suites cannot be configured when only TLS1.3 is enabled');
  }
}

/** Throws CONFIG_INVALID for a certificate that would never be valid. */
export function checkValidity(values: FlagValues): void {
  if (values['self-signed-cert-validity'] > 0) return;
  throw invalid('selfSignedCertValidity is invalid,it should be greater than 0');
}

function checkClientUrls(values: FlagValues): void {
  const missing = clientUrls(values).find(isSecure);
  if (missing !== undefined && !hasClientTls(values)) {
    throw invalid(
      'TLS key/cert (--cert-file, --key-file) must be provided ' +
        `for client url ${missing.text} with HTTPS scheme`,
    );
  }
  const points = listenPoints(values['listen-client-urls'], values['listen-client-http-urls']);
  if (points.some((point) => point.secure)) checkServed(values, points);
}

/** What only matters once a port speaks TLS; etcd ends over these when it is about to serve. */
function checkServed(values: FlagValues, points: readonly ListenPoint[]): void {
  checkPair(values['cert-file'], values['key-file']);
  checkShownPair(values['client-cert-file'], values['client-key-file']);
  const servesHttp = points.some(({ secure, serves }) => secure && serves !== 'grpc');
  if (servesHttp && !allowHttp2(values['cipher-suites'])) {
    throw invalid(
      'http2: TLSConfig.CipherSuites is missing an HTTP/2-required AES_128_GCM_SHA256 cipher ' +
        '(need at least one of TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 ' +
        'or TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)',
    );
  }
}

/** Throws CONFIG_INVALID when only one of a port's certificate and key is given. */
export function checkPair(cert: string, key: string): void {
  if ((cert === '') === (key === '')) return;
  throw invalid(`KeyFile and CertFile must both be present[key: ${key}, cert: ${cert}]`);
}

/** The same for the certificate that is shown to others. */
export function checkShownPair(cert: string, key: string): void {
  if ((cert === '') === (key === '')) return;
  throw invalid(
    'ClientKeyFile and ClientCertFile must both be present or both absent: ' +
      `key: ${key}, cert: ${cert}]`,
  );
}

/** What etcd warns of, and cipher suites that Go has and OpenSSL has not. */
export function tlsNotices(values: FlagValues): Notice[] {
  const notices: Notice[] = [];
  if (values['auto-tls'] && hasClientFiles(values)) {
    notices.push(warning('ignoring client auto TLS since certs given'));
  }
  for (const { text } of clientUrls(values).filter((url) => !isSecure(url))) {
    const fields = { 'client-url': text };
    if (hasClientTls(values)) {
      const given = 'scheme is http or unix while key and cert files are present';
      notices.push(warning(`${given}; ignoring key and cert files`, fields));
    }
    if (values['client-cert-auth']) {
      const enabled = 'scheme is http or unix while --client-cert-auth is enabled';
      notices.push(warning(`${enabled}; ignoring client cert auth for this URL`, fields));
    }
  }
  const missing = missingCipherSuites(values['cipher-suites']);
  if (missing.length > 0) {
    notices.push(warning('cipher suites that OpenSSL has not; ignoring them', { missing }));
  }
  return notices;
}

function clientUrls(values: FlagValues): readonly MemberUrl[] {
  return [...values['listen-client-urls'], ...values['listen-client-http-urls']];
}

function hasClientFiles(values: FlagValues): boolean {
  return values['cert-file'] !== '' || values['key-file'] !== '';
}

function hasClientTls(values: FlagValues): boolean {
  return hasClientFiles(values) || values['auto-tls'];
}

function invalid(message: string): ConfigError {
  return new ConfigError('CONFIG_INVALID', message);
}
