import { expectedEvents } from './expected-events.ts';
import type { Violation } from './history.ts';
import { checkSession, type WatchTruth } from './watch-check.ts';
import type { Subscription } from './watch-history.ts';

/**
 * A subscription over all its sessions, whatever member each is with: each goes on where the one
 * before it ended (or behind a compaction that ended it), and, if `until` is given, nothing up to
 * that revision was held back for ever.
 */
export function checkSubscription(
  subscription: Subscription,
  truth: WatchTruth,
  until?: number,
): Violation[] {
  const violations: Violation[] = [];
  let next: number | undefined;
  for (const session of subscription) {
    const { name, startRevision } = session;
    if (next !== undefined && startRevision !== next) {
      violations.push({ rule: 'resumable', text: `${name}: at ${startRevision}, not ${next}` });
    }
    const report = checkSession(session, truth);
    violations.push(...report.violations);
    const end = session.responses.at(-1);
    const isCompacted = end?.kind === 'canceled' && end.compactRevision > 0;
    next = isCompacted ? end.compactRevision : (report.next ?? next);
  }
  const last = subscription.at(-1);
  if (until === undefined || last === undefined) return violations;
  if (next === undefined) {
    return [...violations, { rule: 'reliable', text: `${last.name}: was told nothing` }];
  }
  const missing = expectedEvents(last, truth.timeline, next).find(
    ({ revision }) => revision <= until,
  );
  if (missing === undefined) return violations;
  const text = `${last.name}: never saw ${missing.key} of ${missing.revision}`;
  return [...violations, { rule: 'reliable', text }];
}
