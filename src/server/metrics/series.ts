/** What is shown to those who watch a member: named series, each read when somebody asks. */
import type { Histogram } from '../../base/histogram.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

interface SeriesName {
  readonly name: string;
  readonly help: string;
  /** Empty for a series of one value. */
  readonly labelNames: readonly string[];
}

export interface NumberSeries extends SeriesName {
  readonly type: 'counter' | 'gauge';
  /** A series without samples is not shown. */
  read(): readonly Sample[];
}

export interface LabelledHistogram {
  readonly labels: Labels;
  readonly histogram: Histogram;
}

export interface HistogramSeries extends SeriesName {
  readonly type: 'histogram';
  read(): readonly LabelledHistogram[];
}

export type Series = NumberSeries | HistogramSeries;

/** Series that belong together. */
export interface SeriesGroup {
  readonly series: readonly Series[];
  /** Called before the series are read, for what takes time to find out. */
  refresh?(): void | Promise<void>;
}

const NO_LABELS: Labels = {};

/** A series of one value; `read` gives undefined while there is none. */
export function counter(name: string, help: string, read: () => number | undefined): NumberSeries {
  return { type: 'counter', name, help, labelNames: [], read: () => single(read()) };
}

/** As {@link counter}, for a value that may fall. */
export function gauge(name: string, help: string, read: () => number | undefined): NumberSeries {
  return { ...counter(name, help, read), type: 'gauge' };
}

/** A gauge that is 1 and says something by its label; no label yet, no gauge. */
export function info(
  name: string,
  help: string,
  label: readonly [name: string, read: () => string | undefined],
): NumberSeries {
  const [labelName, readLabel] = label;
  const read = (): readonly Sample[] => {
    const text = readLabel();
    return text === undefined ? [] : [{ labels: { [labelName]: text }, value: 1 }];
  };
  return { type: 'gauge', name, help, labelNames: [labelName], read };
}

export function histogram(name: string, help: string, observed: Histogram): HistogramSeries {
  const read = (): LabelledHistogram[] => [{ labels: NO_LABELS, histogram: observed }];
  return { type: 'histogram', name, help, labelNames: [], read };
}

function single(value: number | undefined): readonly Sample[] {
  return value === undefined ? [] : [{ labels: NO_LABELS, value }];
}
