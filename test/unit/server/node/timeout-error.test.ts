import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Member } from '../../../../src/server/membership/member.ts';
import { type TimeoutView, timeoutError } from '../../../../src/server/node/timeout-error.ts';

const members = [1n, 2n, 3n].map((id) => ({ id }) as Member);

/** Member 1 of three, which member 2 leads since long, and when the others were connected. */
function view(active: Record<string, number>, more: Partial<TimeoutView> = {}): TimeoutView {
  return {
    leader: 2n,
    leaderSinceMs: 0,
    electionTimeoutMs: 1000,
    cluster: { members, localId: 1n },
    peers: { activeSince: (id) => active[String(id)], activePeers: 0 },
    ...more,
  };
}

describe('a request that has run out of time', () => {
  it('a leader was elected shortly after it began -> that may be why', () => {
    const all = { 2: 0, 3: 0 };
    const ends = [7999, 8001, 9999, 10_000].map(
      (startMs) => timeoutError(startMs, view(all, { leaderSinceMs: 10_000 })).code,
    );
    const failed = 'SERVER_TIMEOUT_LEADER_FAILED';
    assert.deepEqual(ends, ['SERVER_TIMEOUT', failed, failed, 'SERVER_TIMEOUT']);
  });

  it('the leader was not connected all the time -> that may be why', () => {
    assert.equal(timeoutError(5000, view({ 2: 4999 })).code, 'SERVER_TIMEOUT');
    const lost = 'SERVER_TIMEOUT_CONNECTION_LOST';
    assert.equal(timeoutError(5000, view({ 2: 5001, 3: 1 })).code, lost);
    assert.equal(timeoutError(5000, view({ 3: 1 })).code, lost);
  });

  it('leads, without a connected majority -> that may be why; nobody leads -> nothing is known', () => {
    const leads = { leader: 1n };
    assert.equal(timeoutError(5000, view({ 3: 1 }, leads)).code, 'SERVER_TIMEOUT');
    assert.equal(timeoutError(5000, view({}, leads)).code, 'SERVER_TIMEOUT_CONNECTION_LOST');
    assert.equal(timeoutError(5000, view({}, { leader: 0n })).code, 'SERVER_TIMEOUT');
  });
});
