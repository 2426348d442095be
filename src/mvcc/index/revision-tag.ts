/** A sub-revision and whether the change was a delete, in one 32-bit word. */
export type RevisionTag = number;

/** Sub-revisions are below this: one transaction would need that many changes. */
export const SUBS_MAX: number = 2 ** 31;

export function tagOf(sub: number, tombstone: boolean): RevisionTag {
  return ((sub << 1) | (tombstone ? 1 : 0)) >>> 0;
}

export function subOf(tag: RevisionTag): number {
  return tag >>> 1;
}

export function isTombstone(tag: RevisionTag): boolean {
  return (tag & 1) === 1;
}
