/** The lessor against a dumb model: plain lists that are searched and sorted at each question. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import { Bucket } from '../../../src/base/ports/backend.ts';
import { LeaseError, Lessor } from '../../../src/lease/index.ts';
import { FakeBucket } from '../../support/fake-bucket.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);
const TTL_S_MIN = 2;
const EXTENSION_MS = 1000;

interface ModelLease {
  readonly id: bigint;
  readonly ttlS: number;
  remainingTtlS: number;
  expiryMs: number;
  /** When it may be reported again. */
  quietUntilMs: number;
}

const id = fc.bigInt({ min: -2n, max: 4n });
const key = fc.constantFrom('a', 'b', 'c', 'd');
const step = fc.oneof(
  fc.record({ do: fc.constant('grant' as const), id, ttlS: fc.integer({ min: -1, max: 8 }) }),
  fc.record({ do: fc.constantFrom('revoke', 'renew', 'timeToLive'), id }),
  fc.record({ do: fc.constant('attach' as const), id, key }),
  fc.record({ do: fc.constant('detach' as const), key }),
  fc.record({ do: fc.constant('checkpoint' as const), id, remainingTtlS: fc.nat(5) }),
  fc.record({ do: fc.constant('expired' as const), leasesMax: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat(4000) }),
  fc.record({ do: fc.constantFrom('promote', 'demote', 'restart') }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class Run {
  readonly #bucket = new FakeBucket(Bucket.lease);
  #lessor = new Lessor({ ttlSMin: TTL_S_MIN }, this.#bucket);
  #leases: ModelLease[] = [];
  readonly #leaseOf = new Map<string, bigint>();
  #isPrimary = false;
  #nowMs = 0;

  play(steps: readonly Step[]): void {
    for (const one of steps) {
      this.#perform(one);
      this.#lessor.checkInvariants();
      this.#compare();
    }
  }

  #perform(one: Step): void {
    switch (one.do) {
      case 'grant':
        assert.equal(
          this.#try(() => this.#lessor.grant(one.id, one.ttlS, this.#nowMs)),
          this.#grant(one.id, one.ttlS),
        );
        break;
      case 'revoke':
        assert.equal(
          this.#try(() => this.#lessor.revoke(one.id)),
          this.#revoke(one.id),
        );
        break;
      case 'renew':
        assert.equal(
          this.#try(() => this.#lessor.renew(one.id, this.#nowMs)),
          this.#renew(one.id),
        );
        break;
      case 'timeToLive':
        assert.deepEqual(
          this.#try(() => this.#lessor.timeToLive(one.id, this.#nowMs, true)),
          this.#timeToLive(one.id),
        );
        break;
      case 'attach':
        if (this.#find(one.id) === undefined) break;
        this.#lessor.attach(one.id, fromLatin1(one.key));
        this.#leaseOf.set(one.key, one.id);
        break;
      case 'detach':
        this.#lessor.detach(fromLatin1(one.key));
        this.#leaseOf.delete(one.key);
        break;
      case 'checkpoint': {
        this.#lessor.checkpoint(one.id, one.remainingTtlS, true);
        const lease = this.#find(one.id);
        if (lease !== undefined) lease.remainingTtlS = one.remainingTtlS;
        break;
      }
      case 'expired':
        this.#expire(one.leasesMax);
        break;
      case 'wait':
        this.#nowMs += one.ms;
        break;
      default:
        this.#lead(one.do);
    }
  }

  #grant(leaseId: bigint, ttlS: number): unknown {
    if (leaseId === 0n) return 'LEASE_NOT_FOUND';
    if (this.#find(leaseId) !== undefined) return 'LEASE_EXISTS';
    const granted = Math.max(ttlS, TTL_S_MIN);
    const expiryMs = this.#nowMs + granted * 1000;
    this.#leases.push({ id: leaseId, ttlS: granted, remainingTtlS: 0, expiryMs, quietUntilMs: 0 });
    return granted;
  }

  #revoke(leaseId: bigint): unknown {
    if (this.#find(leaseId) === undefined) return 'LEASE_NOT_FOUND';
    this.#leases = this.#leases.filter((lease) => lease.id !== leaseId);
    for (const [held, holder] of this.#leaseOf) if (holder === leaseId) this.#leaseOf.delete(held);
    return undefined;
  }

  #renew(leaseId: bigint): unknown {
    if (!this.#isPrimary) return 'LEASE_NOT_PRIMARY';
    const lease = this.#find(leaseId);
    if (lease === undefined || lease.expiryMs <= this.#nowMs) return 0;
    lease.expiryMs = this.#nowMs + lease.ttlS * 1000;
    return lease.ttlS;
  }

  #timeToLive(leaseId: bigint): unknown {
    if (!this.#isPrimary) return 'LEASE_NOT_PRIMARY';
    const lease = this.#find(leaseId);
    if (lease === undefined) return undefined;
    const leftMs = lease.expiryMs - this.#nowMs;
    const remainingTtlS = leftMs < 0 ? 0 - Math.floor(-leftMs / 1000) : Math.floor(leftMs / 1000);
    return { grantedTtlS: lease.ttlS, remainingTtlS, keys: this.#keys(leaseId).map(fromLatin1) };
  }

  /** Which of several that are due at the same time come first is open. */
  #expire(leasesMax: number): void {
    const due = this.#isPrimary
      ? this.#leases.filter((l) => Math.max(l.expiryMs, l.quietUntilMs) <= this.#nowMs)
      : [];
    const reported = this.#lessor.expired(this.#nowMs, leasesMax);
    assert.equal(new Set(reported).size, Math.min(due.length, leasesMax));
    for (const leaseId of reported) {
      const lease = due.find((one) => one.id === leaseId);
      assert.ok(lease !== undefined, `lease ${leaseId} is not due`);
      lease.quietUntilMs = this.#nowMs + 3000;
    }
  }

  #lead(change: 'promote' | 'demote' | 'restart'): void {
    if (change === 'promote') {
      this.#lessor.promote(this.#nowMs, EXTENSION_MS);
      for (const lease of this.#leases) {
        const timeS = lease.remainingTtlS > 0 ? lease.remainingTtlS : lease.ttlS;
        lease.expiryMs = this.#nowMs + EXTENSION_MS + timeS * 1000;
        lease.quietUntilMs = 0;
      }
    } else if (change === 'demote') {
      this.#lessor.demote();
    } else {
      this.#lessor = new Lessor({ ttlSMin: TTL_S_MIN }, this.#bucket);
      this.#lessor.restore([...this.#bucket.rows.values()].map((value) => ({ value })));
      for (const [held, holder] of this.#leaseOf) this.#lessor.attach(holder, fromLatin1(held));
    }
    this.#isPrimary = change === 'promote';
  }

  #compare(): void {
    assert.equal(this.#lessor.isPrimary, this.#isPrimary);
    const ids = this.#leases.map((lease) => lease.id);
    assert.equal(this.#lessor.size, ids.length);
    assert.deepEqual(new Set(this.#lessor.list()), new Set(ids));
    for (const lease of this.#leases) {
      assert.deepEqual(this.#lessor.keys(lease.id).map(latin1), this.#keys(lease.id));
      assert.equal(this.#lessor.isCheckpointed(lease.id), lease.remainingTtlS > 0);
    }
    if (!this.#isPrimary) return;
    const expiries = this.#lessor.list().map((one) => this.#find(one)?.expiryMs ?? 0);
    assert.deepEqual(
      expiries,
      [...expiries].sort((a, b) => a - b),
    );
  }

  #keys(leaseId: bigint): string[] {
    return [...this.#leaseOf.keys()].filter((held) => this.#leaseOf.get(held) === leaseId).sort();
  }

  #find(leaseId: bigint): ModelLease | undefined {
    return this.#leases.find((lease) => lease.id === leaseId);
  }

  /** The result, or the code of the refusal. */
  #try(call: () => unknown): unknown {
    try {
      return call();
    } catch (error) {
      if (error instanceof LeaseError) return error.code;
      throw error;
    }
  }
}

describe('lessor', () => {
  it('LEASE-I7 any sequence of operations -> as the model', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        new Run().play(steps);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
