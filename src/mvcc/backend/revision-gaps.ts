/**
 * A second check that no batch is missing, made while the index is rebuilt: every transaction
 * that changed something took the next main revision and left a row, and compaction only removes
 * rows at or below its floor. So above the floor no main revision is left out.
 */
import { assert } from '../../base/assert.ts';
import type { Revision } from '../../base/ids.ts';
import { BackendError } from '../../base/ports/backend.ts';

/** Revision of a store that was never written: its first row has the next one. */
const EMPTY_STORE_REVISION = 1;

export class RevisionGaps {
  #last: Revision;

  /** `floor`: the higher of scheduledCompactRev and finishedCompactRev, undefined without both. */
  constructor(floor: Revision | undefined) {
    this.#last = Math.max(floor ?? 0, EMPTY_STORE_REVISION);
  }

  /** Takes the rows of bucket `key` in order; throws BACKEND_CORRUPT at a gap above the floor. */
  accept(main: Revision): void {
    if (main <= this.#last) return;
    if (main !== this.#last + 1) {
      throw new BackendError(
        'BACKEND_CORRUPT',
        `the state is incomplete: no row of revision ${this.#last + 1}, but one of ${main}`,
      );
    }
    this.#last = main;
  }

  checkInvariants(): void {
    assert(this.#last >= EMPTY_STORE_REVISION, 'the last revision is one a store can have');
  }
}
