/** Snapshots of servers with all keys, under puts, in interleaved rounds. */
import { setTimeout as pause } from 'node:timers/promises';
import { BenchError } from '../bench-error.ts';
import { ClosedLoop } from '../load/closed-loop.ts';
import { ConnectionGroup } from '../load/connection-group.ts';
import { Latencies } from '../load/latencies.ts';
import { PacedLoop } from '../load/paced-loop.ts';
import type { RequestSet } from '../load/request-set.ts';
import { type SnapshotsTaken, takeSnapshots } from '../load/snapshot-thread.ts';
import { fewPuts } from '../workloads/few-puts.ts';
import { preload } from '../workloads/preload.ts';
import type { LoadOptions, SnapshotWorkload } from '../workloads/workload.ts';
import { interleavedRounds } from './interleaved-rounds.ts';
import {
  cpuUs,
  peakResidentBytes,
  resetPeakResidentBytes,
  residentBytes,
} from './process-metrics.ts';
import type { Server } from './servers.ts';
import type { ServerRounds } from './table.ts';

export interface SnapshotOptions extends LoadOptions {
  readonly rounds: number;
  readonly warmUp: number;
  readonly settleMs: number;
  /** Puts per second of the paced load. */
  readonly pace: number;
  /** Length of a window; snapshots are taken until it is over. */
  readonly snapshotMs: number;
}

/** Under one kind of load. */
export interface UnderLoad {
  readonly putsPerSecond: number;
  readonly p99MsAlone: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Of snapshots. */
  readonly bytesPerSecond: number;
}

export interface SnapshotFigures {
  readonly paced: UnderLoad;
  readonly closed: UnderLoad;
  /** CPU time of a snapshot under the paced load beyond that of the puts. */
  readonly cpuMsPerMebibyte: number;
  /** Peak of the resident memory during the snapshots beyond what it was before. */
  readonly rssBytesBeyond: number;
  readonly fileBytes: number;
}

export interface SnapshotResult {
  readonly workload: string;
  /** Of so many keys. */
  readonly snapshotsOf: number;
  readonly servers: readonly ServerRounds<SnapshotFigures>[];
}

/** Starts the servers, fills them, takes snapshots of them in turn, and ends them. Throws BenchError. */
export async function runSnapshot(
  workload: SnapshotWorkload,
  options: SnapshotOptions,
  starts: readonly (() => Promise<Server>)[],
): Promise<SnapshotResult> {
  const puts = fewPuts(options);
  const servers = await interleavedRounds(starts, {
    rounds: options.rounds,
    prepare: (server) => preload(server.endpoints, options),
    measure: (server) => measure(server, puts, options),
  });
  return { workload: workload.name, snapshotsOf: options.keys, servers };
}

interface Window {
  readonly putsPerSecond: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly cpuMs: number;
  readonly seconds: number;
}

/** Puts for as long as something lasts. */
type Load = (until: Promise<unknown>, latencies: Latencies) => Promise<number>;

async function measure(
  { endpoints, pids }: Server,
  puts: RequestSet,
  options: SnapshotOptions,
): Promise<SnapshotFigures> {
  const [[endpoint], [pid]] = [endpoints, pids];
  if (endpoint === undefined || pid === undefined) {
    throw new BenchError('BENCH_OPTIONS', 'snapshots of an unknown process');
  }
  const group = new ConnectionGroup(endpoints, options.connections);
  const snapshots = (): Promise<SnapshotsTaken> => takeSnapshots(endpoint, options.snapshotMs);
  try {
    const { streams, pace: perSecond } = options;
    const closedLoop = new ClosedLoop(group, streams, puts);
    await closedLoop.run(options.warmUp);
    const loads: Load[] = [
      (until, latencies) =>
        runPaced(new PacedLoop(group, { perSecond, requests: puts }), until, latencies),
      (until, latencies) => runUntil(closedLoop, until, latencies),
    ];
    const rssBefore = residentBytes(pid);
    resetPeakResidentBytes(pid);
    const under: UnderLoad[] = [];
    let cpuMsPerMebibyte = 0;
    let fileBytes = 0;
    for (const load of loads) {
      await pause(options.settleMs);
      const alone = await window(pid, load, pause(options.snapshotMs));
      await pause(options.settleMs);
      const taking = snapshots();
      const during = await window(pid, load, taking);
      const taken = await taking;
      under.push({
        putsPerSecond: during.putsPerSecond,
        p99MsAlone: alone.p99Ms,
        p99Ms: during.p99Ms,
        maxMs: during.maxMs,
        bytesPerSecond: taken.bytes / taken.seconds,
      });
      if (under.length > 1) continue;
      const putsCpuMs = (alone.cpuMs / alone.seconds) * during.seconds;
      cpuMsPerMebibyte = (during.cpuMs - putsCpuMs) / (taken.bytes / 2 ** 20);
      fileBytes = taken.bytes / taken.snapshots;
    }
    const [paced, closed] = under as [UnderLoad, UnderLoad];
    const rssBytesBeyond = peakResidentBytes(pid) - rssBefore;
    return { paced, closed, cpuMsPerMebibyte, rssBytesBeyond, fileBytes };
  } finally {
    group.close();
  }
}

async function window(pid: number, load: Load, until: Promise<unknown>): Promise<Window> {
  const latencies = new Latencies(1 << 16);
  const cpuBefore = cpuUs(pid);
  const startedAtMs = performance.now();
  const puts = await load(until, latencies);
  const seconds = (performance.now() - startedAtMs) / 1000;
  const cpuMs = (cpuUs(pid) - cpuBefore) / 1000;
  const [p99Ms, maxMs] = latencies.percentiles(0.99, 1) as [number, number];
  return { putsPerSecond: puts / seconds, p99Ms, maxMs, cpuMs, seconds };
}

async function runPaced(
  loop: PacedLoop,
  until: Promise<unknown>,
  latencies: Latencies,
): Promise<number> {
  loop.measure(latencies);
  const ended = until.finally(() => loop.stop());
  // Even if it rejects, what is under way comes to its end first.
  const [writes] = await Promise.all([loop.run(), ended.catch(() => undefined)]);
  await ended;
  return writes;
}

/** Requests of a closed loop between two looks whether it is over. */
const CLOSED_STEP = 2000;

async function runUntil(
  loop: ClosedLoop,
  until: Promise<unknown>,
  latencies: Latencies,
): Promise<number> {
  let isOver = false;
  const ended = until.finally(() => {
    isOver = true;
  });
  ended.catch(() => undefined);
  let writes = 0;
  while (!isOver) writes += await loop.run(CLOSED_STEP, latencies);
  await ended;
  return writes;
}
