import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Lessor } from '../../../../src/lease/index.ts';
import { LeaseExpiry } from '../../../../src/server/node/lease-expiry.ts';
import type { LinearizableRead } from '../../../../src/server/node/linearizable-reads.ts';

/** A leader with `leases` that have all expired, and the revocations it proposes. */
function setUp(leases: number) {
  const lessor = new Lessor({ ttlSMin: 1 }, { put: () => undefined, remove: () => undefined });
  lessor.promote(0, 0);
  for (let id = 1; id <= leases; id++) lessor.grant(BigInt(id), 1, 0);
  let nowMs = 60_000;
  const waiting: { lease: bigint; done: () => void }[] = [];
  const leadership = {
    isSure: true,
    confirm: (read: LinearizableRead): void => {
      leadership.isSure = true;
      read.run();
    },
  };
  const expiry = new LeaseExpiry({
    member: { lessor },
    leadership,
    clock: { monotonicMs: () => nowMs, wallMs: () => 0 },
    revoke: (lease, done) => waiting.push({ lease, done }),
  });
  /** Ends all revocations under way, and those that follow; returns how many there were. */
  const finish = (): number => {
    let ended = 0;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      lessor.revoke(next.lease);
      ended += 1;
      next.done();
    }
    return ended;
  };
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { lessor, leadership, waiting, expiry, finish, pass };
}

describe('lease expiry', () => {
  it('NODE-I6: many expired -> 16 revocations at once, 500 a loop', () => {
    const { waiting, expiry, finish, lessor } = setUp(1200);
    expiry.loop();
    assert.equal(waiting.length, 16);
    assert.deepEqual([finish(), lessor.size], [500, 700]);
    expiry.loop();
    assert.deepEqual([finish(), lessor.size], [500, 200]);
    expiry.loop();
    assert.deepEqual([finish(), lessor.size], [200, 0]);
  });

  it('NODE-I13: leadership in doubt -> nothing is revoked before it is confirmed', () => {
    const { waiting, expiry, finish, leadership, lessor } = setUp(20);
    leadership.isSure = false;
    expiry.loop();
    assert.deepEqual([waiting.length, leadership.isSure], [0, true]);
    expiry.loop();
    assert.equal(waiting.length, 16);
    leadership.isSure = false;
    assert.deepEqual([finish(), lessor.size], [16, 4]);
  });

  it('the last loop is not done -> the next one adds nothing', () => {
    const { waiting, expiry } = setUp(100);
    expiry.loop();
    expiry.loop();
    assert.equal(waiting.length, 16);
  });

  it('a revocation that failed -> proposed again after 3 s', () => {
    const { waiting, expiry, pass } = setUp(1);
    expiry.loop();
    waiting.pop()?.done();
    pass(500);
    expiry.loop();
    assert.equal(waiting.length, 0);
    pass(2500);
    expiry.loop();
    assert.equal(waiting.length, 1);
  });

  it('NODE-I6: the member stops leading -> what it found expired is forgotten', () => {
    const { waiting, expiry, lessor } = setUp(100);
    expiry.loop();
    lessor.demote();
    for (const { done } of waiting.splice(0)) done();
    assert.equal(waiting.length, 0);
    expiry.loop();
    assert.equal(waiting.length, 0);
  });
});
