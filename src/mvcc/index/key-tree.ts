/**
 * B+tree of slots in the byte order of their keys, with the number of live keys below each
 * child, so that a count or the n-th live key costs O(log n).
 *
 * Changes act on the place the last `seek` found. Separators are entries of their own in the
 * slabs: cut short, and independent of the keys they were taken from.
 *
 * Deletion is lazy, by one rule: two neighbouring children of one parent always hold more than
 * MERGE_MAX entries together, and no node but a root leaf is empty.
 */
import { assert } from '../../base/assert.ts';
import type { ByteSlabs, SlabRef } from '../../base/byte-slabs.ts';
import { NO_SLOT, type Slot } from './slot.ts';
import type { SlotColumns } from './slot-columns.ts';
import { FANOUT, type NodeId } from './sorted-nodes.ts';
import { InnerNodes, LeafNodes, leafEntry, liveOf, slotOf } from './tree-nodes.ts';

/** Two neighbours with no more entries than this become one node. */
const MERGE_MAX = FANOUT / 2;
/** Levels, leaves included: even nodes a quarter full hold all slots there can be. */
const HEIGHT_MAX = 12;

export class KeyTree {
  readonly #slabs: ByteSlabs;
  readonly #leaves: LeafNodes;
  readonly #inner: InnerNodes;
  #root: NodeId;
  /** Levels of inner nodes above the leaves. */
  #height = 0;
  /** Node and position on each level, leaf first, that the last seek went through. */
  readonly #node: Uint32Array = new Uint32Array(HEIGHT_MAX);
  readonly #at: Uint32Array = new Uint32Array(HEIGHT_MAX);

  /** The key of the last seek, while the current place is still that one; and what it found. */
  #sought: Uint8Array | undefined;
  #found: Slot = NO_SLOT;

  constructor(slabs: ByteSlabs, columns: SlotColumns) {
    this.#slabs = slabs;
    this.#leaves = new LeafNodes(slabs, columns);
    this.#inner = new InnerNodes(slabs);
    this.#root = this.#leaves.allocate();
  }

  get bytesUsed(): number {
    return this.#leaves.bytesUsed + this.#inner.bytesUsed;
  }

  get liveKeys(): number {
    return this.#height === 0 ? this.#leaves.live(this.#root) : this.#inner.live(this.#root);
  }

