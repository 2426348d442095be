/**
 * Owner of leases: grants and revokes them as the log says, and on the leader knows when they
 * expire.
 *
 * Two kinds of state live here. Replicated: which leases there are, their TTLs, checkpointed
 * remainders and keys; changed by applied entries only, the same on every member. Local to a
 * leader ("primary"): when each expires; made at promotion, forgotten at demotion, never
 * persisted. Time comes in as milliseconds on one monotonic clock of the caller's.
 */
import { assert, defined } from '../base/assert.ts';
import { latin1, u64BeBytes } from '../base/bytes.ts';
import { exponentialBounds, Histogram } from '../base/histogram.ts';
import type { LeaseId } from '../base/ids.ts';
import { Bucket } from '../base/ports/backend.ts';
import type { BucketWriter } from '../base/ports/bucket-writer.ts';
import { Lease as LeaseRow } from '../pb/index.ts';
import { Attachments, type KeyHolder, sortedKeys } from './attachments.ts';
import { LeaseError } from './errors.ts';
import { ExpiryHeap, type HeapEntry, NOT_IN_HEAP } from './expiry-heap.ts';
import { promoteExpiries } from './promotion.ts';

/** Longest TTL a client may ask for, in seconds; a longer one is refused. */
export const LEASE_TTL_S_MAX = 9_000_000_000;
/** How long a lease reported as expired has to be revoked before it is reported again. */
const REVOKE_RETRY_MS = 3000;

export interface LessorOptions {
  /** Shortest TTL in seconds; shorter ones are raised to it. */
  readonly ttlSMin: number;
}

/** What is known of one lease. */
export interface LeaseInfo {
  readonly grantedTtlS: number;
  /** Whole seconds left, rounded towards zero; negative when it should be revoked by now. */
  readonly remainingTtlS: number;
  /** In byte order; empty when not asked for. */
  readonly keys: Uint8Array[];
}

interface Lease extends HeapEntry, KeyHolder {
  readonly id: LeaseId;
  readonly ttlS: number;
  /** Seconds left at the last checkpoint; 0 = the whole TTL. */
  remainingTtlS: number;
  /** Meaningful on the primary alone. */
  expiryMs: number;
}

/** What a lessor has done since it was made, and those before it whose place it takes. */
export interface LeaseCounters {
  granted: number;
  renewed: number;
  revoked: number;
  /** TTLs of the granted leases in seconds, in buckets of 1 s to 97 days. */
  readonly grantedTtlsS: Histogram;
}

export class Lessor {
  readonly counters: LeaseCounters;
  readonly #options: LessorOptions;
  readonly #rows: BucketWriter;
  readonly #leases = new Map<LeaseId, Lease>();
  readonly #attachments = new Attachments<Lease>();
  /**
   * On the primary every lease, due when it expires, or, once reported, when it is to be
   * reported again. Undefined on other members.
   */
  #expiries: ExpiryHeap<Lease> | undefined;

  /** `rows` takes the writes to bucket `lease`; `counters` are counted on. */
  constructor(
    options: LessorOptions,
    rows: BucketWriter,
    counters: LeaseCounters = newLeaseCounters(),
  ) {
    this.counters = counters;
    this.#options = options;
    this.#rows = rows;
  }

  /** Number of leases. */
  get size(): number {
    return this.#leases.size;
  }

  get isPrimary(): boolean {
    return this.#expiries !== undefined;
  }

  /**
   * Replaces everything by the rows of bucket `lease`; not on the primary. Keys are not in
   * them: whoever restores the keys attaches them. Throws WireError for a row that is no lease.
   */
  restore(rows: Iterable<{ readonly value: Uint8Array }>): void {
    assert(!this.isPrimary, 'lessor: restored while primary');
    this.#leases.clear();
    this.#attachments.clear();
    for (const { value } of rows) {
      const row = LeaseRow.decode(value);
      this.#insert(row.ID, this.#raised(row.TTL)).remainingTtlS = row.remainingTTL;
    }
  }

