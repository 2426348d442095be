/** Flags of TLS, HTTP origins and authentication. */
import { flag } from '../flag.ts';
import { bool, commaStrings, origins, strings, text, uint } from '../kinds.ts';

const LOCAL_CALLS = 'the member calls itself without a connection';
const SIMPLE_ONLY = 'only simple tokens are built yet';

const CLIENT_SECTION = 'client-transport-security';
const PEER_SECTION = 'peer-transport-security';

export const SECURITY_FLAGS = {
  'cert-file': flag(text, '', 'Certificate of the client port.', {
    yaml: `${CLIENT_SECTION}.cert-file`,
  }),
  'key-file': flag(text, '', 'Key of that certificate.', {
    yaml: `${CLIENT_SECTION}.key-file`,
  }),
  'client-cert-file': flag(text, '', 'Certificate for calls of this member to itself.', {
    ignored: LOCAL_CALLS,
    yaml: `${CLIENT_SECTION}.client-cert-file`,
  }),
  'client-key-file': flag(text, '', 'Key of that certificate.', {
    ignored: LOCAL_CALLS,
    yaml: `${CLIENT_SECTION}.client-key-file`,
  }),
  'client-cert-auth': flag(bool, false, 'Require certificates of clients.', {
    yaml: `${CLIENT_SECTION}.client-cert-auth`,
  }),
  'client-crl-file': flag(text, '', 'Client certificates that are revoked.', {
    yaml: false,
  }),
  'client-cert-allowed-hostname': flag(strings, [], 'Host names allowed in client certificates.', {
    yaml: `${CLIENT_SECTION}.allowed-hostname`,
  }),
  'trusted-ca-file': flag(text, '', 'Certificates that verify those of clients.', {
    yaml: `${CLIENT_SECTION}.trusted-ca-file`,
  }),
  'auto-tls': flag(bool, false, 'Make a certificate for the client port.', {
    yaml: `${CLIENT_SECTION}.auto-tls`,
  }),
  'peer-cert-file': flag(text, '', 'Certificate of the peer port.', {
    yaml: `${PEER_SECTION}.cert-file`,
  }),
  'peer-key-file': flag(text, '', 'Key of that certificate.', {
    yaml: `${PEER_SECTION}.key-file`,
  }),
  'peer-client-cert-file': flag(text, '', 'Certificate for calls to peers.', {
    yaml: `${PEER_SECTION}.client-cert-file`,
  }),
  'peer-client-key-file': flag(text, '', 'Key of that certificate.', {
    yaml: `${PEER_SECTION}.client-key-file`,
  }),
  'peer-client-cert-auth': flag(bool, false, 'Require certificates of peers.', {
    yaml: `${PEER_SECTION}.client-cert-auth`,
  }),
  'peer-trusted-ca-file': flag(text, '', 'Certificates that verify those of peers.', {
    yaml: `${PEER_SECTION}.trusted-ca-file`,
  }),
  'peer-crl-file': flag(text, '', 'Peer certificates that are revoked.', {
    yaml: false,
  }),
  'peer-cert-allowed-cn': flag(strings, [], 'Common names allowed in peer certificates.', {
    yaml: `${PEER_SECTION}.allowed-cn`,
  }),
  'peer-cert-allowed-hostname': flag(strings, [], 'Host names allowed in peer certificates.', {
    yaml: `${PEER_SECTION}.allowed-hostname`,
  }),
  'peer-auto-tls': flag(bool, false, 'Make a certificate for the peer port.', {
    yaml: `${PEER_SECTION}.auto-tls`,
  }),
  'peer-skip-client-san-verification': flag(
    bool,
    false,
    'Accept peer certificates whose names do not match.',
    { yaml: `${PEER_SECTION}.skip-client-san-verification` },
  ),
  'self-signed-cert-validity': flag(uint, 1, 'Years that certificates made here are valid.'),
  'cipher-suites': flag(strings, [], 'Cipher suites allowed in TLS.'),
  'tls-min-version': flag(text, 'TLS1.2', 'Lowest TLS version: TLS1.2 or TLS1.3.'),
  'tls-max-version': flag(text, '', 'Highest TLS version: TLS1.2 or TLS1.3.'),
  cors: flag(origins, '*', 'Browser origins that may call over HTTP.', {
    ignored: 'no cross-origin headers are sent yet, so browsers refuse every origin',
  }),
  'host-whitelist': flag(commaStrings, ['*'], 'Host names accepted in HTTP requests.', {
    ignored: 'only /version and /health are served over HTTP yet, to every host name',
  }),
} as const;

export const AUTH_FLAGS = {
  'auth-token': flag(text, 'simple', 'Kind of token: simple, or jwt with its options.', {
    refused: SIMPLE_ONLY,
  }),
  'bcrypt-cost': flag(uint, 10, 'Cost of hashing a password, from 4 to 31.'),
  'auth-token-ttl': flag(uint, 300, 'Seconds that a simple token lives.'),
} as const;
