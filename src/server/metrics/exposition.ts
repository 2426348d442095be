/** Series as Prometheus' text format, written by prom-client. The only file that knows it. */
import { Counter, Gauge, Histogram as PromHistogram, Registry } from 'prom-client';
import type { HistogramSeries, LabelledHistogram, NumberSeries, Sample, Series } from './series.ts';

export class Exposition {
  readonly #registry = new Registry();

  constructor(series: readonly Series[]) {
    const byName = [...series].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const each of byName) register(each, this.#registry);
  }

  /** All series that have a value now, ordered by name. */
  async text(): Promise<string> {
    const families = (await this.#registry.metrics()).trimEnd().split('\n\n');
    return `${families.filter(hasSamples).join('\n')}\n`;
  }
}

/** prom-client prints the head of a family without samples, etcd does not. */
function hasSamples(family: string): boolean {
  return family.includes('\n', family.indexOf('\n# TYPE ') + 1);
}

function register(series: Series, registry: Registry): void {
  const { name, help, labelNames: names } = series;
  const configuration = { name, help, labelNames: [...names], registers: [registry] };
  switch (series.type) {
    case 'counter': {
      const metric: Counter = new Counter({
        ...configuration,
        collect: () => fill(series, metric, (labels, value) => metric.inc(labels, value)),
      });
      return;
    }
    case 'gauge': {
      const metric: Gauge = new Gauge({
        ...configuration,
        collect: () => fill(series, metric, (labels, value) => metric.set(labels, value)),
      });
      return;
    }
    case 'histogram':
      new CountedHistogram(series, registry);
  }
}

/** Replaces what the metric holds by what the series is now. */
function fill(
  series: NumberSeries,
  metric: Counter | Gauge,
  set: (labels: Record<string, string>, value: number) => void,
): void {
  metric.reset();
  // One without labels is 0 by itself, also when the series has no value.
  if (series.labelNames.length === 0) metric.remove();
  for (const { labels, value } of series.read()) set(labels, value);
}

/** A histogram that does not count itself. */
class CountedHistogram extends PromHistogram {
  readonly #series: HistogramSeries;

  constructor(series: HistogramSeries, registry: Registry) {
    const { name, help, labelNames } = series;
    super({ name, help, labelNames: [...labelNames], registers: [registry] });
    this.#series = series;
  }

  /** What prom-client builds every form of its answer from. */
  getForPromString(): Promise<object> {
    const { name, help, type } = this.#series;
    const values = this.#series.read().flatMap((each) => bucketSamples(name, each));
    return Promise.resolve({ name, help, type, values });
  }
}

interface NamedSample extends Sample {
  readonly metricName: string;
}

function bucketSamples(name: string, { labels, histogram }: LabelledHistogram): NamedSample[] {
  const bounds = [...histogram.bounds.map(goNumber), '+Inf'];
  const counts = histogram.cumulativeCounts();
  const buckets = bounds.map((le, i) => ({
    metricName: `${name}_bucket`,
    labels: { ...labels, le },
    value: counts[i] as number,
  }));
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: histogram.sum },
    { metricName: `${name}_count`, labels, value: counts.at(-1) as number },
  ];
}

/** As Go prints a float: bounds are label values, which queries compare as text. */
function goNumber(value: number): string {
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  const sign = power < 0 ? '-' : '+';
  return `${digits}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
}
