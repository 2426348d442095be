import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Latencies } from '../../../bench/load/latencies.ts';
import { percentile, summarize } from '../../../bench/statistics.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';

describe('percentile', () => {
  it('nearest rank -> the least value that enough values do not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, at) => at + 1);
    assert.equal(percentile(hundred, 0.5), 50);
    assert.equal(percentile(hundred, 0.99), 99);
    assert.equal(percentile(hundred, 0.991), 100);
    assert.equal(percentile(hundred, 0), 1);
    assert.equal(percentile(hundred, 1), 100);
    assert.equal(percentile([7], 0.99), 7);
  });
});

describe('Latencies', () => {
  it('more values than expected, in any order -> percentiles of all', () => {
    const latencies = new Latencies(10);
    const random = new SeededRandom(3);
    const values = Array.from({ length: 1000 }, () => random.below(5000) / 100);
    for (const value of values) latencies.record(value);
    values.sort((a, b) => a - b);
    assert.equal(latencies.count, 1000);
    assert.deepEqual(latencies.percentiles(0.5, 0.99, 1), [values[499], values[989], values[999]]);
  });
});

describe('summarize', () => {
  it('odd and even series -> middle value or mean of two, and the ends', () => {
    assert.deepEqual(summarize([5, 1, 3]), { median: 3, min: 1, max: 5 });
    assert.deepEqual(summarize([4, 1, 3, 10]), { median: 3.5, min: 1, max: 10 });
    assert.deepEqual(summarize([2]), { median: 2, min: 2, max: 2 });
  });
});