  /**
   * Creates the lease and returns its TTL in seconds, which may be longer than asked for.
   * Throws LEASE_NOT_FOUND for id 0, LEASE_TTL_TOO_LARGE, LEASE_EXISTS.
   */
  grant(id: LeaseId, ttlS: number, nowMs: number): number {
    // Id 0 means "no lease"; whoever proposes picks an id, so only a foreign entry holds it.
    if (id === 0n) throw notFound(id);
    if (ttlS > LEASE_TTL_S_MAX) {
      throw new LeaseError('LEASE_TTL_TOO_LARGE', `lease TTL of ${ttlS} s is too large`);
    }
    if (this.#leases.has(id)) throw new LeaseError('LEASE_EXISTS', `lease ${id} exists`);
    const lease = this.#insert(id, this.#raised(ttlS));
    this.#persist(lease);
    if (this.#expiries !== undefined) {
      lease.expiryMs = nowMs + lease.ttlS * 1000;
      this.#expiries.add(lease, lease.expiryMs);
    }
    this.counters.granted++;
    this.counters.grantedTtlsS.observe(lease.ttlS);
    return lease.ttlS;
  }

  exists(id: LeaseId): boolean {
    return this.#leases.has(id);
  }

  /**
   * Keys of the lease in byte order: whoever revokes it deletes these first, in one
   * transaction. Throws LEASE_NOT_FOUND.
   */
  keys(id: LeaseId): Uint8Array[] {
    return sortedKeys(this.#found(id));
  }

  /** Removes the lease, whose keys are deleted by now. Throws LEASE_NOT_FOUND. */
  revoke(id: LeaseId): void {
    const lease = this.#found(id);
    this.#leases.delete(id);
    this.#attachments.releaseAll(lease);
    this.#expiries?.remove(lease);
    this.counters.revoked++;
    this.#rows.remove(Bucket.lease, u64BeBytes(id));
  }

  /**
   * Notes what the leader says is left of the lease, 0 for "all of it"; the next promotion
   * honours it. Does nothing for an unknown lease. `persist`: as the cluster version allows.
   */
  checkpoint(id: LeaseId, remainingTtlS: number, persist: boolean): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) return;
    lease.remainingTtlS = remainingTtlS;
    if (persist) this.#persist(lease);
  }

