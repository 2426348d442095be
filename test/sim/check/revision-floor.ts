import type { Operation, Sequence, Sighting } from './history.ts';

/**
 * What was known when: the highest revision that any client had seen before an event. Whatever
 * is linearizable and called then shows at least that, and whatever is written comes behind it.
 */
export class RevisionFloor {
  readonly #at: readonly Sequence[];
  /** Highest revision seen at `#at[i]` or before. */
  readonly #highest: readonly number[];

  constructor(operations: readonly Operation[], sightings: readonly Sighting[]) {
    const seen = [...sightings];
    for (const { outcome } of operations) {
      if (outcome.kind === 'answered') {
        seen.push({ at: outcome.returned, revision: outcome.revision });
      }
    }
    seen.sort((a, b) => a.at - b.at);
    this.#at = seen.map(({ at }) => at);
    let highest = 1;
    this.#highest = seen.map(({ revision }) => (highest = Math.max(highest, revision)));
  }

  before(event: Sequence): number {
    let low = 0;
    let high = this.#at.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#at[middle] ?? 0) < event) low = middle + 1;
      else high = middle;
    }
    return this.#highest[low - 1] ?? 1;
  }
}
