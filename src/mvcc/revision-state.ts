/** The two ends of readable history. */
import { assert } from '../base/assert.ts';
import type { Revision } from '../base/ids.ts';
import { MvccError } from './errors.ts';

/** Revision of a store that nothing was ever written to. */
export const REVISION_EMPTY: Revision = 1;
/** Compaction floor of a store that was never compacted. */
export const COMPACT_NONE: Revision = -1;

export interface RevisionState {
  /** Main revision of the last write. */
  current: Revision;
  /** Reads below this are refused. Invariant: compact <= current. */
  compact: Revision;
}

/** Why `revision` cannot be read, undefined when it can. */
export function unreadable(revision: Revision, state: RevisionState): MvccError | undefined {
  const { current, compact } = state;
  if (revision > current) {
    return new MvccError('MVCC_FUTURE_REVISION', `revision ${revision} > current ${current}`);
  }
  if (revision < compact) {
    return new MvccError('MVCC_COMPACTED', `revision ${revision} < compacted ${compact}`);
  }
  return undefined;
}

export function checkRevisionState({ current, compact }: RevisionState): void {
  assert(current >= REVISION_EMPTY, 'the first write makes revision 2');
  assert(compact >= COMPACT_NONE, 'the floor is -1 or a revision');
  assert(compact <= current, 'nothing is compacted before it is written');
}
