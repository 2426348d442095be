import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { badBase64At } from '../../../src/grpc/base64.ts';

describe('badBase64At', () => {
  it('base64, padded or not -> -1', () => {
    for (const value of ['', 'YWJj', 'YWI=', 'YQ==', 'YWI', 'YWJ', 'YQ', '+/+/']) {
      assert.equal(badBase64At(value), -1, value);
    }
  });

  it('anything else -> the place that real etcd names', () => {
    const bad: readonly (readonly [string, number])[] = [
      ['!!!', 0],
      ['a', 0],
      ['YWJja', 4],
      ['YWI==', 3],
      ['ab=c', 2],
      ['====', 0],
      ['a===', 1],
      ['YW-_', 2],
      ['YWJj,YWJj', 4],
      ['YWJjYWJ*', 7],
      ['YQ==YWJj', 4],
      ['YWI=YWJj', 4],
      ['Y\xc3\xa9b', 1],
    ];
    for (const [value, at] of bad) assert.equal(badBase64At(value), at, value);
  });
});
