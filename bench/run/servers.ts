/** The servers that are measured: started here in fresh folders, or running already. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LiveCluster } from '../../test/support/live-cluster.ts';
import { realTool } from '../../test/support/processes.ts';
import { BenchError } from '../bench-error.ts';
import type { Endpoint } from '../load/connection-group.ts';
import { ControlClient } from '../load/control-client.ts';
import { KEY_RANGE } from '../workloads/key-space.ts';

/** What can be started. `trivial` is no store: it shows what the load itself costs. */
export const SERVER_KINDS = ['etcd', 'etcd-ts', 'trivial'] as const;
export type ServerKind = (typeof SERVER_KINDS)[number];

/** What can answer the no-op method: a transport in a process of its own, or `trivial`. */
export const TRANSPORT_KINDS = ['etcd-ts', 'grpc-js', 'node-http2', 'trivial'] as const;
export type TransportKind = (typeof TRANSPORT_KINDS)[number];

export interface Server {
  readonly name: string;
  /** One for each member. */
  readonly endpoints: readonly Endpoint[];
  /** What it says of itself; undefined when it says nothing. */
  readonly version: string | undefined;
  /** Its processes. None: not known, so no CPU and memory figures. */
  readonly pids: readonly number[];
  /** Those who share the store, when there are several. */
  readonly cluster?: LiveCluster;
  /** The end of its log, for who has to find out why it failed. */
  log(): string;
  /** Stops it and removes its data; of a server that was running already, only our keys. */
  dispose(): Promise<void>;
}

/** How long a server that has just started is left alone, so that its memory is that of idleness. */
const IDLE_MS = 1000;
const VERSION_TIMEOUT_MS = 2000;
const LOG_TAIL_LINES = 10;
const TRIVIAL_SERVER = fileURLToPath(new URL('../trivial-server.js', import.meta.url));
const NO_OP_SERVER = fileURLToPath(new URL('../no-op-server.js', import.meta.url));

/** Starts a server of so many members on free ports, and waits until it serves. */
export async function startServer(
  kind: ServerKind,
  valueBytes: number,
  { members, flags }: { readonly members: number; readonly flags: readonly string[] },
): Promise<Server> {
  if (kind === 'trivial') return startScript(kind, TRIVIAL_SERVER, String(valueBytes));
  if (kind === 'etcd' && realTool('etcd') === undefined) {
    throw new BenchError('BENCH_OPTIONS', 'no etcd in ETCD_BIN_DIR or on the PATH');
  }
  const cluster = await LiveCluster.start(members, { kind, flags });
  await pause(IDLE_MS);
  const endpoints = cluster.members.map(({ endpoint }) => parseEndpoint(endpoint));
  return {
    name: members === 1 ? kind : `${members} x ${kind}`,
    endpoints,
    version: await versionOf(endpoints[0] as Endpoint),
    pids: cluster.members.map(({ pid }) => pid),
    cluster,
    log: () => cluster.members.map(({ log }) => tailOf(log)).join('\n'),
    dispose: async () => cluster.dispose(),
  };
}

function tailOf(log: string): string {
  return log.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}

/** Starts a server of the no-op method. */
export async function startTransport(kind: TransportKind): Promise<Server> {
  if (kind === 'trivial') return startScript(kind, TRIVIAL_SERVER, '0');
  return startScript(kind, NO_OP_SERVER, kind);
}

/** Starts a script of ours that prints its port. */
async function startScript(name: string, script: string, argument: string): Promise<Server> {
  const child = spawn(process.execPath, [script, argument], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  await pause(IDLE_MS);
  return {
    name,
    endpoints: [{ host: '127.0.0.1', port: Number(port) }],
    version: undefined,
    pids: child.pid === undefined ? [] : [child.pid],
    log: () => '',
    async dispose() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

/** Says in an error of `action` which server it was, and what that server logged. */
export async function blaming<T>(server: Server, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    const log = server.log();
    const text = `${server.name}: ${error.message}`;
    throw new BenchError(error.code, log === '' ? text : `${text}\n${log}`, error);
  }
}

/** A server that somebody else runs. */
export async function runningServer(endpoint: Endpoint, pid: number | undefined): Promise<Server> {
  const name = `${endpoint.host}:${endpoint.port}`;
  return {
    name,
    endpoints: [endpoint],
    version: await versionOf(endpoint),
    pids: pid === undefined ? [] : [pid],
    log: () => '',
    async dispose() {
      const control = new ControlClient([endpoint]);
      try {
        await control.deleteRange(KEY_RANGE.start, KEY_RANGE.end);
      } catch (error) {
        if (!(error instanceof BenchError)) throw error;
        console.error(`${name}: our keys are left there: ${error.message}`);
      } finally {
        control.close();
      }
    },
  };
}

async function versionOf({ host, port }: Endpoint): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://${host}:${port}/version`, {
      signal: AbortSignal.timeout(VERSION_TIMEOUT_MS),
    });
    const { etcdserver } = (await answer.json()) as { etcdserver?: unknown };
    return typeof etcdserver === 'string' ? etcdserver : undefined;
  } catch {
    // Not everything that speaks gRPC speaks HTTP/1, and no figure depends on it.
    return undefined;
  }
}

/** Reads `host:port`. Throws BENCH_OPTIONS. */
export function parseEndpoint(text: string): Endpoint {
  const match = /^([^:]+):(\d+)$/.exec(text);
  if (match === null) throw new BenchError('BENCH_OPTIONS', `not host:port: ${text}`);
  return { host: match[1] ?? '', port: Number(match[2]) };
}
