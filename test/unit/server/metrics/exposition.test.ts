import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exponentialBounds, Histogram } from '../../../../src/base/histogram.ts';
import { Exposition } from '../../../../src/server/metrics/exposition.ts';
import {
  counter,
  gauge,
  histogram,
  info,
  type Sample,
  type Series,
} from '../../../../src/server/metrics/series.ts';
import { parsePrometheus } from '../../../support/metrics/prometheus-text.ts';

const text = (...series: Series[]): Promise<string> => new Exposition(series).text();

describe('Exposition', () => {
  it('METRICS-I1: each family: help, type, samples; ordered by name', async () => {
    assert.equal(
      await text(
        gauge('b', 'A gauge.', () => -1.5),
        counter('a_total', 'A counter.', () => 3),
      ),
      [
        '# HELP a_total A counter.',
        '# TYPE a_total counter',
        'a_total 3',
        '# HELP b A gauge.',
        '# TYPE b gauge',
        'b -1.5',
        '',
      ].join('\n'),
    );
  });

  it('values are read anew each time, also when they fall', async () => {
    let value = 5;
    const exposition = new Exposition([
      gauge('a', 'h', () => value),
      counter('b', 'h', () => value),
    ]);
    assert.match(await exposition.text(), /^a 5$[^]*^b 5$/m);
    value = 2;
    assert.match(await exposition.text(), /^a 2$[^]*^b 2$/m);
  });

  it('a family without samples is not shown, and comes back when it has some', async () => {
    let value: number | undefined;
    let label: string | undefined;
    const exposition = new Exposition([
      counter('a', 'h', () => value),
      info('b', 'h', ['version', () => label]),
      gauge('z', 'h', () => 0),
    ]);
    assert.deepEqual([...parsePrometheus(await exposition.text()).keys()], ['z']);
    value = 1;
    label = '3.6';
    assert.match(await exposition.text(), /^a 1$[^]*^b\{version="3.6"\} 1$/m);
    label = undefined;
    assert.deepEqual([...parsePrometheus(await exposition.text()).keys()], ['a', 'z']);
  });

  it('labels: samples that are gone are not shown any more; values are escaped', async () => {
    let samples: Sample[] = [
      { labels: { a: 'x', b: 'y' }, value: 1 },
      { labels: { a: 'quote " slash \\ line \n', b: '' }, value: 2 },
    ];
    const exposition = new Exposition([
      { type: 'counter', name: 'c', help: 'h', labelNames: ['a', 'b'], read: () => samples },
    ]);
    const parsed = parsePrometheus(await exposition.text()).get('c')?.samples ?? [];
    assert.deepEqual(
      parsed.map(({ labels, value }) => ({ labels, value })),
      samples,
    );
    samples = samples.slice(1);
    assert.equal(parsePrometheus(await exposition.text()).get('c')?.samples.length, 1);
  });

  it('a histogram: its buckets, bounds as Go prints them, sum and count', async () => {
    const observed = new Histogram([0.0001, 0.5, 2 ** 19, 2 ** 20, 2 ** 21]);
    for (const value of [0.5, 0.6, 3_000_000]) observed.observe(value);
    const lines = (await text(histogram('h_seconds', 'H.', observed))).trimEnd().split('\n');
    assert.deepEqual(lines, [
      '# HELP h_seconds H.',
      '# TYPE h_seconds histogram',
      'h_seconds_bucket{le="0.0001"} 0',
      'h_seconds_bucket{le="0.5"} 1',
      'h_seconds_bucket{le="524288"} 2',
      'h_seconds_bucket{le="1.048576e+06"} 2',
      'h_seconds_bucket{le="2.097152e+06"} 2',
      'h_seconds_bucket{le="+Inf"} 3',
      'h_seconds_sum 3000001.1',
      'h_seconds_count 3',
    ]);
  });

  it('a labelled histogram: the labels stand on each of its lines', async () => {
    const observed = new Histogram(exponentialBounds(1, 2, 3));
    observed.observe(1);
    const page = await text({
      type: 'histogram',
      name: 'h',
      help: 'H.',
      labelNames: ['op'],
      read: () => [
        { labels: { op: 'Put' }, histogram: observed },
        { labels: { op: 'Txn' }, histogram: observed },
      ],
    });
    const samples = parsePrometheus(page).get('h')?.samples ?? [];
    assert.equal(samples.filter(({ labels }) => labels['op'] === 'Put').length, 3 + 1 + 2);
    assert.equal(samples.filter(({ labels }) => labels['op'] === 'Txn').length, 3 + 1 + 2);
  });
});
