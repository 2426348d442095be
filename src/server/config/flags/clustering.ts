/** Flags of bootstrap, discovery and the cluster. */
import { flag } from '../flag.ts';
import { bool, choice, duration, type Kind, strings, text, urls } from '../kinds.ts';
import { parseUrlList } from '../member-url.ts';

const CLIENT = 'http://localhost:2379';
const PEER = 'http://localhost:2380';

const NO_DISCOVERY = 'discovery is not built yet';

/** In YAML, 3.6 takes any text, since it ignores what is given. */
const v2Stage: Kind<string> = {
  ...choice(['write-only', 'write-only-skip-check', 'write-only-drop-data', 'gone']),
  fromYaml: (value) => text.fromYaml(value),
};

export const CLUSTERING_FLAGS = {
  'initial-advertise-peer-urls': flag(
    urls(PEER),
    parseUrlList(PEER),
    'Peer URLs of this member, as other members reach it.',
  ),
  'advertise-client-urls': flag(
    urls(CLIENT),
    parseUrlList(CLIENT),
    'Client URLs of this member, as clients reach it.',
  ),
  'initial-cluster': flag(text, `default=${PEER}`, 'Members at bootstrap: name=URL,name=URL.'),
  'initial-cluster-state': flag(
    choice(['new', 'existing']),
    'new',
    'Whether a member without data starts a new cluster or joins an existing one.',
  ),
  'initial-cluster-token': flag(
    text,
    'etcd-cluster',
    'Text that makes the ids of this cluster differ from those of others.',
  ),
  'strict-reconfig-check': flag(bool, true, 'Refuse member changes that would lose the quorum.'),
  'pre-vote': flag(bool, true, 'Ask for votes before raising the term.'),
  'auto-compaction-mode': flag(text, 'periodic', 'Meaning of the retention: periodic or revision.'),
  'auto-compaction-retention': flag(
    text,
    '0',
    'History to keep: hours, a duration or revisions; 0 turns auto compaction off.',
  ),
  'v2-deprecation': flag(v2Stage, 'write-only', 'Stage of the removal of the v2 store.', {
    ignored: 'there is no v2 store',
  }),
  discovery: flag(text, '', 'URL of a v2 discovery service.', { refused: NO_DISCOVERY }),
  'discovery-proxy': flag(text, '', 'HTTP proxy on the way to it.', { refused: NO_DISCOVERY }),
  'discovery-fallback': flag(
    choice(['exit', 'proxy']),
    'exit',
    'What to do when discovery fails; only exit is left.',
    { ignored: 'there is no v2 proxy: a failing discovery exits', yaml: false },
  ),
  'discovery-srv': flag(text, '', 'DNS domain whose SRV records name the members.'),
  'discovery-srv-name': flag(text, '', 'Suffix of the SRV service name.'),
  'discovery-token': flag(text, '', 'Token of the cluster at a v3 discovery service.', {
    refused: NO_DISCOVERY,
    yaml: 'discovery-config.token',
  }),
  'discovery-endpoints': flag(strings, [], 'Endpoints of a v3 discovery service.', {
    refused: NO_DISCOVERY,
    yaml: 'discovery-config.endpoints',
  }),
  'discovery-dial-timeout': flag(duration, 2_000, 'Time to connect to it.', {
    ignored: NO_DISCOVERY,
    yaml: 'discovery-config.dial-timeout',
  }),
  'discovery-request-timeout': flag(duration, 5_000, 'Time for a request to it.', {
    ignored: NO_DISCOVERY,
    yaml: 'discovery-config.request-timeout',
  }),
  'discovery-keepalive-time': flag(duration, 2_000, 'Idle time before it is pinged.', {
    ignored: NO_DISCOVERY,
    yaml: 'discovery-config.keepalive-time',
  }),
  'discovery-keepalive-timeout': flag(duration, 6_000, 'Time for the answer to such a ping.', {
    ignored: NO_DISCOVERY,
    yaml: 'discovery-config.keepalive-timeout',
  }),
  'discovery-insecure-transport': flag(bool, true, 'Connect to it without TLS.', {
    ignored: NO_DISCOVERY,
    yaml: 'discovery-config.secure.insecure-transport',
  }),
  'discovery-insecure-skip-tls-verify': flag(bool, false, 'Do not verify its certificate.', {
    ignored: NO_DISCOVERY,
    yaml: 'discovery-config.secure.insecure-skip-tls-verify',
  }),
  'discovery-cert': flag(text, '', 'Client certificate for it.', {
    refused: NO_DISCOVERY,
    yaml: 'discovery-config.secure.cert',
  }),
  'discovery-key': flag(text, '', 'Key of that certificate.', {
    refused: NO_DISCOVERY,
    yaml: 'discovery-config.secure.key',
  }),
  'discovery-cacert': flag(text, '', 'Certificates that verify it.', {
    refused: NO_DISCOVERY,
    yaml: 'discovery-config.secure.cacert',
  }),
  'discovery-user': flag(text, '', 'User name for it, as user or user:password.', {
    refused: NO_DISCOVERY,
    yaml: 'discovery-config.auth.username',
  }),
  'discovery-password': flag(text, '', 'Password for it.', {
    refused: NO_DISCOVERY,
    yaml: 'discovery-config.auth.password',
  }),
} as const;
