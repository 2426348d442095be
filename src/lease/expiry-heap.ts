/**
 * A binary min-heap of things that become due, each of which knows its own place in it, so that
 * any of them can be removed or moved in O(log n) without a search.
 */
import { assert, defined } from '../base/assert.ts';

/** Place of an entry that no heap holds. */
export const NOT_IN_HEAP = -1;

/** Both fields belong to the heap while it holds the entry. */
export interface HeapEntry {
  /** Milliseconds on the caller's clock; the heap's order. */
  dueMs: number;
  heapIndex: number;
}

export class ExpiryHeap<Entry extends HeapEntry> {
  readonly #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** The entry that is due first, of several one of them. */
  peek(): Entry | undefined {
    return this.#entries[0];
  }

  /** Adds an entry that is in no heap, due at `dueMs`. O(1) when it is due last of all. */
  add(entry: Entry, dueMs: number): void {
    assert(entry.heapIndex === NOT_IN_HEAP, 'expiry heap: entry is held already');
    entry.dueMs = dueMs;
    this.#entries.push(entry);
    this.#siftUp(entry, this.#entries.length - 1);
  }

  /** Gives a held entry another due time. */
  reschedule(entry: Entry, dueMs: number): void {
    this.#assertHeld(entry);
    const later = dueMs > entry.dueMs;
    entry.dueMs = dueMs;
    if (later) this.#siftDown(entry, entry.heapIndex);
    else this.#siftUp(entry, entry.heapIndex);
  }

  /** Takes a held entry out. */
  remove(entry: Entry): void {
    this.#assertHeld(entry);
    const hole = entry.heapIndex;
    entry.heapIndex = NOT_IN_HEAP;
    const last = defined(this.#entries.pop(), 'expiry heap: holds the removed entry');
    if (last === entry) return;
    if (last.dueMs > entry.dueMs) this.#siftDown(last, hole);
    else this.#siftUp(last, hole);
  }

  /** Moves `entry` from the free place `hole` towards the root. */
  #siftUp(entry: Entry, hole: number): void {
    const entries = this.#entries;
    let at = hole;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = entries[parentAt] as Entry;
      if (parent.dueMs <= entry.dueMs) break;
      entries[at] = parent;
      parent.heapIndex = at;
      at = parentAt;
    }
    entries[at] = entry;
    entry.heapIndex = at;
  }

  /** Moves `entry` from the free place `hole` towards the leaves. */
  #siftDown(entry: Entry, hole: number): void {
    const entries = this.#entries;
    let at = hole;
    for (;;) {
      let childAt = 2 * at + 1;
      if (childAt >= entries.length) break;
      const right = entries[childAt + 1];
      if (right !== undefined && right.dueMs < (entries[childAt] as Entry).dueMs) childAt++;
      const child = entries[childAt] as Entry;
      if (child.dueMs >= entry.dueMs) break;
      entries[at] = child;
      child.heapIndex = at;
      at = childAt;
    }
    entries[at] = entry;
    entry.heapIndex = at;
  }

  #assertHeld(entry: Entry): void {
    assert(this.#entries[entry.heapIndex] === entry, 'expiry heap: entry is not held');
  }

  checkInvariants(): void {
    for (let at = 0; at < this.#entries.length; at++) {
      const entry = this.#entries[at] as Entry;
      const parent = this.#entries[(at - 1) >> 1] as Entry;
      assert(entry.heapIndex === at, 'expiry heap: an entry does not know its place');
      assert(at === 0 || parent.dueMs <= entry.dueMs, 'expiry heap: parent is due after child');
    }
  }
}
