import assert from 'node:assert/strict';
import { it } from 'node:test';
import { goDurationText } from '../../../src/server/go-duration.ts';

it('go-duration: as Go prints it', () => {
  const texts: readonly (readonly [number, string])[] = [
    [0, '0s'],
    [0.000001, '1ns'],
    [0.0015, '1.5µs'],
    [0.494381, '494.381µs'],
    [1, '1ms'],
    [494.381982, '494.381982ms'],
    [999.9999999, '1s'],
    [1000, '1s'],
    [2500, '2.5s'],
    [60_000, '1m0s'],
    [90_010, '1m30.01s'],
    [3_600_000, '1h0m0s'],
    [360_000_000, '100h0m0s'],
    [-1500, '-1.5s'],
  ];
  for (const [ms, text] of texts) assert.equal(goDurationText(ms), text);
});
