/** Results as text: a table per workload, medians with least and greatest value. */
import { cpus, loadavg } from 'node:os';
import { type Summary, summarize } from '../statistics.ts';
import type { ServerResult, WorkloadResult } from './run-workload.ts';
import type { WindowFigures } from './window.ts';

interface Figure {
  readonly title: string;
  readonly digits: number;
  readonly of: (figures: WindowFigures) => number | undefined;
}

const MEBIBYTE = 1024 * 1024;
const TITLE_WIDTH = 29;
const CELL_WIDTH = 27;

const FIGURES: readonly Figure[] = [
  { title: 'per second', digits: 0, of: (figures) => figures.perSecond },
  { title: 'server CPU us each', digits: 1, of: (figures) => figures.serverCpuUs },
  { title: 'p50 ms', digits: 2, of: (figures) => figures.p50Ms },
  { title: 'p99 ms', digits: 2, of: (figures) => figures.p99Ms },
  { title: 'RSS MiB', digits: 0, of: ({ rssBytes }) => mebibytes(rssBytes) },
  { title: 'load CPU us each', digits: 2, of: (figures) => figures.loadCpuUs },
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

/** One column per server, then the ratios to the first of them. */
export function workloadText({ workload, unit, servers }: WorkloadResult): string {
  const base = servers[0] as ServerResult;
  const others = servers.slice(1);
  const heads = [
    ...servers.map(({ server, version }) => `${server} ${version ?? ''}`.trimEnd()),
    ...others.map(({ server }) => `${server} / ${base.server}`),
  ];
  const rows = FIGURES.map((figure) =>
    row(figure.title, [
      ...servers.map((server) => cell(figure, server)),
      ...others.map((server) => ratioCell(figure, server, base)),
    ]),
  );
  const idle = servers.map(({ idleRssBytes }) => mebibytes(idleRssBytes)?.toFixed(0) ?? '-');
  return [row(`${workload}, ${unit}`, heads), ...rows, row('idle RSS MiB', idle)].join('\n');
}

/** Ratio to the base in each round, `server / base`; undefined where a figure is missing. */
export function ratios(
  of: (figures: WindowFigures) => number | undefined,
  server: ServerResult,
  base: ServerResult,
): Summary | undefined {
  const values: number[] = [];
  for (const [round, figures] of server.rounds.entries()) {
    const own = of(figures);
    const other = of(base.rounds[round] as WindowFigures);
    // A window too short for the clock of CPU time gives no ratio.
    if (own !== undefined && other !== undefined && other > 0) values.push(own / other);
  }
  return values.length === 0 ? undefined : summarize(values);
}

function cell({ of, digits }: Figure, server: ServerResult): string {
  const values = server.rounds.map(of).filter((value) => value !== undefined);
  return values.length === 0 ? '-' : summaryText(summarize(values), digits);
}

function ratioCell({ of }: Figure, server: ServerResult, base: ServerResult): string {
  const summary = ratios(of, server, base);
  return summary === undefined ? '-' : summaryText(summary, 2);
}

function summaryText({ median, min, max }: Summary, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})`;
}

function mebibytes(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / MEBIBYTE;
}

function row(title: string, cells: readonly string[]): string {
  return title.padEnd(TITLE_WIDTH) + cells.map((text) => text.padStart(CELL_WIDTH)).join('');
}
