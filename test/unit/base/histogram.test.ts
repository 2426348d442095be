import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exponentialBounds, Histogram } from '../../../src/base/histogram.ts';

describe('Histogram', () => {
  it('a value at a bound counts below it, one above the last bound in the last bucket', () => {
    const histogram = new Histogram([1, 2, 4]);
    for (const value of [0.5, 1, 1.5, 4, 4.5, 100]) histogram.observe(value);
    assert.deepEqual(histogram.cumulativeCounts(), [2, 3, 4, 6]);
    assert.equal(histogram.count, 6);
    assert.equal(histogram.sum, 111.5);
  });

  it('a new one is empty', () => {
    const histogram = new Histogram([1]);
    assert.deepEqual(histogram.cumulativeCounts(), [0, 0]);
    assert.equal(histogram.sum, 0);
  });

  it('two on the same memory: one sees what the other observes', () => {
    const bounds = [1, 2];
    const cells = new Float64Array(new SharedArrayBuffer(8 * Histogram.cellsFor(bounds)));
    const written = new Histogram(bounds, cells);
    const read = new Histogram(bounds, cells);
    written.observe(1.5);
    assert.deepEqual(read.cumulativeCounts(), [0, 1, 1]);
    assert.equal(read.sum, 1.5);
  });

  it('bounds that do not ascend, memory of another size -> refused', () => {
    assert.throws(() => new Histogram([2, 1]));
    assert.throws(() => new Histogram([1], new Float64Array(2)));
  });
});

describe('exponentialBounds', () => {
  it('each is the one before times the factor', () => {
    assert.deepEqual(exponentialBounds(0.5, 2, 4), [0.5, 1, 2, 4]);
    assert.deepEqual(exponentialBounds(1, 3, 1), [1]);
  });
});
