/** The cipher suites of `--cipher-suites`: Go's names, which etcd takes, and OpenSSL's. */
import { ConfigError } from './errors.ts';
import { quoted } from './go-values.ts';

/** Suites of TLS 1.3, in Go's order: all of them are always on, whether they are named or not. */
const TLS13_SUITES = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
] as const;

/** Suites of TLS 1.2 that are on when none is named, best first, as in Go. */
const DEFAULT_SUITES = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
  'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
] as const;

/** Suites of TLS 1.2 by Go's name. Undefined: Node's OpenSSL is built without it. */
const TLS12_SUITES: ReadonlyMap<string, string | undefined> = new Map([
  ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'],
  // The two names of Go before 1.14.
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA', 'ECDHE-ECDSA-AES128-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'ECDHE-RSA-AES128-SHA'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA', 'ECDHE-ECDSA-AES256-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA', 'ECDHE-RSA-AES256-SHA'],
  // Go calls these insecure, and takes them.
  ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256', 'ECDHE-ECDSA-AES128-SHA256'],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256', 'ECDHE-RSA-AES128-SHA256'],
  ['TLS_RSA_WITH_AES_128_GCM_SHA256', 'AES128-GCM-SHA256'],
  ['TLS_RSA_WITH_AES_256_GCM_SHA384', 'AES256-GCM-SHA384'],
  ['TLS_RSA_WITH_AES_128_CBC_SHA256', 'AES128-SHA256'],
  ['TLS_RSA_WITH_AES_128_CBC_SHA', 'AES128-SHA'],
  ['TLS_RSA_WITH_AES_256_CBC_SHA', 'AES256-SHA'],
  ['TLS_RSA_WITH_3DES_EDE_CBC_SHA', undefined],
  ['TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA', undefined],
  ['TLS_RSA_WITH_RC4_128_SHA', undefined],
  ['TLS_ECDHE_ECDSA_WITH_RC4_128_SHA', undefined],
  ['TLS_ECDHE_RSA_WITH_RC4_128_SHA', undefined],
]);

/** Every name that etcd takes. */
export const CIPHER_SUITE_NAMES: readonly string[] = [...TLS13_SUITES, ...TLS12_SUITES.keys()];

/** Suites of which RFC 9113 wants one, and without which Go serves no HTTP/2. */
const HTTP2_SUITES: readonly string[] = [
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
];

/** Throws CONFIG_INVALID for a name that Go does not know. */
export function checkCipherSuites(names: readonly string[]): void {
  const unknown = names.find((name) => !CIPHER_SUITE_NAMES.includes(name));
  if (unknown === undefined) return;
  throw new ConfigError('CONFIG_INVALID', `unexpected TLS cipher suite ${quoted(unknown)}`);
}

/** Whether HTTP/2 with TLS 1.2 is possible with these and no others; none means the default. */
export function allowHttp2(names: readonly string[]): boolean {
  return names.length === 0 || names.some((name) => HTTP2_SUITES.includes(name));
}

/** Those that Go has and we have not. */
export function missingCipherSuites(names: readonly string[]): string[] {
  return names.filter((name) => TLS12_SUITES.has(name) && TLS12_SUITES.get(name) === undefined);
}

/** The `ciphers` of Node's TLS for these names of Go, in the same order; none means the default. */
export function openSslCiphers(names: readonly string[]): string {
  const chosen = names.length === 0 ? DEFAULT_SUITES : names;
  const suites = chosen
    .map((name) => TLS12_SUITES.get(name))
    .filter((suite) => suite !== undefined);
  return [...TLS13_SUITES, ...new Set(suites)].join(':');
}
