import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromLatin1, latin1, u64BeBytes } from '../../../src/base/bytes.ts';
import { Bucket } from '../../../src/base/ports/backend.ts';
import {
  LEASE_TTL_S_MAX,
  LeaseError,
  type LeaseErrorCode,
  Lessor,
  REVOKES_PER_SECOND_MAX,
} from '../../../src/lease/index.ts';
import type { LeaseAttacher } from '../../../src/mvcc/ports.ts';
import { Lease as LeaseRow, WireError } from '../../../src/pb/index.ts';
import { FakeBucket } from '../../support/fake-bucket.ts';

function newLessor(): { lessor: Lessor; bucket: FakeBucket } {
  const bucket = new FakeBucket(Bucket.lease);
  return { lessor: new Lessor({ ttlSMin: 2 }, bucket), bucket };
}

function newPrimary(nowMs = 0): { lessor: Lessor; bucket: FakeBucket } {
  const made = newLessor();
  made.lessor.promote(nowMs, 0);
  return made;
}

function attach(lessor: LeaseAttacher, id: bigint, ...keys: string[]): void {
  for (const key of keys) lessor.attach(id, fromLatin1(key));
}

function keysOf(lessor: Lessor, id: bigint): string[] {
  return lessor.keys(id).map(latin1);
}

function refuses(code: LeaseErrorCode, call: () => unknown): void {
  assert.throws(call, (error) => error instanceof LeaseError && error.code === code);
}

describe('lessor: grant', () => {
  it('TTL in the limits -> kept; below the minimum, 0 and negative too -> raised', () => {
    const { lessor } = newLessor();
    const asked = [LEASE_TTL_S_MAX, 3, 2, 1, 0, -5, Number.MIN_SAFE_INTEGER];
    assert.deepEqual(
      asked.map((ttlS, i) => lessor.grant(BigInt(i + 1), ttlS, 0)),
      [LEASE_TTL_S_MAX, 3, 2, 2, 2, 2, 2],
    );
  });

  it('TTL above LEASE_TTL_S_MAX -> LEASE_TTL_TOO_LARGE, for a used id too', () => {
    const { lessor } = newLessor();
    lessor.grant(1n, 10, 0);
    refuses('LEASE_TTL_TOO_LARGE', () => lessor.grant(1n, LEASE_TTL_S_MAX + 1, 0));
    refuses('LEASE_TTL_TOO_LARGE', () => lessor.grant(2n, Number.MAX_SAFE_INTEGER, 0));
    assert.equal(lessor.size, 1);
  });

  it('used id -> LEASE_EXISTS, and the lease stays as it is', () => {
    const { lessor } = newPrimary();
    lessor.grant(1n, 10, 0);
    refuses('LEASE_EXISTS', () => lessor.grant(1n, 20, 0));
    assert.equal(lessor.timeToLive(1n, 0, false)?.grantedTtlS, 10);
  });

  it('id 0 -> LEASE_NOT_FOUND; a negative id is an id', () => {
    const { lessor, bucket } = newLessor();
    refuses('LEASE_NOT_FOUND', () => lessor.grant(0n, 10, 0));
    lessor.grant(-1n, 10, 0);
    assert.ok(lessor.exists(-1n));
    assert.deepEqual([...bucket.rows.keys()], ['\xff'.repeat(8)]);
  });

  it('LEASE-I2 each lease is a row: its id in 8 bytes -> leasepb.Lease', () => {
    const { lessor, bucket } = newLessor();
    lessor.grant(0x0102n, 1, 0);
    const value = bucket.rows.get(latin1(u64BeBytes(0x0102n)));
    assert.deepEqual(LeaseRow.decode(value ?? new Uint8Array()), {
      ID: 0x0102n,
      TTL: 2,
      remainingTTL: 0,
    });
    lessor.revoke(0x0102n);
    assert.equal(bucket.rows.size, 0);
  });
});

describe('lessor: keys', () => {
  it('LEASE-I3 a key has one lease: the last it was attached to', () => {
    const { lessor } = newLessor();
    lessor.grant(1n, 10, 0);
    lessor.grant(2n, 10, 0);
    attach(lessor, 1n, 'a', 'b', 'a');
    attach(lessor, 2n, 'b');
    assert.deepEqual([keysOf(lessor, 1n), keysOf(lessor, 2n)], [['a'], ['b']]);
    lessor.detach(fromLatin1('a'));
    lessor.detach(fromLatin1('unknown'));
    assert.deepEqual([keysOf(lessor, 1n), keysOf(lessor, 2n)], [[], ['b']]);
    lessor.checkInvariants();
  });

  it('keys: in byte order, copied', () => {
    const { lessor } = newLessor();
    lessor.grant(1n, 10, 0);
    const key = fromLatin1('\xff');
    lessor.attach(1n, key);
    key[0] = 0;
    attach(lessor, 1n, 'b', '\x80', 'a', 'aa');
    assert.deepEqual(keysOf(lessor, 1n), ['a', 'aa', 'b', '\x80', '\xff']);
  });

  it('revoke: the lease is gone, and its keys are free for others', () => {
    const { lessor } = newPrimary();
    lessor.grant(1n, 10, 0);
    lessor.grant(2n, 10, 0);
    attach(lessor, 1n, 'a', 'b');
    lessor.revoke(1n);
    attach(lessor, 2n, 'a');
    lessor.checkInvariants();
    assert.equal(lessor.exists(1n), false);
    assert.deepEqual(keysOf(lessor, 2n), ['a']);
  });

  it('revoke and keys of an unknown lease -> LEASE_NOT_FOUND', () => {
    const { lessor } = newLessor();
    refuses('LEASE_NOT_FOUND', () => lessor.revoke(7n));
    refuses('LEASE_NOT_FOUND', () => lessor.keys(7n));
  });
});

