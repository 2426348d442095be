/**
 * Storage of tree nodes: runs of up to {@link FANOUT} entries in key order, in pages of typed
 * arrays.
 *
 * What an entry stands for is the subclass's matter; here it is a 32-bit word that leads to key
 * bytes. Beside each entry lies a *word*: the four key bytes behind the prefix that all entries
 * of the node share (`skip` bytes), so that a search rarely looks at the keys themselves.
 */
import { assert } from '../../base/assert.ts';
import { type ByteSlabs, bigEndianWord, type SlabRef } from '../../base/byte-slabs.ts';

export const FANOUT = 64;
export type NodeId = number;

const PAGE_SHIFT = 6;
const PAGE_NODES = 2 ** PAGE_SHIFT;
const ROW_MASK = PAGE_NODES - 1;
export const PAGE_ENTRIES: number = PAGE_NODES * FANOUT;
const NO_FREE = 0xffff_ffff;

export class NodePage {
  readonly count: Uint8Array = new Uint8Array(PAGE_NODES);
  /** Length of a prefix common to all entries; of a free node, the next free one. */
  readonly skip: Uint32Array = new Uint32Array(PAGE_NODES);
  readonly word: Uint32Array = new Uint32Array(PAGE_ENTRIES);
  readonly entry: Uint32Array = new Uint32Array(PAGE_ENTRIES);
}

/** Index of a node in the per-node columns of its page. */
function rowOf(node: NodeId): number {
  return node & ROW_MASK;
}

/** Index of a node's first entry in the per-entry columns of its page. */
export function baseOf(node: NodeId): number {
  return (node & ROW_MASK) * FANOUT;
}

export abstract class SortedNodes<Page extends NodePage> {
  protected readonly slabs: ByteSlabs;
  /** Entries before this one have no key (in inner nodes, the first). */
  readonly #firstKeyed: number;
  readonly #pages: Page[] = [];
  #firstFree = NO_FREE;
  #used = 0;

  protected constructor(slabs: ByteSlabs, firstKeyed: number) {
    this.slabs = slabs;
    this.#firstKeyed = firstKeyed;
  }

  protected abstract newPage(): Page;
  /** Where the key bytes of an entry are. */
  abstract keyRef(entry: number): SlabRef;

  get used(): number {
    return this.#used;
  }

  protected get pages(): number {
    return this.#pages.length;
  }

  page(node: NodeId): Page {
    return this.#pages[node >>> PAGE_SHIFT] as Page;
  }

