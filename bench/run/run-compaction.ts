/** A long history is compacted under a steady load, on each server in turn, in rounds. */
import { setTimeout as pause } from 'node:timers/promises';
import { ClosedLoop } from '../load/closed-loop.ts';
import { ConnectionGroup } from '../load/connection-group.ts';
import { ControlClient, type StoreSize } from '../load/control-client.ts';
import { Latencies } from '../load/latencies.ts';
import { PacedLoop } from '../load/paced-loop.ts';
import { RequestSet } from '../load/request-set.ts';
import { KeySpace } from '../workloads/key-space.ts';
import { mixed, putRequests, rangeRequests } from '../workloads/requests.ts';
import type { CompactionWorkload, LoadOptions } from '../workloads/workload.ts';
import { cpuUsOf, residentBytesOf } from './process-metrics.ts';
import { blaming, type Server } from './servers.ts';
import type { ServerRounds } from './table.ts';
import { checkRevision } from './window.ts';

export interface CompactionOptions extends LoadOptions {
  readonly rounds: number;
  /** Revisions to compact. */
  readonly revisions: number;
  /** Requests per second meanwhile: as many puts as ranges. */
  readonly pace: number;
}

/** Percentiles of one stretch of the load, in milliseconds. */
export interface PaceFigures {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface CompactionFigures {
  /** From the request to its answer: removed from the disk. */
  readonly seconds: number;
  readonly before: PaceFigures;
  readonly meanwhile: PaceFigures;
  readonly cpuSeconds: number | undefined;
  readonly rssBytesBefore: number | undefined;
  readonly rssBytesMax: number | undefined;
  readonly sizeBefore: StoreSize;
  readonly sizeAfter: StoreSize;
}

export interface CompactionResult {
  readonly workload: string;
  readonly revisions: number;
  readonly servers: readonly ServerRounds<CompactionFigures>[];
}

export interface CompactionTimes {
  readonly warmUpMs: number;
  /** Of the load without a compaction. */
  readonly quietMs: number;
  /** So that the size has been measured, by those who do that now and then. */
  readonly sizedMs: number;
}

const TIMES: CompactionTimes = { warmUpMs: 2000, quietMs: 5000, sizedMs: 6000 };
const SAMPLE_MS = 50;
const CONNECTIONS = 4;

/** Starts one server at a time, since two histories may be more than the memory holds. */
export async function runCompaction(
  workload: CompactionWorkload,
  options: CompactionOptions & { readonly times?: CompactionTimes },
  starts: readonly (() => Promise<Server>)[],
): Promise<CompactionResult> {
  const times = options.times ?? TIMES;
  const columns: { server: string; version: string | undefined; rounds: CompactionFigures[] }[] =
    [];
  const requests = historyRequests(options);
  for (let round = 0; round < options.rounds; round++) {
    const order = [...starts.entries()];
    for (const [index, start] of round % 2 === 0 ? order : order.reverse()) {
      const server = await start();
      const { name, version } = server;
      const column = (columns[index] ??= { server: name, version, rounds: [] });
      try {
        column.rounds.push(
          await blaming(server, () => measure(server, requests, { ...options, times })),
        );
      } finally {
        await server.dispose();
      }
    }
  }
  return { workload: workload.name, revisions: options.revisions, servers: columns };
}

interface HistoryRequests {
  readonly puts: RequestSet;
  readonly steady: RequestSet;
}

function historyRequests(options: CompactionOptions): HistoryRequests {
  const space = new KeySpace(options);
  const puts = putRequests(space);
  const steady = mixed({ build: puts, share: 1 }, { build: rangeRequests(space, false), share: 1 });
  return {
    puts: new RequestSet(options.keys, puts),
    steady: new RequestSet(options.keys, steady),
  };
}

async function measure(
  server: Server,
  requests: HistoryRequests,
  options: CompactionOptions & { readonly times: CompactionTimes },
): Promise<CompactionFigures> {
  const { endpoints } = server;
  const { times } = options;
  const control = new ControlClient(endpoints);
  const group = new ConnectionGroup(endpoints, CONNECTIONS);
  try {
    const written = await writeHistory(server, requests.puts, options);
    await pause(times.sizedMs);
    const revision = await control.revision();
    const loop = new PacedLoop(group, { perSecond: options.pace, requests: requests.steady });
    const running = loop.run();
    const [figures, writes] = await Promise.all([
      compactUnder(loop, { ...server, control, revision }, times).finally(() => loop.stop()),
      running,
    ]);
    await checkRevision(control, 1 + written + writes);
    await pause(times.sizedMs);
    return { ...figures, sizeAfter: await control.size() };
  } finally {
    group.close();
    control.close();
  }
}

async function writeHistory(
  { endpoints }: Server,
  puts: RequestSet,
  { connections, streams, revisions }: CompactionOptions,
): Promise<number> {
  const group = new ConnectionGroup(endpoints, connections);
  try {
    return await new ClosedLoop(group, streams, puts).run(revisions);
  } finally {
    group.close();
  }
}

async function compactUnder(
  loop: PacedLoop,
  { pids, control, revision }: Pick<Server, 'pids'> & { control: ControlClient; revision: number },
  { warmUpMs, quietMs }: CompactionTimes,
): Promise<Omit<CompactionFigures, 'sizeAfter'>> {
  await pause(warmUpMs);
  const before = new Latencies(1);
  loop.measure(before);
  await pause(quietMs);
  const sizeBefore = await control.size();
  const meanwhile = new Latencies(1);
  const rssBytesBefore = residentBytesOf(pids);
  const cpuBefore = cpuUsOf(pids);
  let rssBytesMax = rssBytesBefore;
  const sampler = setInterval(() => {
    rssBytesMax = Math.max(rssBytesMax ?? 0, residentBytesOf(pids) ?? 0);
  }, SAMPLE_MS);
  loop.measure(meanwhile);
  const startedAtMs = performance.now();
  try {
    await control.compactPhysically(revision);
  } finally {
    clearInterval(sampler);
  }
  const seconds = (performance.now() - startedAtMs) / 1000;
  loop.measure(new Latencies(1));
  const cpuAfter = cpuUsOf(pids);
  return {
    seconds,
    before: paceFigures(before),
    meanwhile: paceFigures(meanwhile),
    cpuSeconds:
      cpuAfter === undefined || cpuBefore === undefined ? undefined : (cpuAfter - cpuBefore) / 1e6,
    rssBytesBefore,
    rssBytesMax: pids.length === 0 ? undefined : rssBytesMax,
    sizeBefore,
  };
}

function paceFigures(latencies: Latencies): PaceFigures {
  const [p50Ms, p99Ms, maxMs] = latencies.percentiles(0.5, 0.99, 1) as [number, number, number];
  return { p50Ms, p99Ms, maxMs };
}
