/**
 * Which operation, or which lease that ended by itself, made each revision. An answered write
 * names its revision; a revision that nobody claims has to be an unknown write, each used once,
 * or the end of a lease.
 */
import type { Change, Operation, Violation } from './history.ts';
import { matched } from './matching.ts';
import { operationText } from './operation-text.ts';
import { hasWritten } from './request-effect.ts';
import type { RevisionFloor } from './revision-floor.ts';
import { applied } from './store-model.ts';
import { type Suspect, Suspects } from './suspects.ts';
import type { Timeline } from './timeline.ts';

/** What made a revision. */
export type Cause = (
  | {
      readonly kind: 'operation';
      readonly operation: Operation;
      /** Whether it is a txn whose compares held. */
      readonly isSuccess: boolean;
    }
  | { readonly kind: 'expiry'; readonly lease: bigint }
) & {
  /** What changed. */
  readonly keys: ReadonlySet<string>;
};

export interface Attribution {
  readonly causes: ReadonlyMap<number, Cause>;
  readonly violations: readonly Violation[];
}

export function attribute(
  operations: readonly Operation[],
  timeline: Timeline,
  floor: RevisionFloor,
): Attribution {
  const causes = new Map<number, Cause>();
  const violations: Violation[] = [];
  for (const operation of operations) {
    const revision = claimedRevision(operation);
    if (revision === undefined) continue;
    const other = causes.get(revision);
    if (other?.kind === 'operation') {
      const text = `${operationText(operation)} and ${operationText(other.operation)}`;
      violations.push({ rule: 'one-cause', text: `${revision} is claimed by ${text}` });
    }
    causes.set(revision, causeOf(operation, revision, timeline));
  }
  const open = timeline.revisions.map(({ revision }) => revision).filter((r) => !causes.has(r));
  const suspects = new Suspects(operations, timeline, floor);
  const found = matched(open.map((revision) => suspects.of(revision)));
  for (const [i, revision] of open.entries()) {
    const suspect = found[i];
    if (suspect !== undefined) causes.set(revision, causeOf(suspect, revision, timeline));
    else {
      violations.push({ rule: 'caused', text: `nobody made ${changesText(revision, timeline)}` });
    }
  }
  return { causes, violations };
}

function causeOf(suspect: Suspect, revision: number, timeline: Timeline): Cause {
  const keys = new Set(timeline.changesAt(revision).map(({ key }) => key));
  if (typeof suspect === 'bigint') return { kind: 'expiry', lease: suspect, keys };
  const { result } = applied(timeline.viewAt(revision - 1), suspect.request, revision);
  const isSuccess = result.kind === 'txn' && result.isSuccess;
  return { kind: 'operation', operation: suspect, isSuccess, keys };
}

/** The revision that an answered operation says it made. A revocation never says so. */
export function claimedRevision({ outcome }: Operation): number | undefined {
  if (outcome.kind !== 'answered' || !hasWritten(outcome.result)) return undefined;
  return outcome.revision;
}

function changesText(revision: number, timeline: Timeline): string {
  const text = (change: Change): string => `${change.key}=${change.row?.value ?? '(deleted)'}`;
  return `revision ${revision} (${timeline.changesAt(revision).map(text).join(', ')})`;
}
