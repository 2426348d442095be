/** The command line. */
import yargs from 'yargs';
import { BenchError } from '../bench-error.ts';
import type { Endpoint } from '../load/connection-group.ts';
import { WORKLOADS } from '../workloads/index.ts';
import { KEY_BYTES_MIN, VALUE_BYTES_MIN } from '../workloads/key-space.ts';
import type { Workload } from '../workloads/workload.ts';
import type { CompactionOptions } from './run-compaction.ts';
import type { FailoverOptions } from './run-failover.ts';
import type { MemoryOptions } from './run-memory-workload.ts';
import type { RestartOptions } from './run-restart.ts';
import type { SnapshotOptions } from './run-snapshot.ts';
import type { WorkloadOptions } from './run-workload.ts';
import {
  parseEndpoint,
  SERVER_KINDS,
  type ServerKind,
  TRANSPORT_KINDS,
  type TransportKind,
} from './servers.ts';

export interface BenchOptions
  extends WorkloadOptions,
    MemoryOptions,
    CompactionOptions,
    FailoverOptions,
    RestartOptions,
    SnapshotOptions {
  readonly workloads: readonly string[];
  readonly servers: readonly ServerKind[];
  /** Given to each server, besides its addresses and folder. */
  readonly serverFlags: readonly string[];
  /** What the no-op workloads compare. */
  readonly transports: readonly TransportKind[];
  /** Of each server. */
  readonly members: number;
  readonly pin: boolean;
  readonly endpoint: Endpoint | undefined;
  readonly pid: number | undefined;
  readonly json: string | undefined;
}

const COLUMNS = 100;
const NAMES = WORKLOADS.map((workload) => workload.name);
const EPILOGUE = [
  'Workloads:',
  ...WORKLOADS.map(({ name, about }) => `  ${name.padEnd(20)}${about}`),
  '',
  'Servers: etcd is the real one, from ETCD_BIN_DIR or the PATH; etcd-ts is the one built here;',
  'trivial answers without doing anything, to show what the load itself costs. The no-op workloads',
  'need no store: they compare transports, of etcd-ts, grpc-js, node-http2 and trivial.',
  '',
  'Every server is started in a fresh folder with default flags; rounds alternate in order. Any',
  'status but OK, any wrong answer and any wrong final revision end the run. See bench/README.md.',
].join('\n');

/** Parses the arguments. Throws BENCH_OPTIONS. `--help` prints and ends the process. */
export function parseOptions(argv: readonly string[]): BenchOptions {
  const given = commandLine(argv).parseSync();
  const options: BenchOptions = {
    workloads: workloadsOf(given),
    servers: list(given.servers, SERVER_KINDS, 'server'),
    serverFlags: given['server-flags'].split(/\s+/).filter((flag) => flag !== ''),
    transports: list(given.transports, TRANSPORT_KINDS, 'transport'),
    connections: given.conns,
    streams: given.streams,
    keys: given.keys,
    keyBytes: given['key-size'],
    valueBytes: given['value-size'],
    watchers: given.watchers,
    idleConnections: given['idle-conns'],
    watchStreams: given['watch-streams'],
    idleMs: given['idle-ms'],
    total: given.total,
    warmUp: given['warm-up'],
    rounds: given.rounds,
    revisions: given.revisions,
    pace: given.pace,
    kills: given.kills,
    snapshotMs: given['snapshot-ms'],
    members: given.members,
    settleMs: given['settle-ms'],
    pin: given.pin,
    endpoint: given.endpoint === undefined ? undefined : parseEndpoint(given.endpoint),
    pid: given.pid,
    json: given.json,
  };
  check(options);
  return options;
}

