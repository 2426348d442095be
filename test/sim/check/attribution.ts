/**
 * Which operation, or which lease that ended by itself, made each revision. An answered write
 * names its revision; a revision that nobody claims has to be an unknown write, each used once,
 * or the end of a lease.
 */
import { areSameChanges } from './agreement.ts';
import type { Change, Operation, Violation } from './history.ts';
import { matched } from './matching.ts';
import { operationText } from './operation-text.ts';
import { hasWritten, partsOf, putsOf } from './request-effect.ts';
import type { RevisionFloor } from './revision-floor.ts';
import { applied, removals } from './store-model.ts';
import type { Timeline } from './timeline.ts';

export type Cause =
  | { readonly kind: 'operation'; readonly operation: Operation }
  | { readonly kind: 'expiry'; readonly lease: bigint };

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
    const revision = claimedRevision(operation, timeline);
    if (revision === undefined) continue;
    const other = causes.get(revision);
    if (other?.kind === 'operation') {
      const text = `${operationText(operation)} and ${operationText(other.operation)}`;
      violations.push({ rule: 'one-cause', text: `${revision} is claimed by ${text}` });
    }
    causes.set(revision, { kind: 'operation', operation });
  }
  const open = timeline.revisions.map(({ revision }) => revision).filter((r) => !causes.has(r));
  const candidates = new Candidates(operations, timeline, floor);
  const found = matched(open.map((revision) => candidates.of(revision)));
  for (const [i, revision] of open.entries()) {
    const cause = found[i];
    if (cause !== undefined) causes.set(revision, cause);
    else
      violations.push({ rule: 'caused', text: `nobody made ${changesText(revision, timeline)}` });
  }
  return { causes, violations };
}

/** The revision that an answered operation says it made, if it says so. */
export function claimedRevision(
  { request, outcome }: Operation,
  timeline: Timeline,
): number | undefined {
  if (outcome.kind !== 'answered') return undefined;
  const { revision, result } = outcome;
  if (request.kind === 'revoke') {
    // The header is the same whether there were keys to delete or not.
    const gone = removals(timeline.viewAt(revision - 1), request.lease);
    const isIt = gone.length > 0 && areSameChanges(gone, timeline.changesAt(revision));
    return isIt ? revision : undefined;
  }
  return hasWritten(result) ? revision : undefined;
}

/** What may have made a revision that nobody claims. */
class Candidates {
  readonly #timeline: Timeline;
  readonly #floor: RevisionFloor;
  /** Unknown operations that may put a value, by that value. */
  readonly #writers = new Map<string, Operation>();
  /** Unknown operations that may make a revision of deletes only. */
  readonly #deleters: Operation[] = [];
  /** Every lease that a client asked for, as the cause that its end is, with its last revision. */
  readonly #leases: { readonly cause: Cause; readonly lease: bigint; readonly last: number }[] = [];
  readonly #causes = new Map<Operation, Cause>();

  constructor(operations: readonly Operation[], timeline: Timeline, floor: RevisionFloor) {
    this.#timeline = timeline;
    this.#floor = floor;
    for (const operation of operations) {
      const { request, outcome } = operation;
      if (request.kind === 'grant' && outcome.kind !== 'refused') {
        const { lease } = request;
        const last = timeline.lastWith(lease);
        this.#leases.push({ cause: { kind: 'expiry', lease }, lease, last });
      }
      if (outcome.kind === 'unknown') this.#add(operation);
    }
  }

  /** Operations before leases. */
  of(revision: number): Cause[] {
    const changes = this.#timeline.changesAt(revision);
    const before = this.#timeline.viewAt(revision - 1);
    const value = changes.find(({ row }) => row !== undefined)?.row?.value;
    const writer = value === undefined ? undefined : this.#writers.get(value);
    const possible = value !== undefined ? (writer === undefined ? [] : [writer]) : this.#deleters;
    const causes = possible
      .filter(({ called }) => revision > this.#floor.before(called))
      .filter(({ request }) => areSameChanges(applied(before, request, revision).changes, changes))
      .map((operation) => this.#causeOf(operation));
    if (value !== undefined) return causes;
    const ended = this.#leases
      // A lease that still has keys has not ended.
      .filter(({ last }) => last < revision)
      .filter(({ lease }) => areSameChanges(removals(before, lease), changes));
    return [...causes, ...ended.map(({ cause }) => cause)];
  }

  #add(operation: Operation): void {
    const { request } = operation;
    for (const { value } of putsOf(request)) this.#writers.set(value, operation);
    const deletes = partsOf(request).some(({ kind }) => kind === 'delete');
    if (deletes || request.kind === 'revoke') this.#deleters.push(operation);
  }

  #causeOf(operation: Operation): Cause {
    const known = this.#causes.get(operation);
    if (known !== undefined) return known;
    const cause = { kind: 'operation', operation } as const;
    this.#causes.set(operation, cause);
    return cause;
  }
}

function changesText(revision: number, timeline: Timeline): string {
  const text = (change: Change): string => `${change.key}=${change.row?.value ?? '(deleted)'}`;
  return `revision ${revision} (${timeline.changesAt(revision).map(text).join(', ')})`;
}
