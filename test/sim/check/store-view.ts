/** A state of the store, as the model reads it. */
import type { Change, KeyRow, Row, Span } from './history.ts';
import { includes, isOneKey } from './span.ts';

export interface StoreView {
  row(key: string): Row | undefined;
  /** The live keys of the span, ascending. */
  rows(span: Span): KeyRow[];
}

/** A state that is a map of its live keys. */
export class MapView implements StoreView {
  readonly #map: ReadonlyMap<string, Row>;

  constructor(map: ReadonlyMap<string, Row>) {
    this.#map = map;
  }

  row(key: string): Row | undefined {
    return this.#map.get(key);
  }

  rows(span: Span): KeyRow[] {
    return rowsOf([...this.#map.keys()].sort(), span, this);
  }
}

/** A state with changes on top, which later requests of a txn see. */
export class ChangedView implements StoreView {
  readonly #base: StoreView;
  readonly #changes = new Map<string, Row | undefined>();

  constructor(base: StoreView) {
    this.#base = base;
  }

  change(changes: readonly Change[]): void {
    for (const { key, row } of changes) this.#changes.set(key, row);
  }

  row(key: string): Row | undefined {
    return this.#changes.has(key) ? this.#changes.get(key) : this.#base.row(key);
  }

  rows(span: Span): KeyRow[] {
    const keys = new Set(this.#base.rows(span).map(({ key }) => key));
    for (const key of this.#changes.keys()) keys.add(key);
    return rowsOf([...keys].sort(), span, this);
  }
}

/** The rows of `span`, given all keys that may be live, ascending. */
export function rowsOf(
  keys: readonly string[],
  span: Span,
  view: Pick<StoreView, 'row'>,
): KeyRow[] {
  const found: KeyRow[] = [];
  for (const key of isOneKey(span) ? [span.from] : keys) {
    const row = includes(span, key) ? view.row(key) : undefined;
    if (row !== undefined) found.push({ key, ...row });
  }
  return found;
}
