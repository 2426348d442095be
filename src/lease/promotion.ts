/**
 * When the leases of a new leader expire.
 *
 * Nobody knows how long the former leader's leases still had, so each gets its whole time again.
 * That makes those of one TTL expire together, more of them than can be revoked at once; then
 * the later ones are put off, just far enough that the rate is kept.
 */

/** Leases the leader revokes per second, at most. */
export const REVOKES_PER_SECOND_MAX = 1000;
/** Of those, the share that leases promoted together may take up. */
const SPREAD_PER_SECOND = (3 * REVOKES_PER_SECOND_MAX) / 4;

interface Promoted {
  readonly ttlS: number;
  readonly remainingTtlS: number;
  expiryMs: number;
}

/**
 * Sets `expiryMs` of every lease to `startMs` plus its remaining time (its TTL when none was
 * checkpointed), and puts leases off so that no second sees more than three quarters of the
 * revoke rate; none is put off when they are too few to exceed the rate. Returns the leases in
 * order of expiry. O(leases), and sorts no more than their distinct times.
 */
export function promoteExpiries<Lease extends Promoted>(
  leases: Iterable<Lease>,
  startMs: number,
): Lease[] {
  const ordered = orderByTime(leases);
  const spread = ordered.length >= REVOKES_PER_SECOND_MAX;
  for (let i = 0; i < ordered.length; i++) {
    const lease = ordered[i] as Lease;
    lease.expiryMs = startMs + fullTimeS(lease) * 1000;
    const ahead = ordered[i - SPREAD_PER_SECOND];
    if (spread && ahead !== undefined) {
      lease.expiryMs = Math.max(lease.expiryMs, ahead.expiryMs + 1000);
    }
  }
  return ordered;
}

/** Seconds a lease has from a leader that knows nothing but what is replicated. */
function fullTimeS(lease: Promoted): number {
  return lease.remainingTtlS > 0 ? lease.remainingTtlS : lease.ttlS;
}

/** Leases have few distinct times in practice, so bucketing beats sorting a million of them. */
function orderByTime<Lease extends Promoted>(leases: Iterable<Lease>): Lease[] {
  const byTime = new Map<number, Lease[]>();
  for (const lease of leases) {
    const timeS = fullTimeS(lease);
    const same = byTime.get(timeS);
    if (same === undefined) byTime.set(timeS, [lease]);
    else same.push(lease);
  }
  return [...byTime.keys()].sort((a, b) => a - b).flatMap((timeS) => byTime.get(timeS) ?? []);
}
