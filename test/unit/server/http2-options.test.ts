import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { http2Options } from '../../../src/server/http2-options.ts';

const FLAGS = {
  concurrentStreamsMax: 7,
  keepAliveMinTimeMs: 1000,
  keepAliveIntervalMs: 60_000,
  keepAliveTimeoutMs: 3000,
};

describe('http2Options', () => {
  it('flags as they are', () => {
    assert.deepEqual(http2Options(FLAGS), {
      maxConcurrentStreams: 7,
      pingMinIntervalMs: 1000,
      keepaliveIntervalMs: 60_000,
      keepaliveTimeoutMs: 3000,
    });
  });

  it('no least time between pings -> the default of grpc-go', () => {
    assert.equal(http2Options({ ...FLAGS, keepAliveMinTimeMs: 0 }).pingMinIntervalMs, 300_000);
  });

  for (const zero of ['keepAliveIntervalMs', 'keepAliveTimeoutMs'] as const) {
    it(`${zero} 0 -> interval and timeout both by default`, () => {
      const { keepaliveIntervalMs, keepaliveTimeoutMs } = http2Options({ ...FLAGS, [zero]: 0 });
      assert.deepEqual([keepaliveIntervalMs, keepaliveTimeoutMs], [7_200_000, 20_000]);
    });
  }
});