  /** Ties `key` to lease `id`, which exists, releasing it from any other. Copies the key. */
  attach(id: LeaseId, key: Uint8Array): void {
    const lease = defined(this.#leases.get(id), 'lessor: attach to an unknown lease');
    this.#attachments.attach(lease, latin1(key));
  }

  /** Releases `key` from its lease, if it has one. */
  detach(key: Uint8Array): void {
    if (this.#attachments.size > 0) this.#attachments.detach(latin1(key));
  }

  /**
   * Starts the lease's time anew and returns its TTL in seconds; 0 when it is unknown, or
   * expired and about to be revoked. Throws LEASE_NOT_PRIMARY.
   */
  renew(id: LeaseId, nowMs: number): number {
    const expiries = this.#primaryExpiries();
    const lease = this.#leases.get(id);
    if (lease === undefined || lease.expiryMs <= nowMs) return 0;
    lease.expiryMs = nowMs + lease.ttlS * 1000;
    expiries.reschedule(lease, lease.expiryMs);
    this.counters.renewed++;
    return lease.ttlS;
  }

  /** Whether a checkpoint holds less than the lease's TTL, to be reset before a renewal. */
  isCheckpointed(id: LeaseId): boolean {
    return (this.#leases.get(id)?.remainingTtlS ?? 0) > 0;
  }

  /** Undefined when there is no such lease. Throws LEASE_NOT_PRIMARY. */
  timeToLive(id: LeaseId, nowMs: number, withKeys: boolean): LeaseInfo | undefined {
    this.#primaryExpiries();
    const lease = this.#leases.get(id);
    if (lease === undefined) return undefined;
    return {
      grantedTtlS: lease.ttlS,
      // Adding 0 turns a negative zero into a plain one.
      remainingTtlS: Math.trunc((lease.expiryMs - nowMs) / 1000) + 0,
      keys: withKeys ? sortedKeys(lease) : [],
    };
  }

  /** All leases: on the primary those that expire first come first, elsewhere as granted. */
  list(): LeaseId[] {
    const leases = [...this.#leases.values()];
    if (this.isPrimary) leases.sort((a, b) => a.expiryMs - b.expiryMs);
    return leases.map((lease) => lease.id);
  }

  /**
   * This member leads now: every lease expires again, after its full (or checkpointed) time
   * plus `extensionMs` during which clients may have had nobody to renew at.
   */
  promote(nowMs: number, extensionMs: number): void {
    const expiries = new ExpiryHeap<Lease>();
    for (const lease of promoteExpiries(this.#leases.values(), nowMs + extensionMs)) {
      lease.heapIndex = NOT_IN_HEAP;
      expiries.add(lease, lease.expiryMs);
    }
    this.#expiries = expiries;
  }

  /** This member does not lead any more: its leases do not expire. */
  demote(): void {
    this.#expiries = undefined;
  }

  /**
   * Up to `leasesMax` leases that have expired, for the leader to propose their revocation. One
   * that is reported is reported again only when it still exists 3 s later. None elsewhere.
   */
  expired(nowMs: number, leasesMax: number): LeaseId[] {
    const expired: LeaseId[] = [];
    const expiries = this.#expiries;
    if (expiries === undefined) return expired;
    while (expired.length < leasesMax) {
      const lease = expiries.peek();
      if (lease === undefined || lease.dueMs > nowMs) break;
      expired.push(lease.id);
      expiries.reschedule(lease, nowMs + REVOKE_RETRY_MS);
    }
    return expired;
  }

  #insert(id: LeaseId, ttlS: number): Lease {
    const lease: Lease = {
      id,
      ttlS,
      remainingTtlS: 0,
      expiryMs: 0,
      dueMs: 0,
      heapIndex: NOT_IN_HEAP,
      keys: undefined,
    };
    this.#leases.set(id, lease);
    return lease;
  }

  #persist(lease: Lease): void {
    const row = { ID: lease.id, TTL: lease.ttlS, remainingTTL: lease.remainingTtlS };
    this.#rows.put(Bucket.lease, u64BeBytes(lease.id), LeaseRow.encode(row));
  }

  #raised(ttlS: number): number {
    return Math.max(ttlS, this.#options.ttlSMin);
  }

  #found(id: LeaseId): Lease {
    const lease = this.#leases.get(id);
    if (lease === undefined) throw notFound(id);
    return lease;
  }

  #primaryExpiries(): ExpiryHeap<Lease> {
    if (this.#expiries === undefined) {
      throw new LeaseError('LEASE_NOT_PRIMARY', 'this member does not lead');
    }
    return this.#expiries;
  }

  checkInvariants(): void {
    this.#attachments.checkInvariants(this.#leases.values());
    for (const [id, lease] of this.#leases) {
      assert(lease.id === id && id !== 0n, 'lessor: a lease is filed under another id');
      assert(lease.ttlS >= this.#options.ttlSMin, 'lessor: a TTL is below the minimum');
      assert(
        !this.isPrimary || lease.dueMs >= lease.expiryMs,
        'lessor: a lease is due before it expires',
      );
    }
    if (this.#expiries === undefined) return;
    this.#expiries.checkInvariants();
    assert(this.#expiries.size === this.#leases.size, 'lessor: heap and leases differ in number');
  }
}

function newLeaseCounters(): LeaseCounters {
  return {
    granted: 0,
    renewed: 0,
    revoked: 0,
    grantedTtlsS: new Histogram(exponentialBounds(1, 2, 24)),
  };
}

function notFound(id: LeaseId): LeaseError {
  return new LeaseError('LEASE_NOT_FOUND', `lease ${id} is not found`);
}
