/** A place in one tree: the path of nodes down to it. */
import { assert } from '../base/assert.ts';
import { equalBytes } from '../base/bytes.ts';
import { BboltError } from './bbolt-error.ts';
import type { TreeNode } from './tree-node.ts';

/**
 * Deepest path. A branch of bbolt has two children or more, so even a tree over the largest file
 * ends above; a deeper one is a cycle: BBOLT_DEPTH.
 */
export const TREE_DEPTH_MAX = 40;

/** Where a tree's nodes come from. */
export interface Tree {
  root(): TreeNode;
  node(id: number): TreeNode;
}

interface Step {
  readonly node: TreeNode;
  index: number;
  /** Exclusive upper bound of the node's keys; undefined when there is none. */
  readonly upper: Uint8Array | undefined;
}

/**
 * Goes through a tree's rows in key order. Each node must keep to the range that its branch gives
 * it, no leaf but a root is empty, and all leaves are equally deep; so no node can be met twice on
 * a way through, and the steps are bounded by the pages of the file however it was damaged. Once a
 * call has thrown, the cursor is at no row.
 */
export class TreeCursor {
  readonly #tree: Tree;
  /** From the root to a leaf; empty when at no row. */
  readonly #path: Step[] = [];
  /** Pages on the way to a leaf; 0 before the first one. */
  #depth = 0;

  /** At no row: call `first`, `last` or `seek`. */
  constructor(tree: Tree) {
    this.#tree = tree;
  }

  /** The leaf of the row that the cursor is at; undefined when it is at none. */
  get leaf(): TreeNode | undefined {
    return this.#path.at(-1)?.node;
  }

  /** The row's index in its leaf. */
  get index(): number {
    return this.#path.at(-1)?.index ?? 0;
  }

  first(): void {
    this.#descend(() => 0);
  }

  last(): void {
    this.#descend((node) => node.count - 1);
  }

  /** To the first row whose key is not less than `key`. */
  seek(key: Uint8Array): void {
    this.#descend((node) => {
      const index = node.lowerBound(key);
      if (node.isLeaf) return index;
      const isExact = index < node.count && equalBytes(node.key(index), key);
      return isExact ? index : Math.max(0, index - 1);
    });
    // All keys of the leaf may be less: its range goes on to the next leaf.
    const leaf = this.#path.at(-1);
    if (leaf !== undefined && leaf.index >= leaf.node.count) this.advance(0);
  }

  /** Goes on by `rows` rows in the same leaf, or to the first row of the next leaf. */
  advance(rows: number): void {
    const leaf = this.#path.at(-1);
    if (leaf === undefined) return;
    leaf.index += rows;
    if (leaf.index < leaf.node.count) return;
    this.#path.pop();
    for (let step = this.#path.at(-1); step !== undefined; step = this.#path.at(-1)) {
      if (++step.index < step.node.count) {
        this.#toLeaf(() => 0);
        return;
      }
      this.#path.pop();
    }
  }

  checkInvariants(): void {
    for (const [depth, { node, index }] of this.#path.entries()) {
      assert(index >= 0 && index < node.count, 'each node of the path has the row that it is at');
      assert(node.isLeaf === (depth === this.#path.length - 1), 'the path ends at a leaf');
    }
  }

  #descend(choose: (node: TreeNode) => number): void {
    this.#path.length = 0;
    const root = this.#tree.root();
    if (root.count === 0) return;
    this.#path.push({ node: root, index: choose(root), upper: undefined });
    this.#toLeaf(choose);
  }

  /** From the last node of the path down to a leaf. */
  #toLeaf(choose: (node: TreeNode) => number): void {
    const path = this.#path.splice(0);
    for (let step = path.at(-1); step !== undefined && !step.node.isLeaf; ) {
      if (path.length >= TREE_DEPTH_MAX) {
        throw new BboltError('BBOLT_DEPTH', `a path of more than ${TREE_DEPTH_MAX} pages`);
      }
      step = this.#childOf(step, choose);
      path.push(step);
    }
    if (this.#depth === 0) this.#depth = path.length;
    if (path.length !== this.#depth) {
      throw new BboltError('BBOLT_DEPTH', `a leaf ${path.length} deep, another ${this.#depth}`);
    }
    this.#path.push(...path);
  }

  #childOf(step: Step, choose: (node: TreeNode) => number): Step {
    const { node: parent, index } = step;
    const upper = index + 1 < parent.count ? parent.key(index + 1) : step.upper;
    const node = this.#tree.node(parent.child(index));
    if (node.count === 0) throw new BboltError('BBOLT_PAGE_HEADER', 'an empty leaf in a tree');
    node.checkRange(parent.key(index), upper);
    return { node, index: choose(node), upper };
  }
}
