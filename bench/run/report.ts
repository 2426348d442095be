/** Results as text: what they were taken on, and a table per workload. */
import { cpus, loadavg } from 'node:os';
import type { CompactionFigures, CompactionResult } from './run-compaction.ts';
import type { FailoverFigures, FailoverResult } from './run-failover.ts';
import type { MemoryFigures, MemoryResult } from './run-memory-workload.ts';
import type { LoadResult } from './run-workload.ts';
import { type Figure, mebibytes, rowText, tableText } from './table.ts';
import type { WindowFigures } from './window.ts';

const LOAD_FIGURES: readonly Figure<WindowFigures>[] = [
  { title: 'per second', digits: 0, of: (figures) => figures.perSecond },
  { title: 'server CPU us each', digits: 1, of: (figures) => figures.serverCpuUs },
  { title: 'p50 ms', digits: 2, of: (figures) => figures.p50Ms },
  { title: 'p99 ms', digits: 2, of: (figures) => figures.p99Ms },
  { title: 'RSS MiB', digits: 0, of: ({ rssBytes }) => mebibytes(rssBytes) },
  { title: 'load CPU us each', digits: 2, of: (figures) => figures.loadCpuUs },
];

const MEMORY_FIGURES: readonly Figure<MemoryFigures>[] = [
  { title: 'RSS MiB before', digits: 0, of: ({ rssBytesBefore }) => mebibytes(rssBytesBefore) },
  { title: 'RSS MiB with them', digits: 0, of: ({ rssBytes }) => mebibytes(rssBytes) },
  { title: 'KiB each', digits: 1, of: (figures) => figures.bytesEach / 1024 },
  { title: 'idle CPU ms per second', digits: 1, of: (figures) => figures.idleCpuMsPerSecond },
];

const COMPACTION_FIGURES: readonly Figure<CompactionFigures>[] = [
  { title: 'seconds', digits: 1, of: (figures) => figures.seconds },
  { title: 'p50 ms before', digits: 2, of: ({ before }) => before.p50Ms },
  { title: 'p50 ms meanwhile', digits: 2, of: ({ meanwhile }) => meanwhile.p50Ms },
  { title: 'p99 ms before', digits: 2, of: ({ before }) => before.p99Ms },
  { title: 'p99 ms meanwhile', digits: 2, of: ({ meanwhile }) => meanwhile.p99Ms },
  { title: 'greatest ms before', digits: 1, of: ({ before }) => before.maxMs },
  { title: 'greatest ms meanwhile', digits: 1, of: ({ meanwhile }) => meanwhile.maxMs },
  { title: 'server CPU seconds', digits: 2, of: (figures) => figures.cpuSeconds },
  { title: 'RSS MiB before', digits: 0, of: ({ rssBytesBefore }) => mebibytes(rssBytesBefore) },
  { title: 'RSS MiB at most', digits: 0, of: ({ rssBytesMax }) => mebibytes(rssBytesMax) },
  { title: 'dbSize MiB before', digits: 0, of: (round) => mebibytes(round.sizeBefore.totalBytes) },
  { title: 'in use MiB before', digits: 0, of: (round) => mebibytes(round.sizeBefore.inUseBytes) },
  { title: 'dbSize MiB after', digits: 0, of: (round) => mebibytes(round.sizeAfter.totalBytes) },
  { title: 'in use MiB after', digits: 0, of: (round) => mebibytes(round.sizeAfter.inUseBytes) },
];

const FAILOVER_FIGURES: readonly Figure<FailoverFigures>[] = [
  { title: 'ms until puts are back', digits: 0, of: (figures) => figures.resumedMs },
  { title: 'elections', digits: 0, of: (figures) => figures.elections },
];

/** What the figures were taken on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly loadAverage: number;
  readonly node: string;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    loadAverage: loadavg()[0] ?? 0,
    node: process.version,
  };
}

export function machineText(machine: Machine, pinned: boolean): string {
  const { cpu, cores, loadAverage, node } = machine;
  const sharing = pinned
    ? 'Each server has core 0 for itself, the load core 1.'
    : 'Server and load share the cores; the load is one thread.';
  const busy = loadAverage > 0.5 ? ' It was busy just before: was anything else running?' : '';
  return `${cpu}, ${cores} cores, load average ${loadAverage.toFixed(1)} before, Node ${node}.\n${sharing}${busy}`;
}

export function resultText(
  result: LoadResult | MemoryResult | CompactionResult | FailoverResult,
): string {
  if ('revisions' in result) return compactionText(result);
  if ('kills' in result) return failoverText(result);
  return 'count' in result ? memoryText(result) : loadText(result);
}

function loadText({ workload, unit, servers }: LoadResult): string {
  const idle = servers.map(({ idleRssBytes }) => mebibytes(idleRssBytes)?.toFixed(0) ?? '-');
  const table = tableText(`${workload}, ${unit}`, servers, LOAD_FIGURES);
  return `${table}\n${rowText('idle RSS MiB', idle)}`;
}

function memoryText({ workload, count, unit, servers }: MemoryResult): string {
  return tableText(`${workload}, ${count} ${unit}`, servers, MEMORY_FIGURES);
}

function compactionText({ workload, revisions, servers }: CompactionResult): string {
  return tableText(`${workload}, ${revisions} revisions`, servers, COMPACTION_FIGURES);
}

function failoverText({ workload, kills, servers }: FailoverResult): string {
  return tableText(`${workload}, ${kills} kills`, servers, FAILOVER_FIGURES);
}
