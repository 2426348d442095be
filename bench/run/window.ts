/** One measured window: the same steps for every server. */
import { setTimeout as pause } from 'node:timers/promises';
import { BenchError } from '../bench-error.ts';
import type { ControlClient } from '../load/control-client.ts';
import { Latencies } from '../load/latencies.ts';
import type { WorkloadSession } from '../workloads/workload.ts';
import { cpuUsOf, residentBytesOf } from './process-metrics.ts';

export interface WindowOptions {
  /** Operations to measure. */
  readonly total: number;
  /** Operations before that, to be forgotten. */
  readonly warmUp: number;
  /**
   * Idle time before and behind the load. What a server puts off (backend batches, every 100 ms) is
   * thus counted where it was caused, and not with the next load.
   */
  readonly settleMs: number;
}

/** Who is measured. */
export interface WindowSubject {
  readonly session: WorkloadSession;
  /** Undefined: there is no store, and no revision to check. */
  readonly control: ControlClient | undefined;
  /** None: not known. */
  readonly pids: readonly number[];
}

/** Figures of one window; those of the server's processes are undefined when they are not known. */
export interface WindowFigures {
  readonly operations: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly serverCpuUs: number | undefined;
  readonly loadCpuUs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly rssBytes: number | undefined;
}

/** Throws BENCH_REVISION when the store has not moved by exactly the acknowledged writes. */
export async function measureWindow(
  { session, control, pids }: WindowSubject,
  { total, warmUp, settleMs }: WindowOptions,
): Promise<WindowFigures> {
  const revisionBefore = await control?.revision();
  const warmUpWrites = warmUp === 0 ? 0 : (await session.run(warmUp)).writes;
  await pause(settleMs);
  const latencies = new Latencies(total);

  const serverBefore = cpuUsOf(pids) ?? 0;
  const loadBefore = process.cpuUsage();
  const startedAtMs = performance.now();
  const { operations, writes } = await session.run(total, latencies);
  const seconds = (performance.now() - startedAtMs) / 1000;
  const load = process.cpuUsage(loadBefore);
  await pause(settleMs);
  const serverAfter = cpuUsOf(pids);

  if (control !== undefined && revisionBefore !== undefined) {
    await checkRevision(control, revisionBefore + warmUpWrites + writes);
  }
  const [p50Ms, p99Ms] = latencies.percentiles(0.5, 0.99) as [number, number];
  return {
    operations,
    seconds,
    perSecond: operations / seconds,
    serverCpuUs: serverAfter === undefined ? undefined : (serverAfter - serverBefore) / operations,
    loadCpuUs: (load.user + load.system) / operations,
    p50Ms,
    p99Ms,
    rssBytes: residentBytesOf(pids),
  };
}

/** Throws BENCH_REVISION when the store is not at `expected`. */
export async function checkRevision(control: ControlClient, expected: number): Promise<void> {
  const revision = await control.revision();
  if (revision === expected) return;
  const text = `the revision is ${revision}; by the acknowledged writes it should be ${expected}`;
  throw new BenchError('BENCH_REVISION', text);
}