describe('lessor: time', () => {
  it('renew: the whole TTL again; 0 when unknown or expired', () => {
    const { lessor } = newPrimary();
    lessor.grant(1n, 10, 1000);
    assert.equal(lessor.renew(1n, 10_999), 10);
    assert.equal(lessor.renew(1n, 20_998), 10);
    assert.equal(lessor.renew(1n, 30_998), 0);
    assert.equal(lessor.renew(2n, 0), 0);
    assert.deepEqual(lessor.expired(30_997, 9), []);
    assert.deepEqual(lessor.expired(30_998, 9), [1n]);
  });

  it('renew just after a promotion may bring the expiry forward', () => {
    const { lessor } = newLessor();
    lessor.grant(1n, 10, 0);
    lessor.promote(0, 5000);
    lessor.renew(1n, 1000);
    assert.deepEqual(lessor.expired(11_000, 9), [1n]);
    lessor.checkInvariants();
  });

  it('timeToLive: whole seconds, rounded towards zero; unknown -> undefined', () => {
    const { lessor } = newPrimary();
    lessor.grant(1n, 10, 0);
    attach(lessor, 1n, 'b', 'a');
    const remaining = (nowMs: number): number | undefined =>
      lessor.timeToLive(1n, nowMs, false)?.remainingTtlS;
    assert.deepEqual([0, 1, 9000, 9001, 10_999, 11_000].map(remaining), [10, 9, 1, 0, 0, -1]);
    assert.deepEqual(lessor.timeToLive(1n, 0, true)?.keys, [fromLatin1('a'), fromLatin1('b')]);
    assert.deepEqual(lessor.timeToLive(1n, 0, false)?.keys, []);
    assert.equal(lessor.timeToLive(2n, 0, true), undefined);
  });

  it('LEASE-I4 no expiry but on the primary', () => {
    const { lessor } = newLessor();
    lessor.grant(1n, 10, 0);
    assert.deepEqual(lessor.expired(1e9, 9), []);
    refuses('LEASE_NOT_PRIMARY', () => lessor.renew(1n, 0));
    refuses('LEASE_NOT_PRIMARY', () => lessor.timeToLive(2n, 0, false));
    lessor.promote(0, 0);
    assert.equal(lessor.isPrimary, true);
    lessor.demote();
    assert.equal(lessor.isPrimary, false);
    lessor.grant(2n, 10, 0);
    lessor.revoke(1n);
    assert.deepEqual(lessor.expired(1e9, 9), []);
    lessor.checkInvariants();
  });

  it('list: by expiry on the primary, as granted elsewhere', () => {
    const { lessor } = newLessor();
    for (const [id, ttlS] of [30, 10, 20].entries()) lessor.grant(BigInt(id + 1), ttlS, 0);
    assert.deepEqual(lessor.list(), [1n, 2n, 3n]);
    lessor.promote(0, 0);
    assert.deepEqual(lessor.list(), [2n, 3n, 1n]);
    lessor.renew(2n, 9000);
    assert.deepEqual(lessor.list(), [2n, 3n, 1n]);
    lessor.renew(2n, 15_000);
    assert.deepEqual(lessor.list(), [3n, 2n, 1n]);
  });

  it('expired: first expired first, no more than asked for, the rest next time', () => {
    const { lessor } = newPrimary();
    for (let id = 1; id <= 5; id++) lessor.grant(BigInt(id), 10 - id, 0);
    assert.deepEqual(lessor.expired(4999, 9), []);
    assert.deepEqual(lessor.expired(9000, 3), [5n, 4n, 3n]);
    assert.deepEqual(lessor.expired(9000, 3), [2n, 1n]);
    assert.deepEqual(lessor.expired(9000, 3), []);
  });

  it('LEASE-I5 expired: reported once, again after 3 s if it still exists', () => {
    const { lessor } = newPrimary();
    lessor.grant(1n, 10, 0);
    lessor.grant(2n, 10, 0);
    assert.deepEqual(lessor.expired(10_000, 9), [1n, 2n]);
    lessor.revoke(1n);
    assert.deepEqual(lessor.expired(12_999, 9), []);
    assert.deepEqual(lessor.expired(13_000, 9), [2n]);
    assert.equal(lessor.renew(2n, 13_000), 0);
    lessor.checkInvariants();
  });
});

