/** One memory workload on all servers, in interleaved rounds, each on a server of its own. */
import { setTimeout as pause } from 'node:timers/promises';
import { BenchError } from '../bench-error.ts';
import type { Holding, LoadOptions, MemoryWorkload } from '../workloads/workload.ts';
import { cpuUs, openFilesMax, residentBytes } from './process-metrics.ts';
import { blaming, type Server } from './servers.ts';
import type { ServerRounds } from './table.ts';

export interface MemoryOptions extends LoadOptions {
  readonly rounds: number;
  /** From the opening of the last thing to the reading of the memory. */
  readonly idleMs: number;
}

/** What the process of a server looked like, in one round. */
export interface MemoryFigures {
  readonly rssBytesBefore: number;
  readonly rssBytes: number;
  readonly bytesEach: number;
  /** CPU time while everything is at rest. */
  readonly idleCpuMsPerSecond: number | undefined;
}

export interface MemoryResult {
  readonly workload: string;
  readonly unit: string;
  readonly count: number;
  readonly servers: readonly ServerRounds<MemoryFigures>[];
}

/** Files that a process has open besides the connections: rather too many than too few. */
const OTHER_FILES = 200;

/** Starts one server at a time, since what a process gave back to the system says nothing. */
export async function runMemoryWorkload(
  workload: MemoryWorkload,
  options: MemoryOptions,
  starts: readonly (() => Promise<Server>)[],
): Promise<MemoryResult> {
  const holding = workload.prepare(options);
  requireFiles('the load', process.pid, holding.connections);
  const columns: { server: string; version: string | undefined; rounds: MemoryFigures[] }[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const order = [...starts.entries()];
    for (const [index, start] of round % 2 === 0 ? order : order.reverse()) {
      const server = await start();
      const column = (columns[index] ??= {
        server: server.name,
        version: server.version,
        rounds: [],
      });
      try {
        column.rounds.push(await blaming(server, () => measure(holding, server, options.idleMs)));
      } finally {
        await server.dispose();
      }
    }
  }
  return { workload: workload.name, unit: workload.unit, count: holding.count, servers: columns };
}

async function measure(holding: Holding, server: Server, idleMs: number): Promise<MemoryFigures> {
  const { endpoints, pids } = server;
  const [pid] = pids;
  if (pid === undefined) throw new BenchError('BENCH_OPTIONS', 'memory of an unknown process');
  requireFiles('it', pid, holding.connections);
  const rssBytesBefore = residentBytes(pid);
  const session = await holding.open(endpoints);
  try {
    const cpuBefore = cpuUs(pid);
    await pause(idleMs);
    const idleCpuUs = cpuUs(pid) - cpuBefore;
    const rssBytes = residentBytes(pid);
    await session.verify();
    return {
      rssBytesBefore,
      rssBytes,
      bytesEach: (rssBytes - rssBytesBefore) / holding.count,
      idleCpuMsPerSecond: idleMs === 0 ? undefined : idleCpuUs / idleMs,
    };
  } finally {
    session.close();
  }
}

/** Node and Go raise their limit to the hard one by themselves, so that one is what matters. */
function requireFiles(who: string, pid: number, connections: number): void {
  const needed = connections + OTHER_FILES;
  const max = openFilesMax(pid);
  if (max >= needed) return;
  const text = `${who} may have ${max} files open, and needs ${needed}: raise the hard limit`;
  throw new BenchError('BENCH_OPTIONS', `${text} (ulimit -Hn, or prlimit --nofile)`);
}
