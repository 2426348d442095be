import { agrees } from './agreement.ts';
import type { Request, Result, Row } from './history.ts';
import type { SearchModel } from './search.ts';
import { applied } from './store-model.ts';
import { MapView } from './store-view.ts';

/** A state of the store without revisions: those of its rows are 0. */
export interface SearchState {
  readonly rows: ReadonlyMap<string, Row>;
  readonly view: MapView;
  readonly text: string;
}

export interface ShownRequest {
  readonly request: Request;
  /** What the answer shows, without revisions; undefined: there was none. */
  readonly result: Result | undefined;
  /** The branch that a txn took, if it took this one; undefined: it is not about branches. */
  readonly isSuccess?: boolean;
}

export const SEARCH_MODEL: SearchModel<SearchState, ShownRequest> = {
  initial: stateOf(new Map()),
  step: (state, { request, result }) => {
    const effect = applied(state.view, request, 0);
    if (result !== undefined && !agrees(result, effect.result)) return undefined;
    if (effect.changes.length === 0) return state;
    const rows = new Map(state.rows);
    for (const { key, row } of effect.changes) {
      if (row === undefined) rows.delete(key);
      else rows.set(key, row);
    }
    return stateOf(rows);
  },
  canChange: ({ request, result }) =>
    request.kind !== 'range' && (result === undefined || mayHaveWritten(result)),
  text: ({ text }) => text,
};

function stateOf(rows: ReadonlyMap<string, Row>): SearchState {
  const text = [...rows]
    .map(([key, { value, version, lease }]) => `${key}=${value}.${version}.${lease}`)
    .sort()
    .join();
  return { rows, view: new MapView(rows), text };
}

function mayHaveWritten(result: Result): boolean {
  switch (result.kind) {
    case 'delete':
      return result.deleted !== 0;
    case 'txn':
      return result.results.some(mayHaveWritten);
    default:
      return result.kind === 'put' || result.kind === 'revoke';
  }
}
