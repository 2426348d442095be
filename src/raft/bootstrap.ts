/** The log with which every member of a new cluster starts. */

import type { MemberId } from '../base/ids.ts';
import { ConfChange, ConfChangeType, type Entry, EntryType, HardState } from '../pb/index.ts';

/** A founding member; `context` is what the state machine wants to know of it. */
export interface Founder {
  readonly id: MemberId;
  readonly context: Uint8Array;
}

/**
 * One AddNode entry per founder, by ascending id, at indexes 1..n of term 1, all committed. All
 * founders write the same log, then start from it as after a restart, with an empty ConfState and
 * nothing applied: the cluster comes into being by applying it.
 */
export function bootstrapLog(founders: readonly Founder[]): {
  entries: Entry[];
  hardState: HardState;
} {
  const ordered = [...founders].sort((a, b) => (a.id < b.id ? -1 : 1));
  const entries = ordered.map(({ id, context }, at): Entry => {
    const type = ConfChangeType.ConfChangeAddNode;
    const data = ConfChange.encode(ConfChange.create({ type, nodeId: id, context }));
    return { type: EntryType.EntryConfChange, term: 1, index: at + 1, data };
  });
  const hardState = HardState.create({ term: 1, vote: 0n, commit: entries.length });
  return { entries, hardState };
}