describe('lessor: promotion', () => {
  it('each lease gets its whole time plus the extension', () => {
    const { lessor } = newPrimary();
    lessor.grant(1n, 10, 0);
    lessor.grant(2n, 20, 0);
    lessor.demote();
    lessor.promote(100_000, 1500);
    assert.deepEqual(lessor.expired(111_499, 9), []);
    assert.deepEqual(lessor.expired(111_500, 9), [1n]);
    lessor.revoke(1n);
    assert.deepEqual(lessor.expired(121_499, 9), []);
    assert.deepEqual(lessor.expired(121_500, 9), [2n]);
  });

  it('checkpointed: what was left counts, until it is renewed or reset', () => {
    const { lessor } = newLessor();
    lessor.grant(1n, 60, 0);
    assert.equal(lessor.isCheckpointed(1n), false);
    lessor.checkpoint(1n, 7, true);
    lessor.checkpoint(99n, 7, true);
    assert.equal(lessor.isCheckpointed(1n), true);
    lessor.promote(0, 0);
    assert.equal(lessor.timeToLive(1n, 0, false)?.remainingTtlS, 7);
    assert.equal(lessor.renew(1n, 1000), 60);
    assert.equal(lessor.timeToLive(1n, 1000, false)?.remainingTtlS, 60);
    lessor.checkpoint(1n, 0, true);
    lessor.promote(0, 0);
    assert.equal(lessor.timeToLive(1n, 0, false)?.remainingTtlS, 60);
  });

  it('LEASE-I6 too many at once -> spread over time at 750 a second, none earlier', () => {
    const { lessor } = newLessor();
    for (let id = 1; id <= 2000; id++) lessor.grant(BigInt(id), id % 2 === 0 ? 10 : 11, 0);
    lessor.promote(0, 0);
    lessor.checkInvariants();
    const perSecond = [9_999, 10_999, 11_999, 12_999].map((ms) => lessor.expired(ms, 9999).length);
    assert.deepEqual(perSecond, [0, 750, 750, 500]);
  });

  it('fewer than can be revoked in a second -> not spread', () => {
    const { lessor } = newLessor();
    const leases = REVOKES_PER_SECOND_MAX - 1;
    for (let id = 1; id <= leases; id++) lessor.grant(BigInt(id), 10, 0);
    lessor.promote(0, 0);
    assert.equal(lessor.expired(10_000, 9999).length, leases);
  });
});

describe('lessor: restore', () => {
  it('LEASE-I2 rows of another lessor -> its leases, remainders and raised TTLs; no keys', () => {
    const { lessor, bucket } = newLessor();
    lessor.grant(1n, 10, 0);
    lessor.grant(-2n, 20, 0);
    lessor.checkpoint(1n, 4, true);
    lessor.checkpoint(-2n, 4, false);
    attach(lessor, 1n, 'a');
    const other = new Lessor({ ttlSMin: 15 }, bucket);
    other.grant(3n, 10, 0);
    attach(other, 3n, 'b');
    bucket.remove(Bucket.lease, u64BeBytes(3n));
    other.restore([...bucket.rows.values()].map((value) => ({ value })));
    other.promote(0, 0);
    other.checkInvariants();
    assert.deepEqual(other.list(), [1n, -2n]);
    assert.deepEqual(other.timeToLive(1n, 0, true), {
      grantedTtlS: 15,
      remainingTtlS: 4,
      keys: [],
    });
    assert.equal(other.timeToLive(-2n, 0, true)?.remainingTtlS, 20);
  });

  it('a row that is no lease -> WireError', () => {
    const { lessor } = newLessor();
    assert.throws(() => lessor.restore([{ value: Uint8Array.of(8) }]), WireError);
  });
});

describe('lessor: counters', () => {
  it('grants, renewals and revocations that happened, and the TTLs granted', () => {
    const { lessor } = newPrimary();
    lessor.grant(1n, 1, 0);
    lessor.grant(2n, 5, 0);
    refuses('LEASE_EXISTS', () => lessor.grant(2n, 9, 0));
    lessor.renew(2n, 1000);
    assert.equal(lessor.renew(3n, 1000), 0);
    assert.equal(lessor.renew(1n, 2000), 0, 'expired');
    lessor.revoke(1n);
    refuses('LEASE_NOT_FOUND', () => lessor.revoke(1n));
    const { granted, renewed, revoked, grantedTtlsS } = lessor.counters;
    assert.deepEqual({ granted, renewed, revoked }, { granted: 2, renewed: 1, revoked: 1 });
    assert.deepEqual(grantedTtlsS.cumulativeCounts().slice(0, 4), [0, 1, 1, 2]);
    assert.equal(grantedTtlsS.sum, 2 + 5);
  });
});
