/**
 * Contract of the in-memory key index: every key that has a revision above the compaction
 * floor, in byte order, with its revisions. Replaced by the real class in this same file.
 *
 * A slot is a small integer that stands for a key while the index holds it. Slots are reused
 * after a compaction drops their key, so nobody keeps one across turns.
 */
import type { Revision } from '../base/ids.ts';

export type Slot = number;
export const NO_SLOT: Slot = -1;

/** Keys in [start, end); `end` undefined = no upper bound. Empty when end <= start. */
export interface KeySpan {
  readonly start: Uint8Array;
  readonly end: Uint8Array | undefined;
}

/** Position of one change in history. */
export interface RevisionPair {
  readonly main: Revision;
  readonly sub: number;
}

export interface StoredRevision extends RevisionPair {
  readonly createMain: Revision;
  readonly version: number;
  readonly tombstone: boolean;
}

export interface KeyIndex {
  /** Keys whose newest revision is not a tombstone. */
  readonly liveKeys: number;
  /** Live keys and those that are tombstones still above the floor. */
  readonly heldKeys: number;

  /** The key's slot, live or tombstone; NO_SLOT when not held. */
  find(key: Uint8Array): Slot;
  /** Records a put at (main, sub), newer than anything held for the key; copies the key. */
  put(key: Uint8Array, main: Revision, sub: number): Slot;
  /** Records a delete of a live slot. */
  tombstone(slot: Slot, main: Revision, sub: number): void;
  /** Adds a revision read back from disk; called in ascending (main, sub) order. */
  restore(key: Uint8Array, revision: StoredRevision): Slot;

  isLive(slot: Slot): boolean;
  /** Columns of the newest revision; create and version are 0 for a tombstone. */
  modMain(slot: Slot): Revision;
  modSub(slot: Slot): number;
  createMain(slot: Slot): Revision;
  version(slot: Slot): number;
  /** An owned copy of the key. */
  key(slot: Slot): Uint8Array;
  /** Where the slot's value as of `revision` is, undefined when it had none or was deleted then. */
  at(slot: Slot, revision: Revision): RevisionPair | undefined;

  /** Live keys in the span, in O(log n). */
  countLive(span: KeySpan): number;
  /** Up to `limit` live slots of the span in key order (limit 0 = all). */
  liveSlots(span: KeySpan, limit: number): Slot[];
  /**
   * Visits up to `keysMax` held slots of the span in key order, tombstones too. Returns the key
   * to continue from, undefined when the span is done. `visit` must not change the index.
   */
  walk(span: KeySpan, keysMax: number, visit: (slot: Slot) => void): Uint8Array | undefined;
  /**
   * One slice of a compaction at `floor`: for up to `keysMax` keys from `from` on, forgets every
   * revision <= floor but the newest of them, and that one too when it is a tombstone with
   * main < floor. Reports each forgotten revision and frees keys with none left (`freed` gets
   * the slot before it is reused). Returns the key to continue from, undefined at the end.
   */
  compact(
    floor: Revision,
    slice: { from: Uint8Array; keysMax: number },
    report: {
      forgot(revision: RevisionPair & { tombstone: boolean }): void;
      freed(slot: Slot): void;
    },
  ): Uint8Array | undefined;

  /** Bytes held by columns, tree and key slabs. */
  readonly bytesUsed: number;
  checkInvariants(): void;
}
