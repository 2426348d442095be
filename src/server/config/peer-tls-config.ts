/** TLS between members, from its flags: both sides, what is refused, what the log should say. */
import { ConfigError } from './errors.ts';
import type { FlagName, FlagValues } from './flag-table.ts';
import { quoted } from './go-values.ts';
import { isSecure } from './listen-points.ts';
import type { MemberUrl } from './member-url.ts';
import { type Notice, warning } from './notice.ts';
import { hostAndPort } from './same-urls.ts';
import {
  type CertificateFiles,
  checkPair,
  checkShownPair,
  checkValidity,
  protocolRules,
  selfSigned,
  type TlsConfig,
  type TlsRules,
} from './tls-config.ts';
import { isChanged, withoutEffect } from './without-effect.ts';

export interface PeerTlsConfig {
  /** For peers that connect to us; there if one of the peer URLs is `https` or `unixs`. */
  readonly accepting: TlsConfig | undefined;
  /** For peers that we connect to; their URLs say whether TLS is spoken. */
  readonly dialling: DialTlsConfig;
}

export interface DialTlsConfig extends TlsRules {
  /** What we show to those who ask; undefined: the certificate of the port, if there is one. */
  readonly shown: CertificateFiles | undefined;
  /** Whether it matters at all who answers. */
  readonly verifiesServer: boolean;
  /** What the certificate of whoever answers must be valid for; empty: the host in the URL. */
  readonly serverName: string;
}

/** `values` passed `checkPeerTls`. */
export function peerTls(values: FlagValues, dataDir: string): PeerTlsConfig {
  const isSelfSigned = isSelfSignedPeer(values);
  // Of certificates that members make for themselves nothing can be verified; etcd forgets these.
  const known = isSelfSigned ? { ...values, ...UNVERIFIED } : values;
  const rules: TlsRules = {
    trustedCaFile: known['peer-trusted-ca-file'],
    allowedCommonNames: known['peer-cert-allowed-cn'],
    allowedHostnames: known['peer-cert-allowed-hostname'],
    ...protocolRules(values),
  };
  const shown = {
    certFile: known['peer-client-cert-file'],
    keyFile: known['peer-client-key-file'],
  };
  return {
    accepting: hasPeerTls(values) ? { ...acceptingOf(known, dataDir), ...rules } : undefined,
    dialling: {
      ...rules,
      shown: shown.certFile === '' ? undefined : shown,
      verifiesServer: !isSelfSigned,
      // Members found by a domain are members of that domain, unless an authority says who is one.
      serverName: rules.trustedCaFile === '' ? values['discovery-srv'] : '',
    },
  };
}

function acceptingOf(values: FlagValues, dataDir: string): Omit<TlsConfig, keyof TlsRules> {
  return {
    certificate: hasPeerFiles(values)
      ? { from: 'files', certFile: values['peer-cert-file'], keyFile: values['peer-key-file'] }
      : selfSigned(values, `${dataDir}/fixtures/peer`, values['listen-peer-urls']),
    requiresClientCert: asksForCertificates(values),
    clientCertAuth: values['peer-client-cert-auth'],
    verifiesAddress: !values['peer-skip-client-san-verification'],
    crlFile: values['peer-crl-file'],
  };
}

/** Throws CONFIG_INVALID, in etcd's words. A `0` in a file means the default. */
export function checkPeerTls(values: FlagValues, origin: 'flags' | 'file'): void {
  const secure = values['listen-peer-urls'].find(isSecure);
  if (secure !== undefined && !hasPeerTls(values)) {
    throw invalid(
      `cannot listen on TLS for ${addressOf(secure)}: KeyFile and CertFile are not presented`,
    );
  }
  if (isSelfSignedPeer(values)) {
    if (origin === 'flags') checkValidity(values);
    return;
  }
  checkPair(values['peer-cert-file'], values['peer-key-file']);
  checkShownPair(values['peer-client-cert-file'], values['peer-client-key-file']);
  const { 'peer-cert-allowed-cn': names, 'peer-cert-allowed-hostname': hosts } = values;
  if (names.length > 0 && hosts.length > 0) {
    throw invalid(
      'AllowedCNs and AllowedHostnames are mutually exclusive ' +
        `(cns=[${names.map(quoted).join(' ')}], hostnames=[${hosts.map(quoted).join(' ')}])`,
    );
  }
}

/** What etcd warns of, and flags that come to nothing beside the others. */
export function peerTlsNotices(values: FlagValues): Notice[] {
  const ignored = values['peer-auto-tls'] && hasPeerFiles(values);
  return [
    ...(ignored ? [warning('ignoring peer auto TLS since certs given')] : []),
    ...values['listen-peer-urls']
      .filter((url) => !isSecure(url))
      .flatMap(({ text }) => plainUrlNotices(text, values)),
    ...uselessFlags(values),
  ];
}

function plainUrlNotices(url: string, values: FlagValues): Notice[] {
  const notices: Notice[] = [];
  const fields = { 'peer-url': url };
  if (hasPeerTls(values)) {
    const given = 'scheme is HTTP while key and cert files are present';
    notices.push(warning(`${given}; ignoring key and cert files`, fields));
  }
  if (values['peer-client-cert-auth'] && !isSelfSignedPeer(values)) {
    const enabled = 'scheme is HTTP while --peer-client-cert-auth is enabled';
    notices.push(warning(`${enabled}; ignoring client cert auth for this URL`, fields));
  }
  return notices;
}

function uselessFlags(values: FlagValues): Notice[] {
  const useless = (names: readonly FlagName[], because: string): Notice[] =>
    names.filter((name) => isChanged(name, values)).map((name) => withoutEffect(name, because));
  if (isSelfSignedPeer(values)) {
    return useless(OF_CERTIFICATES, 'certificates that members make for themselves say nothing');
  }
  if (asksForCertificates(values)) return [];
  return useless(OF_ARRIVALS, 'peers that connect are not asked for certificates');
}

/** As if none of the flags about other members' certificates were given. */
const UNVERIFIED = {
  'peer-client-cert-auth': false,
  'peer-trusted-ca-file': '',
  'peer-crl-file': '',
  'peer-cert-allowed-cn': [],
  'peer-cert-allowed-hostname': [],
  'peer-client-cert-file': '',
  'peer-client-key-file': '',
  'peer-skip-client-san-verification': false,
} as const;

const OF_CERTIFICATES = Object.keys(UNVERIFIED) as readonly (keyof typeof UNVERIFIED)[];
/** Those of them that are about peers that connect, and no others. */
const OF_ARRIVALS = ['peer-crl-file', 'peer-skip-client-san-verification'] as const;

function addressOf(url: MemberUrl): string {
  return 'path' in url ? url.path : hostAndPort(url.host, url.port);
}

function asksForCertificates(values: FlagValues): boolean {
  return values['peer-client-cert-auth'] || values['peer-trusted-ca-file'] !== '';
}

function hasPeerFiles(values: FlagValues): boolean {
  return values['peer-cert-file'] !== '' || values['peer-key-file'] !== '';
}

function hasPeerTls(values: FlagValues): boolean {
  return hasPeerFiles(values) || values['peer-auto-tls'];
}

function isSelfSignedPeer(values: FlagValues): boolean {
  return values['peer-auto-tls'] && !hasPeerFiles(values);
}

function invalid(message: string): ConfigError {
  return new ConfigError('CONFIG_INVALID', message);
}
