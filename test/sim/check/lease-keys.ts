import type { Cause } from './attribution.ts';
import type { Operation, Violation } from './history.ts';
import type { LeaseFact } from './leases.ts';
import { operationText } from './operation-text.ts';
import type { Timeline } from './timeline.ts';

/**
 * A lease that was revoked has no keys from then on. (That all its keys go in one revision
 * follows from the causes: a revision that deletes some of them has none.)
 */
export function checkLeaseKeys(operations: readonly Operation[], timeline: Timeline): Violation[] {
  const last = timeline.lastRevisions();
  return operations.flatMap((operation) => {
    const { request, outcome } = operation;
    if (request.kind !== 'revoke' || outcome.kind !== 'answered') return [];
    const until = last.get(request.lease) ?? 0;
    if (until < outcome.revision) return [];
    return [
      { rule: 'lease-keys', text: `${operationText(operation)}, but it had keys at ${until}` },
    ];
  });
}

/** When leases ended by themselves, as their keys show; `timeOf` a revision is in ms. */
export function expiryFacts(
  causes: ReadonlyMap<number, Cause>,
  timeOf: (revision: number) => number,
): LeaseFact[] {
  return [...causes].flatMap(([revision, cause]): LeaseFact[] =>
    cause.kind === 'expiry' ? [{ kind: 'gone', lease: cause.lease, atMs: timeOf(revision) }] : [],
  );
}
