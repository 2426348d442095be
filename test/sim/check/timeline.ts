import type { Change, KeyRow, Revision, Row, Span } from './history.ts';
import { rowsOf, type StoreView } from './store-view.ts';

interface Turn {
  readonly revision: number;
  readonly row: Row | undefined;
}

/** The true history, by revision and by key. The store begins empty at revision 1. */
export class Timeline {
  readonly revisions: readonly Revision[];
  readonly #changes = new Map<number, readonly Change[]>();
  readonly #turns = new Map<string, Turn[]>();
  /** Every key that ever lived, ascending. */
  readonly #keys: readonly string[];

  /** `revisions` ascending. */
  constructor(revisions: readonly Revision[]) {
    this.revisions = revisions;
    for (const { revision, changes } of revisions) {
      this.#changes.set(revision, changes);
      for (const { key, row } of changes) {
        const turns = this.#turns.get(key);
        if (turns === undefined) this.#turns.set(key, [{ revision, row }]);
        else turns.push({ revision, row });
      }
    }
    this.#keys = [...this.#turns.keys()].sort();
  }

  /** The current revision in the end. */
  get last(): number {
    return this.revisions.at(-1)?.revision ?? 1;
  }

  /** None where there is no such revision. */
  changesAt(revision: number): readonly Change[] {
    return this.#changes.get(revision) ?? [];
  }

  rowAt(key: string, revision: number): Row | undefined {
    const turns = this.#turns.get(key) ?? [];
    let low = 0;
    let high = turns.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((turns[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return turns[low - 1]?.row;
  }

  rowsAt(span: Span, revision: number): KeyRow[] {
    return this.viewAt(revision).rows(span);
  }

  viewAt(revision: number): StoreView {
    const row = (key: string): Row | undefined => this.rowAt(key, revision);
    return { row, rows: (span) => rowsOf(this.#keys, span, { row }) };
  }

  /** For each lease that any key ever named, the last revision at which one did. */
  lastRevisions(): ReadonlyMap<bigint, number> {
    const last = new Map<bigint, number>();
    for (const turns of this.#turns.values()) {
      for (const [i, { row }] of turns.entries()) {
        if (row === undefined || row.lease === 0n) continue;
        const until = (turns[i + 1]?.revision ?? Infinity) - 1;
        last.set(row.lease, Math.max(last.get(row.lease) ?? 0, until));
      }
    }
    return last;
  }
}