function commandLine(argv: readonly string[]) {
  return yargs([...argv])
    .scriptName('npm run bench --')
    .usage('$0 [options]\n\nLoads real etcd and etcd-ts in turn, and compares them.')
    .options({
      workloads: {
        type: 'string',
        defaultDescription: 'all',
        describe: 'which, in which order',
      },
      servers: { type: 'string', default: 'etcd,etcd-ts', describe: 'the first one is the base' },
      transports: {
        type: 'string',
        default: 'grpc-js,etcd-ts',
        describe: 'what no-op workloads compare',
      },
      total: { type: 'number', default: 100_000, describe: 'operations per measured window' },
      'warm-up': { type: 'number', default: 20_000, describe: 'operations before each window' },
      rounds: { type: 'number', default: 3, describe: 'measured windows per server' },
      'settle-ms': { type: 'number', default: 300, describe: 'idle time around each window' },
      members: { type: 'number', default: 1, describe: 'of each server: a cluster' },
      revisions: { type: 'number', default: 1_000_000, describe: 'history of compaction' },
      pace: { type: 'number', default: 2000, describe: 'paced requests per second' },
      kills: { type: 'number', default: 10, describe: 'of each cluster, by failover' },
      'snapshot-ms': { type: 'number', default: 5000, describe: 'snapshots are taken for so long' },
      conns: { type: 'number', default: 10, describe: 'connections' },
      streams: { type: 'number', default: 10, describe: 'requests in flight per connection' },
      keys: { type: 'number', default: 100_000, describe: 'present keys; as many requests' },
      'key-size': { type: 'number', default: 32, describe: 'bytes of a key' },
      'value-size': { type: 'number', default: 256, describe: 'bytes of a value' },
      watchers: { type: 'number', default: 100, describe: 'watchers of the watch workloads' },
      'idle-conns': { type: 'number', default: 10_000, describe: 'of idle-connections' },
      'watch-streams': { type: 'number', default: 10_000, describe: 'of watch-streams' },
      'idle-ms': { type: 'number', default: 10_000, describe: 'rest before memory is read' },
      'server-flags': { type: 'string', default: '', describe: 'of both servers, e.g. a quota' },
      pin: { type: 'boolean', default: false, describe: 'server on core 0, load on core 1' },
      endpoint: { type: 'string', describe: 'load this running server, host:port, instead' },
      pid: { type: 'number', describe: 'process of --endpoint, for CPU and memory' },
      json: { type: 'string', describe: 'write all figures to this file' },
    } as const)
    .epilogue(EPILOGUE)
    .wrap(COLUMNS)
    .version(false)
    .strict()
    .exitProcess(true)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new BenchError('BENCH_OPTIONS', message ?? 'bad command line');
    });
}

/** All by default: of a server that runs already, those that can be had. */
function workloadsOf(given: Given): string[] {
  const possible = WORKLOADS.filter(({ kind }) => isPossible(kind, given)).map(({ name }) => name);
  if (given.workloads === undefined) return possible;
  const asked = list(given.workloads, NAMES, 'workload');
  const impossible = asked.find((name) => !possible.includes(name));
  if (impossible === undefined) return asked;
  throw new BenchError('BENCH_OPTIONS', `${impossible} is not to be had from such a server`);
}

interface Given {
  readonly workloads?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly pid?: number | undefined;
  readonly members: number;
}

/**
 * A store has no no-op method, and a process that is not known no memory. Clusters are loaded, and
 * they alone can do without a member.
 */
function isPossible(kind: Workload['kind'], { endpoint, pid, members }: Given): boolean {
  if (kind === 'store') return true;
  if (kind === 'failover') return members > 2;
  // Somebody else's history is not ours to compact.
  if (kind === 'compaction') return endpoint === undefined;
  if (members > 1) return false;
  if (kind === 'restart') return endpoint === undefined;
  return endpoint === undefined || (kind !== 'no-op' && pid !== undefined);
}

function list<T extends string>(text: string, known: readonly T[], what: string): T[] {
  return text.split(',').map((name) => {
    const found = known.find((one) => one === name);
    if (found !== undefined) return found;
    throw new BenchError('BENCH_OPTIONS', `no ${what} ${name}; there are ${known.join(', ')}`);
  });
}

function check(options: BenchOptions): void {
  atLeast(options, 'total', 1);
  atLeast(options, 'warmUp', 0);
  atLeast(options, 'rounds', 1);
  atLeast(options, 'pace', 1);
  atLeast(options, 'kills', 1);
  atLeast(options, 'snapshotMs', 1);
  atLeast(options, 'members', 1);
  atLeast(options, 'settleMs', 0);
  atLeast(options, 'connections', 1);
  atLeast(options, 'streams', 1);
  atLeast(options, 'watchers', 1);
  atLeast(options, 'idleConnections', 1);
  atLeast(options, 'watchStreams', 1);
  atLeast(options, 'idleMs', 0);
  atLeast(options, 'keyBytes', KEY_BYTES_MIN);
  atLeast(options, 'valueBytes', VALUE_BYTES_MIN);
  // A request under way is never made a second time.
  atLeast(options, 'keys', Math.max(options.connections * options.streams, options.watchers));
  if (options.workloads.includes('compaction')) {
    // Each key is read meanwhile.
    atLeast(options, 'revisions', options.keys);
  }
  if (options.pid !== undefined && options.endpoint === undefined) {
    throw new BenchError('BENCH_OPTIONS', '--pid goes with --endpoint');
  }
  const isOneProcess =
    options.endpoint !== undefined || options.pin || options.servers.includes('trivial');
  if (options.members > 1 && isOneProcess) {
    const text = '--members does not go with --endpoint, --pin and the trivial server';
    throw new BenchError('BENCH_OPTIONS', text);
  }
}

type NumberOption = {
  [Name in keyof BenchOptions]: BenchOptions[Name] extends number ? Name : never;
}[keyof BenchOptions];

function atLeast(options: BenchOptions, name: NumberOption, least: number): void {
  if (Number.isSafeInteger(options[name]) && options[name] >= least) return;
  throw new BenchError('BENCH_OPTIONS', `${name} must be an integer of at least ${least}`);
}
