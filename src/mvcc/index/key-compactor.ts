/** Compaction of one key: which of its revisions are forgotten at a floor. */
import type { Revision } from '../../base/ids.ts';
import { type HistoryNode, NO_NODE, type RevisionHistory } from './revision-history.ts';
import { isTombstone, type RevisionTag, subOf } from './revision-tag.ts';
import type { Slot } from './slot.ts';
import { rowOf, type SlotColumns, type SlotPage } from './slot-columns.ts';

export interface ForgottenRevision {
  readonly main: Revision;
  readonly sub: number;
  readonly tombstone: boolean;
}

/** What is left of a key: some revisions, none, or more to forget than there was budget for. */
export type Compacted = 'kept' | 'empty' | 'unfinished';

export interface Compaction {
  readonly floor: Revision;
  /** Revisions that may still be forgotten in this slice. */
  budget: number;
  readonly forgot: (revision: ForgottenRevision) => void;
}

export class KeyCompactor {
  readonly #columns: SlotColumns;
  readonly #history: RevisionHistory;

  constructor(columns: SlotColumns, history: RevisionHistory) {
    this.#columns = columns;
    this.#history = history;
  }

  /**
   * Forgets what `compaction` asks for. The newest revision <= floor goes last, so that a key
   * left unfinished still answers as before for every revision >= floor.
   */
  compact(slot: Slot, compaction: Compaction): Compacted {
    const page = this.#columns.page(slot);
    const row = rowOf(slot);
    const main = page.modMain[row] as Revision;
    if (main > compaction.floor) return this.#forgetBelow(page, row, compaction);
    let older = page.older[row] as HistoryNode;
    for (; older !== NO_NODE && compaction.budget > 0; compaction.budget--) {
      this.#report(older, compaction);
      older = this.#history.drop(older);
    }
    page.older[row] = older;
    if (older !== NO_NODE) return 'unfinished';
    const tag = page.modTag[row] as RevisionTag;
    if (!isTombstone(tag) || main === compaction.floor) return 'kept';
    compaction.forgot({ main, sub: subOf(tag), tombstone: true });
    return 'empty';
  }

  /** For a key whose newest revision is above the floor. */
  #forgetBelow(page: SlotPage, row: number, compaction: Compaction): Compacted {
    const history = this.#history;
    const head = page.older[row] as HistoryNode;
    const above = history.cutBefore(head, compaction.floor);
    const newest = above === NO_NODE ? head : history.next(above);
    if (newest === NO_NODE) return 'kept';
    for (; history.next(newest) !== NO_NODE; compaction.budget--) {
      if (compaction.budget <= 0) return 'unfinished';
      this.#report(history.next(newest), compaction);
      history.dropNext(newest);
    }
    if (isTombstone(history.tag(newest)) && history.main(newest) < compaction.floor) {
      this.#report(newest, compaction);
      if (above === NO_NODE) page.older[row] = history.drop(newest);
      else history.dropNext(above);
    }
    return 'kept';
  }

  #report(node: HistoryNode, compaction: Compaction): void {
    const tag = this.#history.tag(node);
    const main = this.#history.main(node);
    compaction.forgot({ main, sub: subOf(tag), tombstone: isTombstone(tag) });
  }
}
