/** Flags of the member itself: identity, storage, limits, listeners. */
import { flag } from '../flag.ts';
import { bool, duration, gates, int, text, uint, uint32, urls } from '../kinds.ts';
import { parseUrlList } from '../member-url.ts';

const CLIENT = 'http://localhost:2379';
const PEER = 'http://localhost:2380';

const NO_BBOLT = 'the backend is LevelDB';
const FIXED_TIMEOUTS = 'peer connections have fixed time-outs of 5s';
const NO_SOCKET_OPTIONS = 'socket options are not built yet';

export const MEMBER_FLAGS = {
  name: flag(text, 'default', 'Name of this member, unique in its cluster.'),
  'data-dir': flag(text, '', 'Data directory; if empty, the name with ".etcd" behind it.'),
  'wal-dir': flag(text, '', 'Directory of its own for the write-ahead log.'),
  'snapshot-count': flag(uint, 10_000, 'Applied entries from one snapshot to the next.'),
  'snapshot-catchup-entries': flag(
    uint,
    5_000,
    'Raft entries kept behind a snapshot for slow followers.',
  ),
  'heartbeat-interval': flag(uint, 100, 'Time between two heartbeats, in milliseconds.'),
  'election-timeout': flag(
    uint,
    1_000,
    'Time without a leader before an election, in milliseconds; at least 5 heartbeats.',
  ),
  'initial-election-tick-advance': flag(
    bool,
    true,
    'Shorten the wait for the first election after start.',
  ),
  'listen-peer-urls': flag(urls(PEER), parseUrlList(PEER), 'URLs to listen on for peers.'),
  'listen-client-urls': flag(
    urls(CLIENT),
    parseUrlList(CLIENT),
    'URLs to listen on for clients, gRPC and HTTP.',
  ),
  'listen-client-http-urls': flag(urls(''), [], 'URLs to listen on for HTTP clients only.'),
  'max-snapshots': flag(uint, 5, 'Snapshot files to keep; 0 keeps all.'),
  'max-wals': flag(uint, 5, 'WAL files to keep; 0 keeps all.'),
  'quota-backend-bytes': flag(
    int,
    0,
    'Size of the state that raises the NOSPACE alarm; 0 means 2 GiB, less means none.',
  ),
  'backend-bbolt-freelist-type': flag(text, 'map', 'Kind of free list of bbolt.', {
    ignored: NO_BBOLT,
  }),
  'backend-batch-interval': flag(
    duration,
    0,
    'Longest time between two backend batches; 0 means 100ms.',
  ),
  'backend-batch-limit': flag(int, 0, 'Operations that end a backend batch; 0 means 10000.'),
  'max-txn-ops': flag(uint, 128, 'Operations allowed in one transaction.'),
  'max-request-bytes': flag(uint, 1_572_864, 'Largest request of a client, in bytes.'),
  'max-concurrent-streams': flag(uint32, 4_294_967_295, 'Open streams allowed per connection.'),
  'grpc-keepalive-min-time': flag(
    duration,
    5_000,
    'Least time between two pings of a client, faster ones are disconnected; 0 means 5m.',
  ),
  'grpc-keepalive-interval': flag(
    duration,
    7_200_000,
    'Idle time before the server pings a client; 0 means 2h.',
  ),
  'grpc-keepalive-timeout': flag(
    duration,
    20_000,
    'Time for the answer to such a ping; 0 means 20s.',
  ),
  'socket-reuse-port': flag(bool, false, 'Listen with SO_REUSEPORT.', {
    ignored: NO_SOCKET_OPTIONS,
    yaml: 'socket-options.reuse-port',
  }),
  'socket-reuse-address': flag(bool, false, 'Listen with SO_REUSEADDR.', {
    ignored: NO_SOCKET_OPTIONS,
    yaml: 'socket-options.reuse-address',
  }),
  'enable-grpc-gateway': flag(bool, true, 'Serve the JSON gateway.', {
    ignored: 'the JSON gateway is not built yet',
  }),
  'raft-read-timeout': flag(duration, 5_000, 'Read timeout of a peer connection; at least 5s.', {
    ignored: FIXED_TIMEOUTS,
    yaml: false,
  }),
  'raft-write-timeout': flag(duration, 5_000, 'Write timeout of a peer connection; at least 5s.', {
    ignored: FIXED_TIMEOUTS,
    yaml: false,
  }),
  'feature-gates': flag(gates, {}, 'Features on or off: A=true,B=false.'),
} as const;
