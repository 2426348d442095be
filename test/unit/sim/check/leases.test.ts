import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkLeaseKeys, expiryFacts } from '../../../sim/check/lease-keys.ts';
import { checkLeases, type LeaseFact } from '../../../sim/check/leases.ts';
import { Timeline } from '../../../sim/check/timeline.ts';

const BOUNDS = { earlyMs: 0, lateMs: 1000, renewalsMs: [] };
const granted: LeaseFact = {
  lease: 1n,
  kind: 'renewed',
  sentMs: 100,
  answeredMs: 200,
  ttlMs: 5000,
};
const kept: LeaseFact = { ...granted, sentMs: 3000, answeredMs: 3500 };

function fact(kind: 'gone' | 'missing' | 'alive', atMs: number): LeaseFact {
  return { lease: 1n, kind, atMs };
}

function rules(facts: LeaseFact[], bounds = {}): string[] {
  return checkLeases(facts, { ...BOUNDS, ...bounds }).map(({ rule }) => rule);
}

describe('lease check', () => {
  it('gone in time -> accepted', () => {
    assert.deepEqual(rules([granted, fact('gone', 5100)]), []);
    assert.deepEqual(rules([granted, fact('gone', 6200)]), []);
    assert.deepEqual(rules([granted, kept, fact('gone', 9500)]), []);
  });

  it('gone, or said to be, before its time -> early', () => {
    assert.deepEqual(rules([granted, fact('gone', 5099)]), ['lease-early']);
    assert.deepEqual(rules([granted, fact('missing', 5099)]), ['lease-early']);
    assert.deepEqual(rules([granted, kept, fact('gone', 7999)]), ['lease-early']);
    assert.deepEqual(rules([granted, fact('gone', 5000)], { earlyMs: 100 }), []);
  });

  it('renewed when it was gone -> early', () => {
    const late: LeaseFact = { ...granted, sentMs: 6000, answeredMs: 6100 };
    assert.deepEqual(rules([granted, fact('gone', 5500), late]), ['lease-early']);
  });

  it('gone early because somebody revokes it -> accepted; if he asks later -> early', () => {
    const revoking = (sentMs: number): LeaseFact => ({ lease: 1n, kind: 'revoking', sentMs });
    assert.deepEqual(rules([granted, revoking(300), fact('gone', 400)]), []);
    assert.deepEqual(rules([granted, revoking(500), fact('gone', 400)]), ['lease-early']);
  });

  it('there too long -> late, whether it goes or stays', () => {
    assert.deepEqual(rules([granted, fact('gone', 6201)]), ['lease-late']);
    assert.deepEqual(rules([granted, fact('alive', 6201)]), ['lease-late']);
    assert.deepEqual(rules([granted, fact('missing', 9000)]), []);
  });

  it('a keep-alive that may have arrived, or an election -> lives longer, not shorter', () => {
    const maybe: LeaseFact = { lease: 1n, kind: 'maybeRenewed', untilMs: 4000, ttlMs: 5000 };
    assert.deepEqual(rules([granted, maybe, fact('gone', 10_000)]), []);
    assert.deepEqual(rules([granted, maybe, fact('gone', 5100)]), []);
    assert.deepEqual(rules([granted, maybe, fact('gone', 10_001)]), ['lease-late']);
    const elected = { renewalsMs: [11_000, 6000] };
    assert.deepEqual(rules([granted, fact('gone', 17_000)], elected), []);
    assert.deepEqual(rules([granted, fact('gone', 17_001)], elected), ['lease-late']);
    // An election when it should have been gone for long excuses nothing.
    assert.deepEqual(rules([granted, fact('gone', 9000)], { renewalsMs: [8000] }), ['lease-late']);
  });

  it('leases are apart', () => {
    const other: LeaseFact = { ...granted, lease: 2n };
    assert.deepEqual(rules([other, { lease: 1n, kind: 'missing', atMs: 300 }]), []);
  });
});

describe('lease keys', () => {
  const row = { value: 'v', createRevision: 2, modRevision: 2, version: 1, lease: 1n };
  const put = { revision: 2, changes: [{ key: 'a', row }] };
  const gone = { revision: 3, changes: [{ key: 'a', row: undefined }] };
  const revoked = {
    client: 1,
    called: 1,
    request: { kind: 'revoke', lease: 1n },
    outcome: { kind: 'answered', returned: 2, revision: 3, result: { kind: 'revoke' } },
  } as const;

  it('a revoked lease has keys no more -> accepted, else a violation', () => {
    assert.deepEqual(checkLeaseKeys([revoked], new Timeline([put, gone])), []);
    assert.equal(checkLeaseKeys([revoked], new Timeline([put])).length, 1);
    const back = { revision: 4, changes: [{ key: 'a', row: { ...row, modRevision: 4 } }] };
    assert.equal(checkLeaseKeys([revoked], new Timeline([put, gone, back])).length, 1);
  });

  it('an expiry -> a fact with its time', () => {
    const causes = new Map([[3, { kind: 'expiry', lease: 1n, keys: new Set(['a']) } as const]]);
    assert.deepEqual(
      expiryFacts(causes, (revision) => revision * 10),
      [{ kind: 'gone', lease: 1n, atMs: 30 }],
    );
  });
});
