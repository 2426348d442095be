import { areSameChanges } from './agreement.ts';
import type { Change, Operation } from './history.ts';
import { partsOf, putsOf } from './request-effect.ts';
import type { RevisionFloor } from './revision-floor.ts';
import { applied, removals } from './store-model.ts';
import type { Timeline } from './timeline.ts';

/** An unknown operation, an answered revocation, or a lease that may have ended by itself. */
export type Suspect = Operation | bigint;

/** What may have made a revision that no answer claims. */
export class Suspects {
  readonly #timeline: Timeline;
  readonly #floor: RevisionFloor;
  /** Unknown operations that may put a value, by that value. */
  readonly #writers = new Map<string, Operation>();
  /** Operations that may have made a revision of deletes only; answered ones first. */
  readonly #deleters: Operation[] = [];
  /** Every lease that had keys, with the last revision at which it had one. */
  readonly #leases = new Map<bigint, number>();

  constructor(operations: readonly Operation[], timeline: Timeline, floor: RevisionFloor) {
    this.#timeline = timeline;
    this.#floor = floor;
    const last = timeline.lastRevisions();
    for (const operation of operations) {
      const { request, outcome } = operation;
      if (request.kind === 'grant' && outcome.kind !== 'refused') {
        const until = last.get(request.lease);
        if (until !== undefined) this.#leases.set(request.lease, until);
      }
      if (outcome.kind === 'answered' && request.kind === 'revoke')
        this.#deleters.unshift(operation);
      if (outcome.kind !== 'unknown') continue;
      for (const { value } of putsOf(request)) this.#writers.set(value, operation);
      const deletes = partsOf(request).some(({ kind }) => kind === 'delete');
      if (deletes || request.kind === 'revoke') this.#deleters.push(operation);
    }
  }

  /** Those for `revision`; operations before leases. */
  of(revision: number): Suspect[] {
    const changes = this.#timeline.changesAt(revision);
    const before = this.#timeline.viewAt(revision - 1);
    const operations = this.#writersOf(changes)
      .filter(({ outcome }) => outcome.kind !== 'answered' || outcome.revision === revision)
      .filter(({ called }) => revision > this.#floor.before(called))
      .filter(({ request }) => areSameChanges(applied(before, request, revision).changes, changes));
    const leases = [...this.#leases]
      // A lease that still has keys has not ended.
      .filter(
        ([lease, last]) => last < revision && areSameChanges(removals(before, lease), changes),
      )
      .map(([lease]) => lease);
    return [...operations, ...leases];
  }

  #writersOf(changes: readonly Change[]): readonly Operation[] {
    const value = changes.find(({ row }) => row !== undefined)?.row?.value;
    if (value === undefined) return this.#deleters;
    const writer = this.#writers.get(value);
    return writer === undefined ? [] : [writer];
  }
}
