/**
 * The newest rows of bucket `key`, in runs: oldest first those that are on disk and kept for late
 * watchers, then the one whose batch is being committed, then the one being filled.
 */
import { assert, defined } from '../../base/assert.ts';
import type { Revision } from '../../base/ids.ts';
import type { HistoryRow } from '../ports.ts';
import { RevisionRows } from './revision-rows.ts';

export class RecentRows {
  readonly #keptBytesMax: number;
  /** On disk, ascending, none empty. */
  readonly #kept: RevisionRows[] = [];
  #keptBytes = 0;
  #committing: RevisionRows | undefined;
  #filling = new RevisionRows();
  #from: Revision;
  /** Main revision of the newest row. */
  #last: Revision;

  /** `current`: revision of the store whose rows are all on disk. */
  constructor(current: Revision, keptBytesMax: number) {
    this.#keptBytesMax = keptBytesMax;
    this.#last = current;
    this.#from = current + 1;
  }

  /** Lowest main revision from which on every row is here. */
  get from(): Revision {
    return this.#from;
  }

  /** Adds a row, greater than all before; copies its value. */
  append(row: HistoryRow): void {
    // A run never ends inside a main revision, as a batch is never cut inside an entry.
    const lowest = this.#filling.length === 0 ? this.#last + 1 : this.#last;
    assert(row.main >= lowest, 'rows ascend, and those of one main revision are in one batch');
    this.#filling.append(row);
    this.#last = row.main;
  }

  find(main: Revision, sub: number): HistoryRow | undefined {
    if (main < this.#from) return undefined;
    if (isIn(this.#filling, main)) return this.#filling.find(main, sub);
    if (this.#committing !== undefined && isIn(this.#committing, main)) {
      return this.#committing.find(main, sub);
    }
    return this.#kept[this.#keptRunOf(main)]?.find(main, sub);
  }

  /** Rows with main in [from, to], in order; from >= this.from. */
  between(from: Revision, to: Revision): HistoryRow[] {
    assert(from >= this.#from, 'rows below memoryFrom are on disk only');
    const rows: HistoryRow[] = [];
    for (let run = this.#keptRunOf(from); run < this.#kept.length; run++) {
      collect(defined(this.#kept[run], 'a kept run'), { from, to }, rows);
    }
    if (this.#committing !== undefined) collect(this.#committing, { from, to }, rows);
    collect(this.#filling, { from, to }, rows);
    return rows;
  }

  /** The run being filled is now being committed. */
  cut(): void {
    assert(this.#committing === undefined, 'one run is committed at a time');
    if (this.#filling.length === 0) return;
    this.#committing = this.#filling;
    this.#filling = new RevisionRows();
  }

  /** The commit of the run that was cut has ended; a cut without rows may have been before. */
  landed(): void {
    const landed = this.#committing;
    if (landed === undefined) return;
    this.#committing = undefined;
    this.#kept.push(landed);
    this.#keptBytes += landed.bytesUsed;
    while (this.#keptBytes > this.#keptBytesMax) this.#dropOldest();
  }

  /** The rows not known to be on disk, as they are now. */
  pinUnflushed(): PinnedRows {
    const runs = [];
    if (this.#committing !== undefined) runs.push(this.#committing);
    if (this.#filling.length > 0) runs.push(this.#filling);
    return new PinnedRows(runs, this.#last + 1);
  }

  #dropOldest(): void {
    const oldest = defined(this.#kept.shift(), 'kept bytes belong to kept runs');
    this.#keptBytes -= oldest.bytesUsed;
    // The rows of one main revision are in one run: a transaction is one entry.
    this.#from = oldest.mainAt(oldest.length - 1) + 1;
  }

  /** Index of the last kept run that begins at or before `main`; 0 when none does. */
  #keptRunOf(main: Revision): number {
    let low = 0;
    let high = this.#kept.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (isIn(defined(this.#kept[middle], 'a kept run'), main)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  checkInvariants(): void {
    const runs = [...this.#kept, ...(this.#committing ? [this.#committing] : []), this.#filling];
    let above = this.#from - 1;
    for (const run of runs) {
      run.checkInvariants();
      if (run.length === 0) {
        assert(run === this.#filling, 'only the run being filled may be empty');
        continue;
      }
      assert(run.mainAt(0) > above, 'runs ascend, and share no main revision');
      above = run.mainAt(run.length - 1);
    }
    assert(above <= this.#last, 'last is the newest row');
    let keptBytes = 0;
    for (const run of this.#kept) keptBytes += run.bytesUsed;
    assert(keptBytes === this.#keptBytes, 'kept bytes are counted');
    assert(keptBytes <= this.#keptBytesMax, 'kept bytes are bounded');
  }
}

/** Unflushed rows of one moment: rows added to the runs later do not show. */
class PinnedRows {
  readonly from: Revision;
  readonly #end: Revision;
  #runs: readonly RevisionRows[];

  constructor(runs: readonly RevisionRows[], end: Revision) {
    this.#runs = runs;
    this.#end = end;
    this.from = runs[0]?.mainAt(0) ?? end;
  }

  find(main: Revision, sub: number): HistoryRow | undefined {
    if (main >= this.#end) return undefined;
    for (const run of this.#runs) {
      const row = run.find(main, sub);
      if (row !== undefined) return row;
    }
    return undefined;
  }

  between(from: Revision, to: Revision): HistoryRow[] {
    const rows: HistoryRow[] = [];
    for (const run of this.#runs) collect(run, { from, to: Math.min(to, this.#end - 1) }, rows);
    return rows;
  }

  /** Lets go of the rows; nothing is found any more. */
  release(): void {
    this.#runs = [];
  }
}

/** Whether `main`, if it has rows, has them in this run or in a later one. */
function isIn(run: RevisionRows, main: Revision): boolean {
  return run.length > 0 && run.mainAt(0) <= main;
}

/** Adds the rows of `run` with main in [from, to] to `rows`. */
function collect(
  run: RevisionRows,
  span: { from: Revision; to: Revision },
  rows: HistoryRow[],
): void {
  for (let index = run.lowerBound(span.from, 0); index < run.length; index++) {
    if (run.mainAt(index) > span.to) return;
    rows.push(run.rowAt(index));
  }
}
