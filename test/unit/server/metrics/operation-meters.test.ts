import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OperationMeters } from '../../../../src/server/metrics/operation-meters.ts';

describe('OperationMeters', () => {
  it('running while it runs, its time when it succeeds; a failure passes through', async () => {
    let nowMs = 0;
    const clock = { monotonicMs: () => nowMs, wallMs: () => 0 };
    const meters = new OperationMeters([1, 2], clock);
    let finish = (): void => undefined;
    const result = meters.measured(
      () =>
        new Promise<string>((resolve) => {
          finish = () => resolve('done');
        }),
    );
    assert.equal(meters.running, 1);
    nowMs = 1500;
    finish();
    assert.equal(await result, 'done');
    assert.equal(meters.running, 0);
    assert.deepEqual(meters.seconds.cumulativeCounts(), [0, 1, 1]);
    await assert.rejects(
      meters.measured(() => Promise.reject(new TypeError('no'))),
      /no/,
    );
    assert.equal(meters.running, 0);
    assert.equal(meters.seconds.count, 1);
  });
});
