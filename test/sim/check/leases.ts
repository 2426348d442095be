/**
 * Leases, as their clients see them: one that is kept alive lives, one that nobody keeps alive
 * ends. Times are ms of the simulation's own clock.
 */
import type { Violation } from './history.ts';

export type LeaseFact = { readonly lease: bigint } & (
  | {
      /** A grant or keep-alive was answered, with this TTL. */
      readonly kind: 'renewed';
      readonly sentMs: number;
      readonly answeredMs: number;
      readonly ttlMs: number;
    }
  | {
      /** A grant or keep-alive that was not answered may have arrived, until this time. */
      readonly kind: 'maybeRenewed';
      readonly untilMs: number;
      readonly ttlMs: number;
    }
  /** Somebody asks for its end, whatever comes of it. */
  | { readonly kind: 'revoking'; readonly sentMs: number }
  /** It ended then: its keys went. */
  | { readonly kind: 'gone'; readonly atMs: number }
  /** Somebody was told then that there is no such lease. */
  | { readonly kind: 'missing'; readonly atMs: number }
  /** A member still had it when the run ended. */
  | { readonly kind: 'alive'; readonly atMs: number }
);

export interface LeaseBounds {
  /** How much too early a lease may end: what clocks that run fast make of its TTL, say. */
  readonly earlyMs: number;
  /** How long after its time a lease may live: what finding and revoking it may take. */
  readonly lateMs: number;
  /**
   * When each lease may have got its full TTL anew: elections, and the end of a time in which
   * nothing could be revoked.
   */
  readonly renewalsMs: readonly number[];
}

export function checkLeases(facts: readonly LeaseFact[], bounds: LeaseBounds): Violation[] {
  const byLease = new Map<bigint, LeaseFact[]>();
  for (const fact of facts) {
    byLease.set(fact.lease, [...(byLease.get(fact.lease) ?? []), fact]);
  }
  return [...byLease.values()].flatMap((list) => [
    ...checkEarly(list, bounds),
    ...checkLate(list, bounds),
  ]);
}

/** Whoever was told of a TTL has that time from when he asked, unless somebody revokes. */
function checkEarly(facts: readonly LeaseFact[], { earlyMs }: LeaseBounds): Violation[] {
  const goneMs = Math.min(
    ...facts.map((fact) =>
      fact.kind === 'gone' || fact.kind === 'missing' ? fact.atMs : Infinity,
    ),
  );
  const isRevoked = facts.some((fact) => fact.kind === 'revoking' && fact.sentMs <= goneMs);
  if (isRevoked) return [];
  return facts.flatMap((fact) => {
    if (fact.kind !== 'renewed' || fact.sentMs + fact.ttlMs - earlyMs <= goneMs) return [];
    const { lease, sentMs, ttlMs } = fact;
    const text = `lease ${lease} was gone at ${goneMs}, but renewed at ${sentMs} for ${ttlMs} ms`;
    return [{ rule: 'lease-early', text }];
  });
}

function checkLate(facts: readonly LeaseFact[], bounds: LeaseBounds): Violation[] {
  const endMs = latestEndMs(facts, bounds);
  return facts.flatMap((fact) => {
    if ((fact.kind !== 'gone' && fact.kind !== 'alive') || fact.atMs <= endMs) return [];
    const text = `lease ${fact.lease} was to end by ${endMs}, but was ${fact.kind} at ${fact.atMs}`;
    return [{ rule: 'lease-late', text }];
  });
}

function latestEndMs(
  facts: readonly LeaseFact[],
  { lateMs, renewalsMs }: Pick<LeaseBounds, 'lateMs' | 'renewalsMs'>,
): number {
  let endMs = -Infinity;
  let ttlMs = 0;
  for (const fact of facts) {
    if (fact.kind !== 'renewed' && fact.kind !== 'maybeRenewed') continue;
    const arrivedMs = fact.kind === 'renewed' ? fact.answeredMs : fact.untilMs;
    endMs = Math.max(endMs, arrivedMs + fact.ttlMs);
    ttlMs = Math.max(ttlMs, fact.ttlMs);
  }
  for (const renewedMs of renewalsMs.toSorted((a, b) => a - b)) {
    if (renewedMs <= endMs + lateMs) endMs = Math.max(endMs, renewedMs + ttlMs);
  }
  return endMs + lateMs;
}
