/**
 * Contract of the cache of newest values: for a slot, its encoded mvccpb.KeyValue, in byte
 * slabs, bounded and evictable. Replaced by the real class in this same file.
 */
import type { Slot } from './key-index.ts';

export interface ValueCache {
  /** Copies `encoded` as the slot's value; may evict others (or not keep this one) at the bound. */
  set(slot: Slot, encoded: Uint8Array): void;
  /** A view of the slot's value, valid until the next set or remove; undefined on a miss. */
  view(slot: Slot): Uint8Array | undefined;
  remove(slot: Slot): void;
  readonly bytesUsed: number;
  checkInvariants(): void;
}
