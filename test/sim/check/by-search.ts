/**
 * Linearizability by the classic search, blind to revisions: of each key, with what operations on
 * several keys did to it, and of the whole store as one object.
 */
import type { Cause } from './attribution.ts';
import type { Operation, Violation } from './history.ts';
import { json } from './operation-text.ts';
import { partsOf } from './request-effect.ts';
import { search } from './search.ts';
import { SEARCH_MODEL } from './search-state.ts';
import { SearchableHistory } from './searchable-history.ts';

export interface SearchOptions {
  /** For each key, and for the whole store. */
  readonly stepsMax: number;
  /** Where to look first for what is unknown; no verdict depends on it. */
  readonly causes?: ReadonlyMap<number, Cause>;
}

export interface SearchReport {
  readonly violations: readonly Violation[];
  /** What could not be decided within the steps: keys, or 'the store'. Never to be ignored. */
  readonly undecided: readonly string[];
  readonly steps: number;
}

export function checkBySearch(
  operations: readonly Operation[],
  { stepsMax, causes = new Map() }: SearchOptions,
): SearchReport {
  const history = new SearchableHistory(operations, causes);
  const violations: Violation[] = [];
  const undecided: string[] = [];
  let total = 0;
  for (const scope of [...keysOf(operations), undefined]) {
    const name = scope === undefined ? 'the store' : `key ${scope}`;
    const { verdict, steps, stuck } = search(SEARCH_MODEL, history.of(scope), stepsMax);
    total += steps;
    if (verdict === 'undecided') undecided.push(name);
    if (verdict === 'violated') {
      const text = stuck === undefined ? '' : `, stuck at ${stuck.called}: ${json(stuck.request)}`;
      violations.push({ rule: 'linearizable', text: `no order explains ${name}${text}` });
    }
  }
  return { violations, undecided, steps: total };
}

/** Every key that is named by a put, or where a range or deletion of one key begins. */
function keysOf(operations: readonly Operation[]): Set<string> {
  const keys = operations.flatMap(({ request }) =>
    partsOf(request).map((part) => (part.kind === 'put' ? part.key : part.span.from)),
  );
  return new Set(keys);
}
