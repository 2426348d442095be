/** The two kinds of nodes of the key tree. */
import { assert } from '../../base/assert.ts';
import type { ByteSlabs, SlabRef } from '../../base/byte-slabs.ts';
import { ownerNumber, separatorOwner } from './slab-owner.ts';
import type { Slot } from './slot.ts';
import { rowOf, type SlotColumns } from './slot-columns.ts';
import { baseOf, type NodeId, NodePage, PAGE_ENTRIES, SortedNodes } from './sorted-nodes.ts';

/** An entry of a leaf: the slot, and whether its key is live. */
export type LeafEntry = number;

export function leafEntry(slot: Slot, live: boolean): LeafEntry {
  return ((slot << 1) | (live ? 1 : 0)) >>> 0;
}

export function slotOf(entry: LeafEntry): Slot {
  return entry >>> 1;
}

export function liveOf(entry: LeafEntry): 0 | 1 {
  return (entry & 1) as 0 | 1;
}

const LEAF_PAGE_BYTES = 2 * 4 * PAGE_ENTRIES;
const INNER_PAGE_BYTES = 4 * 4 * PAGE_ENTRIES;

export class LeafNodes extends SortedNodes<NodePage> {
  readonly #columns: SlotColumns;

  constructor(slabs: ByteSlabs, columns: SlotColumns) {
    super(slabs, 0);
    this.#columns = columns;
  }

  protected override newPage(): NodePage {
    return new NodePage();
  }

  override keyRef(entry: LeafEntry): SlabRef {
    const slot = slotOf(entry);
    return this.#columns.page(slot).key[rowOf(slot)] as SlabRef;
  }

  get bytesUsed(): number {
    return this.pages * LEAF_PAGE_BYTES;
  }

  /** Live keys among the first `end` entries. */
  live(node: NodeId, end: number = this.count(node)): number {
    const entries = this.page(node).entry;
    const base = baseOf(node);
    let live = 0;
    for (let at = base; at < base + end; at++) live += (entries[at] as number) & 1;
    return live;
  }
}

class InnerPage extends NodePage {
  readonly child: Uint32Array = new Uint32Array(PAGE_ENTRIES);
  /** Live keys below each child. */
  readonly live: Uint32Array = new Uint32Array(PAGE_ENTRIES);
}

/**
 * Inner nodes. The entry at a position is the separator to the left of the child there: keys
 * below the child are >= it, keys left of the child are below it. Position 0 has no separator.
 */
export class InnerNodes extends SortedNodes<InnerPage> {
  constructor(slabs: ByteSlabs) {
    super(slabs, 1);
  }

  protected override newPage(): InnerPage {
    return new InnerPage();
  }

  override keyRef(separator: SlabRef): SlabRef {
    return separator;
  }

  get bytesUsed(): number {
    return this.pages * INNER_PAGE_BYTES;
  }

  child(node: NodeId, at: number): NodeId {
    return this.page(node).child[baseOf(node) + at] as NodeId;
  }

  /** Position of the child that holds `key`, if any does. */
  childFor(node: NodeId, key: Uint8Array): number {
    const found = this.search(node, key);
    return found >= 0 ? found : ~found - 1;
  }

  liveAt(node: NodeId, at: number): number {
    return this.page(node).live[baseOf(node) + at] as number;
  }

  addLive(node: NodeId, at: number, delta: number): void {
    const live = this.page(node).live;
    live[baseOf(node) + at] = (live[baseOf(node) + at] as number) + delta;
  }

  /** Live keys below the first `end` children. */
  live(node: NodeId, end: number = this.count(node)): number {
    const counts = this.page(node).live;
    const base = baseOf(node);
    let live = 0;
    for (let at = base; at < base + end; at++) live += counts[at] as number;
    return live;
  }

  /** Puts a child at `at`, which takes over `separator`. */
  insertChild(
    node: NodeId,
    at: number,
    below: { separator: SlabRef; child: NodeId; live: number },
  ): void {
    if (at > 0) this.#adopt(node, below.separator);
    this.insert(node, at, below.separator);
    this.page(node).child[baseOf(node) + at] = below.child;
    this.page(node).live[baseOf(node) + at] = below.live;
  }

  /** Makes the node the owner of a separator that lies, or is about to lie, in it. */
  #adopt(node: NodeId, separator: SlabRef): void {
    this.slabs.setOwner(separator, separatorOwner(node));
  }

  /** Follows a separator that the slabs have moved. */
  separatorMoved(owner: number, from: SlabRef, to: SlabRef): void {
    const node = ownerNumber(owner);
    for (let at = 1; at < this.count(node); at++) {
      if (this.entry(node, at) !== from) continue;
      this.setEntry(node, at, to);
      return;
    }
    assert(false, 'tree: a separator lies in the node that owns it');
  }

  /** As the base class's. The entry at `at` must be a separator, even if `at` is 0. */
  override moveTail(from: NodeId, at: number, to: NodeId): void {
    const first = this.count(to);
    super.moveTail(from, at, to);
    for (let moved = first; moved < this.count(to); moved++) {
      this.#adopt(to, this.entry(to, moved));
    }
  }

  override checkNode(node: NodeId): void {
    super.checkNode(node);
    for (let at = 1; at < this.count(node); at++) {
      const owner = this.slabs.owner(this.entry(node, at));
      assert(owner === separatorOwner(node), 'tree: a separator is owned by its node');
    }
  }

  protected override shift(page: InnerPage, from: number, to: number, count: number): void {
    super.shift(page, from, to, count);
    page.child.copyWithin(to, from, from + count);
    page.live.copyWithin(to, from, from + count);
  }

  protected override copy(
    source: InnerPage,
    from: number,
    count: number,
    target: { page: InnerPage; at: number },
  ): void {
    super.copy(source, from, count, target);
    target.page.child.set(source.child.subarray(from, from + count), target.at);
    target.page.live.set(source.live.subarray(from, from + count), target.at);
  }
}