  /**
   * Goes to `key`, which must not change, or to where it would be; returns its slot or NO_SLOT. If the
   * tree is there already, as when a key is written that was just looked up, nothing is searched.
   */
  seek(key: Uint8Array): Slot {
    if (key === this.#sought) return this.#found;
    this.#found = this.#search(key);
    this.#sought = key;
    return this.#found;
  }

  #search(key: Uint8Array): Slot {
    let node = this.#root;
    for (let level = this.#height; level > 0; level--) {
      const at = this.#inner.childFor(node, key);
      this.#node[level] = node;
      this.#at[level] = at;
      node = this.#inner.child(node, at);
    }
    const found = this.#leaves.search(node, key);
    this.#node[0] = node;
    this.#at[0] = found >= 0 ? found : ~found;
    return found >= 0 ? slotOf(this.#leaves.entry(node, found)) : NO_SLOT;
  }

  /** The slot at the current place, or the next one that has a key; NO_SLOT at the end. */
  current(): Slot {
    if (!this.#settle()) return NO_SLOT;
    return slotOf(this.#leaves.entry(this.#node[0] as NodeId, this.#at[0] as number));
  }

  advance(): void {
    this.#sought = undefined;
    this.#at[0] = (this.#at[0] as number) + 1;
  }

  /** Live keys before the current place. */
  rank(): number {
    let rank = this.#leaves.live(this.#node[0] as NodeId, this.#at[0] as number);
    for (let level = 1; level <= this.#height; level++) {
      rank += this.#inner.live(this.#node[level] as NodeId, this.#at[level] as number);
    }
    return rank;
  }

  /** Live slots in key order, from the one with `rank` live keys before it on, up to `count`. */
  liveSlots(rank: number, count: number): Slot[] {
    const slots: Slot[] = [];
    if (count > 0) this.#gather(slots, count, { node: this.#root, level: this.#height, rank });
    return slots;
  }

  /** Sets whether the slot that the last seek found counts as live. */
  setLive(live: boolean): void {
    const leaf = this.#node[0] as NodeId;
    const at = this.#at[0] as number;
    const entry = this.#leaves.entry(leaf, at);
    assert((liveOf(entry) === 1) !== live, 'tree: liveness changes');
    this.#leaves.setEntry(leaf, at, leafEntry(slotOf(entry), live));
    this.#addLive(live ? 1 : -1);
  }

  /** Inserts a slot, whose key the last seek looked for in vain. */
  insert(slot: Slot, live: boolean): void {
    this.#sought = undefined;
    let leaf = this.#node[0] as NodeId;
    let at = this.#at[0] as number;
    if (live) this.#addLive(1);
    if (this.#leaves.count(leaf) < FANOUT) {
      this.#leaves.insert(leaf, at, leafEntry(slot, live));
      return;
    }
    const left = leaf;
    const right = this.#leaves.allocate();
    const middle = this.#splitAt(0);
    this.#leaves.moveTail(left, middle, right);
    if (at >= middle) {
      leaf = right;
      at -= middle;
    }
    this.#leaves.insert(leaf, at, leafEntry(slot, live));
    this.#leaves.refresh(left);
    this.#leaves.refresh(right);
    const separator = this.#separatorOf(left, right);
    this.#addChild(1, { separator, child: right, live: this.#leaves.live(right) });
  }

  /** Removes the slot that the last seek found; it is not live. */
  remove(): void {
    this.#sought = undefined;
    const leaf = this.#node[0] as NodeId;
    const at = this.#at[0] as number;
    assert(liveOf(this.#leaves.entry(leaf, at)) === 0, 'tree: only dead keys are removed');
    this.#leaves.remove(leaf, at);
    for (let level = 0; level < this.#height && this.#shrank(level); level++);
    while (this.#height > 0 && this.#inner.count(this.#root) === 1) {
      const only = this.#inner.child(this.#root, 0);
      this.#inner.free(this.#root);
      this.#root = only;
      this.#height--;
    }
  }

  /** Follows a separator that the slabs have moved. */
  separatorMoved(owner: number, from: SlabRef, to: SlabRef): void {
    this.#inner.separatorMoved(owner, from, to);
  }

  /** Checks every node; visits the slots in order with their liveness. */
  checkInvariants(visit: (slot: Slot, live: boolean) => void): void {
    const counted = { leaves: 0, inner: 0 };
    this.#check(this.#root, this.#height, { low: undefined, high: undefined }, (node, level) => {
      if (level > 0) {
        counted.inner++;
        return;
      }
      counted.leaves++;
      for (let at = 0; at < this.#leaves.count(node); at++) {
        const entry = this.#leaves.entry(node, at);
        visit(slotOf(entry), liveOf(entry) === 1);
      }
    });
    assert(counted.leaves === this.#leaves.used, 'tree: every leaf in use is in the tree');
    assert(counted.inner === this.#inner.used, 'tree: every inner node in use is in the tree');
    assert(this.#height === 0 || this.#inner.count(this.#root) > 1, 'tree: the root branches');
  }

  /** Moves to the next leaf when the current place is behind the last entry of one. */
  #settle(): boolean {
    if ((this.#at[0] as number) < this.#leaves.count(this.#node[0] as NodeId)) return true;
    this.#sought = undefined;
    let level = 1;
    for (; level <= this.#height; level++) {
      const next = (this.#at[level] as number) + 1;
      if (next >= this.#inner.count(this.#node[level] as NodeId)) continue;
      this.#at[level] = next;
      break;
    }
    if (level > this.#height) return false;
    for (; level > 0; level--) {
      const child = this.#inner.child(this.#node[level] as NodeId, this.#at[level] as number);
      this.#node[level - 1] = child;
      this.#at[level - 1] = 0;
    }
    return true;
  }

  /** Adds the live slots below a node, but for the first `rank` of them. */
  #gather(slots: Slot[], count: number, from: { node: NodeId; level: number; rank: number }): void {
    let skip = from.rank;
    if (from.level === 0) {
      const entries = this.#leaves.count(from.node);
      for (let at = 0; at < entries && slots.length < count; at++) {
        const entry = this.#leaves.entry(from.node, at);
        if (liveOf(entry) === 1 && skip-- <= 0) slots.push(slotOf(entry));
      }
      return;
    }
    const children = this.#inner.count(from.node);
    for (let at = 0; at < children && slots.length < count; at++) {
      const live = this.#inner.liveAt(from.node, at);
      if (skip < live) {
        const node = this.#inner.child(from.node, at);
        this.#gather(slots, count, { node, level: from.level - 1, rank: Math.max(skip, 0) });
      }
      skip -= live;
    }
  }

  #addLive(delta: number): void {
    for (let level = 1; level <= this.#height; level++) {
      this.#inner.addLive(this.#node[level] as NodeId, this.#at[level] as number, delta);
    }
  }

  /**
   * Where to split the full node of a level. Keys that arrive in ascending order leave full
   * nodes behind: a new last entry, with no neighbour to the right, goes into a node of its own.
   */
  #splitAt(level: number): number {
    const newAt = (this.#at[level] as number) + (level === 0 ? 0 : 1);
    if (newAt < FANOUT) return FANOUT / 2;
    const parent = this.#node[level + 1] as NodeId;
    const isLast =
      level === this.#height || (this.#at[level + 1] as number) === this.#inner.count(parent) - 1;
    return isLast ? FANOUT : FANOUT / 2;
  }

  /** The shortest key that is above all of `left` and not above any of `right`. */
  #separatorOf(left: NodeId, right: NodeId): SlabRef {
    const below = this.#leaves.keyRef(this.#leaves.entry(left, this.#leaves.count(left) - 1));
    const above = this.#leaves.keyRef(this.#leaves.entry(right, 0));
    const length = this.#slabs.commonPrefix(below, above) + 1;
    return this.#slabs.store(0, this.#slabs.copy(above, length));
  }

  /** Adds a child behind the place on a level; its live keys are counted there so far. */
  #addChild(level: number, below: { separator: SlabRef; child: NodeId; live: number }): void {
    if (level > this.#height) {
      this.#growRoot(below);
      return;
    }
    const node = this.#node[level] as NodeId;
    const at = (this.#at[level] as number) + 1;
    this.#inner.addLive(node, at - 1, -below.live);
    if (this.#inner.count(node) < FANOUT) {
      this.#inner.insertChild(node, at, below);
      return;
    }
    const right = this.#inner.allocate();
    const middle = this.#splitAt(level);
    this.#inner.moveTail(node, middle, right);
    if (at >= middle) this.#inner.insertChild(right, at - middle, below);
    else this.#inner.insertChild(node, at, below);
    this.#inner.refresh(node);
    this.#inner.refresh(right);
    const separator = this.#inner.entry(right, 0);
    this.#addChild(level + 1, { separator, child: right, live: this.#inner.live(right) });
  }

  #growRoot(below: { separator: SlabRef; child: NodeId; live: number }): void {
    const live = this.liveKeys;
    const root = this.#inner.allocate();
    this.#inner.insertChild(root, 0, { separator: 0, child: this.#root, live });
    this.#inner.insertChild(root, 1, below);
    this.#root = root;
    this.#height++;
    assert(this.#height < HEIGHT_MAX, 'tree: within its greatest height');
  }

  /** Restores the rule on a level after its node lost an entry; true when the parent lost one. */
  #shrank(level: number): boolean {
    const nodes = level === 0 ? this.#leaves : this.#inner;
    const node = this.#node[level] as NodeId;
    const parent = this.#node[level + 1] as NodeId;
    let at = this.#at[level + 1] as number;
    if (nodes.count(node) === 0) {
      nodes.free(node);
      this.#dropChild(parent, at);
      return true;
    }
    const siblings = this.#inner.count(parent);
    for (;;) {
      if (at > 0 && this.#areSmall(level, parent, at)) this.#merge(level, parent, --at);
      else if (this.#areSmall(level, parent, at + 1)) this.#merge(level, parent, at);
      else return this.#inner.count(parent) < siblings;
    }
  }

  /** True when the child at `at` exists and, with the one before it, must become one node. */
  #areSmall(level: number, parent: NodeId, at: number): boolean {
    if (at >= this.#inner.count(parent)) return false;
    const nodes = level === 0 ? this.#leaves : this.#inner;
    const left = nodes.count(this.#inner.child(parent, at - 1));
    return left + nodes.count(this.#inner.child(parent, at)) <= MERGE_MAX;
  }

  #dropChild(parent: NodeId, at: number): void {
    // The first child has no separator; the one after it loses its own by becoming first.
    if (this.#inner.count(parent) > 1) {
      this.#slabs.free(this.#inner.entry(parent, Math.max(at, 1)));
    }
    this.#inner.remove(parent, at);
  }

  /** Merges the child at `at` + 1 into the one at `at`. */
  #merge(level: number, parent: NodeId, at: number): void {
    const left = this.#inner.child(parent, at);
    const right = this.#inner.child(parent, at + 1);
    const separator = this.#inner.entry(parent, at + 1);
    this.#inner.addLive(parent, at, this.#inner.liveAt(parent, at + 1));
    this.#inner.remove(parent, at + 1);
    if (level === 0) {
      this.#slabs.free(separator);
      this.#leaves.moveTail(right, 0, left);
      this.#leaves.refresh(left);
      this.#leaves.free(right);
      return;
    }
    const seam = this.#inner.count(left);
    this.#inner.setEntry(right, 0, separator);
    this.#inner.moveTail(right, 0, left);
    this.#inner.refresh(left);
    this.#inner.free(right);
    // The children on both sides of the seam had no common parent before.
    if (this.#areSmall(level - 1, left, seam)) this.#merge(level - 1, left, seam - 1);
  }

  /** Checks the nodes from `node` down, whose keys are in [low, high). Returns its live keys. */
  #check(
    node: NodeId,
    level: number,
    span: { low: Uint8Array | undefined; high: Uint8Array | undefined },
    seen: (node: NodeId, level: number) => void,
  ): number {
    seen(node, level);
    const nodes = level === 0 ? this.#leaves : this.#inner;
    const count = nodes.count(node);
    assert(count > 0 || (level === 0 && this.#height === 0), 'tree: only a root leaf is empty');
    nodes.checkNode(node);
    const first = level === 0 ? 0 : 1;
    if (count > first) {
      const low = nodes.keyRef(nodes.entry(node, first));
      const high = nodes.keyRef(nodes.entry(node, count - 1));
      const aboveLow = span.low === undefined || this.#slabs.compare(low, span.low, 0) >= 0;
      const belowHigh = span.high === undefined || this.#slabs.compare(high, span.high, 0) < 0;
      assert(aboveLow && belowHigh, 'tree: separators bound the keys below');
    }
    if (level === 0) return this.#leaves.live(node);
    for (let at = 0; at < count; at++) {
      const low = at === 0 ? span.low : this.#slabs.view(this.#inner.entry(node, at));
      const high = at + 1 === count ? span.high : this.#slabs.view(this.#inner.entry(node, at + 1));
      const live = this.#check(this.#inner.child(node, at), level - 1, { low, high }, seen);
      assert(live === this.#inner.liveAt(node, at), 'tree: live counts add up');
      const small = at > 0 && this.#areSmall(level - 1, node, at);
      assert(!small, 'tree: small neighbours are merged');
    }
    return this.#inner.live(node);
  }
}
