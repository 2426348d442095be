import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  IDLE_PING_INTERVAL_MIN_MS,
  PING_STRIKES_MAX,
  PingPolicy,
} from '../../../src/http2/ping-policy.ts';

const INTERVAL_MS = 5000;

/** Pings `everyMs` apart: how many are taken, 10 at most. */
function taken(policy: PingPolicy, everyMs: number, hasStreams: boolean): number {
  for (let count = 0; count < 10; count++) {
    if (!policy.onPing(count * everyMs, hasStreams)) return count;
  }
  return 10;
}

describe('http2 ping policy', () => {
  it('with streams: as often as is allowed -> for ever; more often -> strikes', () => {
    assert.equal(taken(new PingPolicy(INTERVAL_MS), INTERVAL_MS, true), 10);
    assert.equal(taken(new PingPolicy(INTERVAL_MS), INTERVAL_MS - 1, true), 1 + PING_STRIKES_MAX);
  });

  it('without streams: every two hours', () => {
    assert.equal(taken(new PingPolicy(INTERVAL_MS), IDLE_PING_INTERVAL_MIN_MS, false), 10);
    assert.equal(
      taken(new PingPolicy(INTERVAL_MS), IDLE_PING_INTERVAL_MIN_MS - 1, false),
      1 + PING_STRIKES_MAX,
    );
  });

  it('an answer -> the next ping is free and the strikes are gone', () => {
    const policy = new PingPolicy(INTERVAL_MS);
    assert.equal(taken(policy, 1, true), 1 + PING_STRIKES_MAX);
    policy.forgive();
    assert.ok(policy.onPing(20, true));
    assert.equal(taken(policy, 1, true), PING_STRIKES_MAX);
  });
});
