/** Figures of servers side by side: medians over rounds with least and greatest value. */
import { type Summary, summarize } from '../statistics.ts';

/** One row; `of` gives undefined where the figure is not known. */
export interface Figure<Round> {
  readonly title: string;
  readonly digits: number;
  readonly of: (round: Round) => number | undefined;
}

/** One column. */
export interface ServerRounds<Round> {
  readonly server: string;
  readonly version: string | undefined;
  /** By round, as many for every server. */
  readonly rounds: readonly Round[];
}

const MEBIBYTE = 1024 * 1024;
const TITLE_WIDTH = 29;
const CELL_WIDTH = 27;

/** One column per server, then the ratios to the first of them. */
export function tableText<Round>(
  title: string,
  servers: readonly ServerRounds<Round>[],
  figures: readonly Figure<Round>[],
): string {
  const base = servers[0] as ServerRounds<Round>;
  const others = servers.slice(1);
  const heads = [
    ...servers.map(({ server, version }) => `${server} ${version ?? ''}`.trimEnd()),
    ...others.map(({ server }) => `${server} / ${base.server}`),
  ];
  const rows = figures.map((figure) =>
    rowText(figure.title, [
      ...servers.map((server) => cell(figure, server)),
      ...others.map((server) => ratioCell(figure, server, base)),
    ]),
  );
  return [rowText(title, heads), ...rows].join('\n');
}

export function rowText(title: string, cells: readonly string[]): string {
  return title.padEnd(TITLE_WIDTH) + cells.map((text) => text.padStart(CELL_WIDTH)).join('');
}

/** Ratio to the base in each round, `server / base`; undefined where a figure is missing. */
export function ratios<Round>(
  of: (round: Round) => number | undefined,
  server: ServerRounds<Round>,
  base: ServerRounds<Round>,
): Summary | undefined {
  const values: number[] = [];
  for (const [round, figures] of server.rounds.entries()) {
    const own = of(figures);
    const other = of(base.rounds[round] as Round);
    // A window too short for the clock of CPU time gives no ratio.
    if (own !== undefined && other !== undefined && other > 0) values.push(own / other);
  }
  return values.length === 0 ? undefined : summarize(values);
}

export function mebibytes(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / MEBIBYTE;
}

function cell<Round>({ of, digits }: Figure<Round>, server: ServerRounds<Round>): string {
  const values = server.rounds.map(of).filter((value) => value !== undefined);
  return values.length === 0 ? '-' : summaryText(summarize(values), digits);
}

function ratioCell<Round>(
  { of }: Figure<Round>,
  server: ServerRounds<Round>,
  base: ServerRounds<Round>,
): string {
  const summary = ratios(of, server, base);
  return summary === undefined ? '-' : summaryText(summary, 2);
}

function summaryText({ median, min, max }: Summary, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})`;
}
