/**
 * Older revisions of all keys: one list per key, from new to old, in pages of typed arrays.
 *
 * Each node also has a jump further down its list, laid out as in Myers' random-access stack
 * ("An applicative random-access stack", 1983): a push costs O(1) and a search O(log n). Without
 * it, bringing a watcher up to date on one hot key would be quadratic. Jumps nest: between a
 * node and its jump's target, no jump leads beyond that target.
 */
import { assert } from '../../base/assert.ts';
import type { Revision } from '../../base/ids.ts';
import type { RevisionTag } from './revision-tag.ts';

export type HistoryNode = number;
export const NO_NODE: HistoryNode = 0xffff_ffff;

const PAGE_SHIFT = 12;
const PAGE_NODES = 2 ** PAGE_SHIFT;
const ROW_MASK = PAGE_NODES - 1;
const NODE_BYTES = 8 + 4 * 4;

class HistoryPage {
  readonly main: Float64Array = new Float64Array(PAGE_NODES);
  readonly tag: Uint32Array = new Uint32Array(PAGE_NODES);
  /** The next older revision; of a free node, the next free one. */
  readonly next: Uint32Array = new Uint32Array(PAGE_NODES);
  readonly jump: Uint32Array = new Uint32Array(PAGE_NODES);
  /** Nodes from here to the end of the list when this one was pushed; steers where jumps go. */
  readonly depth: Uint32Array = new Uint32Array(PAGE_NODES);
}

export class RevisionHistory {
  readonly #pages: HistoryPage[] = [];
  #firstFree = NO_NODE;
  #used = 0;

  /** Revisions held, of all keys. */
  get used(): number {
    return this.#used;
  }

  get bytesUsed(): number {
    return this.#pages.length * PAGE_NODES * NODE_BYTES;
  }

  main(node: HistoryNode): Revision {
    return this.#page(node).main[node & ROW_MASK] as number;
  }

  tag(node: HistoryNode): RevisionTag {
    return this.#page(node).tag[node & ROW_MASK] as number;
  }

  next(node: HistoryNode): HistoryNode {
    return this.#page(node).next[node & ROW_MASK] as number;
  }

  /** Puts a revision before `head`, the newest of its list (NO_NODE: none); returns the new head. */
  push(head: HistoryNode, main: Revision, tag: RevisionTag): HistoryNode {
    if (this.#firstFree === NO_NODE) this.#addPage();
    const node = this.#firstFree;
    const page = this.#page(node);
    const row = node & ROW_MASK;
    this.#firstFree = page.next[row] as number;
    this.#used++;
    page.main[row] = main;
    page.tag[row] = tag;
    page.next[row] = head;
    page.jump[row] = this.#jumpFor(head);
    page.depth[row] = this.#depth(head) + 1;
    return node;
  }

  /** The newest node of the list with main <= `revision`, or NO_NODE. */
  find(head: HistoryNode, revision: Revision): HistoryNode {
    let node = head;
    while (node !== NO_NODE && this.main(node) > revision) {
      const jump = this.#jump(node);
      node = jump !== NO_NODE && this.main(jump) > revision ? jump : this.next(node);
    }
    return node;
  }

  /**
   * The oldest node with main > `revision`, or NO_NODE, after undoing every jump across the
   * place behind it. Nodes behind it may be unlinked from then on.
   */
  cutBefore(head: HistoryNode, revision: Revision): HistoryNode {
    let last = NO_NODE;
    let node = head;
    while (node !== NO_NODE && this.main(node) > revision) {
      last = node;
      const jump = this.#jump(node);
      if (jump !== NO_NODE && this.main(jump) > revision) {
        node = jump;
      } else {
        // Jumps nest, so each one across the cut is met on this path.
        node = this.next(node);
        this.#page(last).jump[last & ROW_MASK] = NO_NODE;
      }
    }
    return last;
  }

  /** Unlinks and frees the node behind `node`, over which no jump leads. */
  dropNext(node: HistoryNode): void {
    const page = this.#page(node);
    page.next[node & ROW_MASK] = this.drop(page.next[node & ROW_MASK] as number);
    page.jump[node & ROW_MASK] = NO_NODE;
  }

  /** Frees the head of a list; returns what is left of it. */
  drop(head: HistoryNode): HistoryNode {
    const page = this.#page(head);
    const rest = page.next[head & ROW_MASK] as number;
    page.next[head & ROW_MASK] = this.#firstFree;
    this.#firstFree = head;
    this.#used--;
    return rest;
  }

  /** Checks one list, which must be strictly older than (main, tag); returns its length. */
  checkList(head: HistoryNode, main: Revision, tag: RevisionTag): number {
    const open: HistoryNode[] = [];
    let length = 0;
    let newerMain = main;
    let newerTag = tag;
    for (let node = head; node !== NO_NODE; node = this.next(node)) {
      const older = this.main(node) < newerMain || this.tag(node) >>> 1 < newerTag >>> 1;
      assert(this.main(node) <= newerMain && older, 'history: revisions fall along a list');
      newerMain = this.main(node);
      newerTag = this.tag(node);
      while (open.at(-1) === node) open.pop();
      const jump = this.#jump(node);
      if (jump !== NO_NODE) {
        const outer = open.at(-1);
        assert(outer === undefined || !this.#isBehind(outer, jump), 'history: jumps nest');
        open.push(jump);
      }
      length++;
    }
    assert(open.length === 0, 'history: every jump leads down its own list');
    return length;
  }

  /** True when `node` comes after `mark` in the list of `mark`. */
  #isBehind(mark: HistoryNode, node: HistoryNode): boolean {
    if (mark === node) return false;
    const order = this.main(node) - this.main(mark);
    return order < 0 || (order === 0 && this.tag(node) < this.tag(mark));
  }

  /** Where a new node before `head` jumps to: over two neighbouring jumps of equal length. */
  #jumpFor(head: HistoryNode): HistoryNode {
    if (head === NO_NODE) return NO_NODE;
    const near = this.#jump(head);
    if (near === NO_NODE) return head;
    const far = this.#jump(near);
    const first = this.#depth(head) - this.#depth(near);
    const second = this.#depth(near) - this.#depth(far);
    return first === second ? far : head;
  }

  #jump(node: HistoryNode): HistoryNode {
    return this.#page(node).jump[node & ROW_MASK] as number;
  }

  #depth(node: HistoryNode): number {
    return node === NO_NODE ? 0 : (this.#page(node).depth[node & ROW_MASK] as number);
  }

  #page(node: HistoryNode): HistoryPage {
    return this.#pages[node >>> PAGE_SHIFT] as HistoryPage;
  }

  #addPage(): void {
    const first = this.#pages.length * PAGE_NODES;
    assert(first + PAGE_NODES < NO_NODE, 'history: out of nodes');
    const page = new HistoryPage();
    for (let row = 0; row < PAGE_NODES; row++) page.next[row] = first + row + 1;
    page.next[PAGE_NODES - 1] = NO_NODE;
    this.#firstFree = first;
    this.#pages.push(page);
  }
}
