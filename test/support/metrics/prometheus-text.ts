/** A strict reader of Prometheus' text format: throws at anything a scraper might stumble over. */
import assert from 'node:assert/strict';

export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ParsedSample[];
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;

/** The families of a page by name. Each has a HELP, a TYPE, then its samples, and comes once. */
export function parsePrometheus(text: string): Map<string, Family> {
  assert.ok(text.endsWith('\n'), 'the page ends with a line end');
  const lines = text.slice(0, -1).split('\n');
  const families = new Map<string, Family>();
  for (let at = 0; at < lines.length; ) {
    const [, name = '', help = ''] = matched(lines[at++], /^# HELP (\S+) (.+)$/);
    const [, named, type = ''] = matched(
      lines[at++],
      /^# TYPE (\S+) (counter|gauge|histogram|summary)$/,
    );
    assert.equal(named, name, 'TYPE follows its HELP');
    assert.ok(!families.has(name), `${name} comes once`);
    const samples: ParsedSample[] = [];
    while (at < lines.length && lines[at]?.startsWith('#') === false)
      samples.push(sampleOf(lines[at++]));
    checkSamples({ name, type, help, samples });
    families.set(name, { name, type, help, samples });
  }
  return families;
}

/** The value of the one sample with this name and these labels; of a histogram, `_sum` and the like. */
export function valueOf(
  families: Map<string, Family>,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
  const found = family?.samples.filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  assert.ok(found === undefined || found.length <= 1, `${name}: more than one sample`);
  return found?.[0]?.value;
}

/** Names of the labels that the samples of a family have, `le` aside. */
export function labelNamesOf({ samples }: Family): string[] {
  const names = new Set(samples.flatMap(({ labels }) => Object.keys(labels)));
  return [...names].filter((name) => name !== 'le').sort();
}

function sampleOf(line: string | undefined): ParsedSample {
  const [, name = '', labelText = '', valueText = ''] = matched(line, SAMPLE);
  const labels: Record<string, string> = {};
  for (LABEL.lastIndex = 0; LABEL.lastIndex < labelText.length; ) {
    const label = LABEL.exec(labelText);
    assert.ok(label !== null, `bad labels: ${line}`);
    const [, labelName = '', value = ''] = label;
    assert.ok(!(labelName in labels), `a label twice: ${line}`);
    labels[labelName] = value.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
  }
  const value = valueText === '+Inf' ? Number.POSITIVE_INFINITY : Number(valueText);
  assert.ok(!Number.isNaN(value), `no number: ${line}`);
  return { name, labels, value };
}

function checkSamples({ name, type, samples }: Family): void {
  assert.ok(samples.length > 0, `${name} has samples`);
  const seen = samples.map((sample) => `${sample.name} ${canonical(sample.labels)}`);
  assert.equal(new Set(seen).size, seen.length, `${name}: a series comes twice`);
  if (type === 'histogram') checkHistogram(name, samples);
  else if (type === 'summary')
    for (const sample of samples) assert.ok(sample.name.startsWith(name));
  else for (const sample of samples) assert.equal(sample.name, name);
  if (type === 'counter') for (const { value } of samples) assert.ok(value >= 0, name);
}

function checkHistogram(name: string, samples: readonly ParsedSample[]): void {
  const seriesOf = ({ labels }: ParsedSample): string => canonical({ ...labels, le: '' });
  for (const labels of new Set(samples.map(seriesOf))) {
    const own = samples.filter((sample) => seriesOf(sample) === labels);
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels: { le } }) => (le === '+Inf' ? Infinity : Number(le)));
    assert.equal(bounds.at(-1), Infinity, `${name}${labels} ends with +Inf`);
    assert.deepEqual(
      bounds,
      [...bounds].sort((a, b) => a - b),
      `${name}: bounds ascend`,
    );
    const counts = buckets.map(({ value }) => value);
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
      `${name}: counts are cumulative`,
    );
    const total = own.filter((sample) => sample.name === `${name}_count`).map((s) => s.value);
    assert.deepEqual(total, [counts.at(-1)], `${name}: the count is that of +Inf`);
    assert.equal(own.filter((sample) => sample.name === `${name}_sum`).length, 1);
    assert.equal(own.length, buckets.length + 2, `${name}: buckets, sum and count alone`);
  }
}

function canonical(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function matched(line: string | undefined, pattern: RegExp): RegExpExecArray {
  const match = pattern.exec(line ?? '');
  assert.ok(match !== null, `${JSON.stringify(line)} is not ${pattern.source}`);
  return match;
}