  allocate(): NodeId {
    if (this.#firstFree === NO_FREE) this.#addPage();
    const node = this.#firstFree;
    const page = this.page(node);
    this.#firstFree = page.skip[rowOf(node)] as number;
    page.skip[rowOf(node)] = 0;
    this.#used++;
    return node;
  }

  free(node: NodeId): void {
    const page = this.page(node);
    page.count[rowOf(node)] = 0;
    page.skip[rowOf(node)] = this.#firstFree;
    this.#firstFree = node;
    this.#used--;
  }

  count(node: NodeId): number {
    return this.page(node).count[rowOf(node)] as number;
  }

  entry(node: NodeId, at: number): number {
    return this.page(node).entry[baseOf(node) + at] as number;
  }

  setEntry(node: NodeId, at: number, entry: number): void {
    this.page(node).entry[baseOf(node) + at] = entry;
  }

  /** Position of the entry whose key is `key`; when there is none, ~position to insert it at. */
  search(node: NodeId, key: Uint8Array): number {
    const page = this.page(node);
    const entries = baseOf(node);
    const skip = page.skip[rowOf(node)] as number;
    const word = bigEndianWord(key, skip, key.length);
    const first = this.#firstKeyed;
    const count = page.count[rowOf(node)] as number;
    // That the key has the common prefix, too, is checked late: against the entry that is
    // looked at anyway, if there is one.
    let isPrefixed = skip === 0 || count <= first;
    let low = first;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      let order = (page.word[entries + middle] as number) - word;
      if (order === 0) {
        const ref = this.keyRef(page.entry[entries + middle] as number);
        order = isPrefixed ? 0 : this.slabs.comparePrefix(ref, key, skip);
        if (order !== 0) return order > 0 ? ~first : ~count;
        isPrefixed = true;
        order = this.slabs.compare(ref, key, skip);
        if (order === 0) return middle;
      }
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    if (isPrefixed) return ~low;
    const other = this.keyRef(page.entry[entries + first] as number);
    const order = this.slabs.comparePrefix(other, key, skip);
    return order === 0 ? ~low : order > 0 ? ~first : ~count;
  }

  /** Makes room at `at` and puts `entry` there. The node is not full. */
  insert(node: NodeId, at: number, entry: number): void {
    const page = this.page(node);
    const base = baseOf(node);
    const count = page.count[rowOf(node)] as number;
    assert(count < FANOUT && at <= count, 'nodes: room to insert');
    this.shift(page, base + at, base + at + 1, count - at);
    page.entry[base + at] = entry;
    page.count[rowOf(node)] = count + 1;
    this.#setWord(node, at, entry);
  }

  remove(node: NodeId, at: number): void {
    const page = this.page(node);
    const base = baseOf(node);
    const count = page.count[rowOf(node)] as number;
    assert(at < count, 'nodes: an entry to remove');
    this.shift(page, base + at + 1, base + at, count - at - 1);
    page.count[rowOf(node)] = count - 1;
  }

  /** Moves the entries of `from` that start at `at` behind those of `to`. */
  moveTail(from: NodeId, at: number, to: NodeId): void {
    const source = this.page(from);
    const target = this.page(to);
    const moved = (source.count[rowOf(from)] as number) - at;
    const count = target.count[rowOf(to)] as number;
    assert(moved >= 0 && count + moved <= FANOUT, 'nodes: room for the tail');
    this.copy(source, baseOf(from) + at, moved, { page: target, at: baseOf(to) + count });
    source.count[rowOf(from)] = at;
    target.count[rowOf(to)] = count + moved;
  }

  /** Computes the common prefix and all words anew: after entries came from another node. */
  refresh(node: NodeId): void {
    const page = this.page(node);
    const count = page.count[rowOf(node)] as number;
    const first = this.#firstKeyed;
    if (count <= first) return;
    const base = baseOf(node);
    const last = this.keyRef(page.entry[base + count - 1] as number);
    const skip = this.slabs.commonPrefix(this.keyRef(page.entry[base + first] as number), last);
    page.skip[rowOf(node)] = skip;
    for (let at = first; at < count; at++) {
      page.word[base + at] = this.slabs.word(this.keyRef(page.entry[base + at] as number), skip);
    }
  }

  /** Checks order and words of one node. */
  checkNode(node: NodeId): void {
    const page = this.page(node);
    const skip = page.skip[rowOf(node)] as number;
    for (let at = this.#firstKeyed; at < this.count(node); at++) {
      const ref = this.keyRef(this.entry(node, at));
      assert(this.slabs.length(ref) >= skip, 'nodes: entries are as long as the common prefix');
      assert(page.word[baseOf(node) + at] === this.slabs.word(ref, skip), 'nodes: words match');
      if (at === this.#firstKeyed) continue;
      const before = this.slabs.view(this.keyRef(this.entry(node, at - 1)));
      assert(this.slabs.compare(ref, before, 0) > 0, 'nodes: entries ascend');
      assert(this.slabs.comparePrefix(ref, before, skip) === 0, 'nodes: the prefix is common');
    }
  }

  /** Moves `count` entries inside a page, all columns alike. */
  protected shift(page: Page, from: number, to: number, count: number): void {
    page.word.copyWithin(to, from, from + count);
    page.entry.copyWithin(to, from, from + count);
  }

  /** Copies `count` entries to another node, all columns alike. */
  protected copy(
    source: Page,
    from: number,
    count: number,
    target: { page: Page; at: number },
  ): void {
    target.page.word.set(source.word.subarray(from, from + count), target.at);
    target.page.entry.set(source.entry.subarray(from, from + count), target.at);
  }

  /** Sets the word of a new entry. One between two others shares their prefix for certain. */
  #setWord(node: NodeId, at: number, entry: number): void {
    const page = this.page(node);
    const first = this.#firstKeyed;
    if (at < first) return;
    const last = this.count(node) - 1;
    const skip = page.skip[rowOf(node)] as number;
    if (at === first || at === last) {
      const other = this.entry(node, at === first ? last : first);
      const shared = this.slabs.commonPrefix(this.keyRef(entry), this.keyRef(other));
      if (shared < skip || first === last) {
        this.refresh(node);
        return;
      }
    }
    page.word[baseOf(node) + at] = this.slabs.word(this.keyRef(entry), skip);
  }

  #addPage(): void {
    const first = this.#pages.length * PAGE_NODES;
    const page = this.newPage();
    for (let row = 0; row < PAGE_NODES; row++) page.skip[row] = first + row + 1;
    page.skip[PAGE_NODES - 1] = NO_FREE;
    this.#firstFree = first;
    this.#pages.push(page);
  }
}
