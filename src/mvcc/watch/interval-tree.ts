/**
 * Values under half-open intervals of keys, found by a key inside: an AVL tree ordered by
 * (start, end), in which each node knows the greatest end below it (an augmented tree, as in
 * Cormen et al., "Interval trees").
 *
 * Keys are latin1 strings, whose order is that of the bytes they stand for. An interval
 * [start, end) with `end` undefined has no upper bound.
 */
import { assert } from '../../base/assert.ts';

type End = string | undefined;

interface Node<Value> {
  readonly start: string;
  readonly end: End;
  readonly value: Value;
  left: Node<Value> | undefined;
  right: Node<Value> | undefined;
  height: number;
  /** The greatest end in the subtree. */
  reach: End;
}

export class IntervalTree<Value> {
  #root: Node<Value> | undefined;
  #size = 0;

  /** Number of intervals. */
  get size(): number {
    return this.#size;
  }

  /** The value of exactly this interval. */
  get(start: string, end: End): Value | undefined {
    let node = this.#root;
    while (node !== undefined) {
      const order = compareIntervals(start, end, node);
      if (order === 0) return node.value;
      node = order < 0 ? node.left : node.right;
    }
    return undefined;
  }

  /** Adds an interval that is not in the tree. */
  add(start: string, end: End, value: Value): void {
    const leaf = { start, end, value, left: undefined, right: undefined, height: 1, reach: end };
    this.#root = insert(this.#root, leaf);
    this.#size++;
  }

  /** Removes an interval that is in the tree. */
  remove(start: string, end: End): void {
    this.#root = remove(this.#root, start, end);
    this.#size--;
  }

  /**
   * Visits the value of each interval that contains `key`, in O(log n) for none and O(log n)
   * more for each. `visit` must not change the tree.
   */
  stab(key: string, visit: (value: Value) => void): void {
    if (this.#root !== undefined) stab(this.#root, key, visit);
  }

  /** Visits every value, in order of (start, end). */
  forEach(visit: (value: Value) => void): void {
    forEachNode(this.#root, visit);
  }

  checkInvariants(): void {
    assert(checkNode(this.#root) === this.#size, 'interval tree: size is off');
  }
}

function stab<Value>(node: Node<Value>, key: string, visit: (value: Value) => void): void {
  if (!isBelow(key, node.reach)) return;
  if (node.left !== undefined) stab(node.left, key, visit);
  if (node.start > key) return;
  if (isBelow(key, node.end)) visit(node.value);
  if (node.right !== undefined) stab(node.right, key, visit);
}

function forEachNode<Value>(node: Node<Value> | undefined, visit: (value: Value) => void): void {
  if (node === undefined) return;
  forEachNode(node.left, visit);
  visit(node.value);
  forEachNode(node.right, visit);
}

function isBelow(key: string, end: End): boolean {
  return end === undefined || key < end;
}

function compareEnds(a: End, b: End): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -1 : 1;
}

function compareIntervals<Value>(start: string, end: End, node: Node<Value>): number {
  if (start !== node.start) return start < node.start ? -1 : 1;
  return compareEnds(end, node.end);
}

function insert<Value>(node: Node<Value> | undefined, leaf: Node<Value>): Node<Value> {
  if (node === undefined) return leaf;
  const order = compareIntervals(leaf.start, leaf.end, node);
  assert(order !== 0, 'interval tree: interval is there already');
  if (order < 0) node.left = insert(node.left, leaf);
  else node.right = insert(node.right, leaf);
  return balance(node);
}

function remove<Value>(
  node: Node<Value> | undefined,
  start: string,
  end: End,
): Node<Value> | undefined {
  assert(node !== undefined, 'interval tree: removed interval is not there');
  const order = compareIntervals(start, end, node);
  if (order < 0) {
    node.left = remove(node.left, start, end);
    return balance(node);
  }
  if (order > 0) {
    node.right = remove(node.right, start, end);
    return balance(node);
  }
  if (node.left === undefined) return node.right;
  if (node.right === undefined) return node.left;
  const { first, rest } = takeFirst(node.right);
  first.left = node.left;
  first.right = rest;
  return balance(first);
}

/** Splits a subtree into its first node and the rest. */
function takeFirst<Value>(node: Node<Value>): {
  first: Node<Value>;
  rest: Node<Value> | undefined;
} {
  if (node.left === undefined) return { first: node, rest: node.right };
  const { first, rest } = takeFirst(node.left);
  node.left = rest;
  return { first, rest: balance(node) };
}

/** Restores heights, reach and balance of a node whose subtrees are right; the new subtree root. */
function balance<Value>(node: Node<Value>): Node<Value> {
  const lean = heightOf(node.left) - heightOf(node.right);
  if (lean > 1 && node.left !== undefined) {
    if (heightOf(node.left.left) < heightOf(node.left.right)) {
      node.left = rotateLeft(node.left);
    }
    return rotateRight(node);
  }
  if (lean < -1 && node.right !== undefined) {
    if (heightOf(node.right.right) < heightOf(node.right.left)) {
      node.right = rotateRight(node.right);
    }
    return rotateLeft(node);
  }
  refresh(node);
  return node;
}

function rotateLeft<Value>(node: Node<Value>): Node<Value> {
  const top = node.right;
  assert(top !== undefined, 'interval tree: nothing to rotate up from the right');
  node.right = top.left;
  top.left = node;
  refresh(node);
  refresh(top);
  return top;
}

function rotateRight<Value>(node: Node<Value>): Node<Value> {
  const top = node.left;
  assert(top !== undefined, 'interval tree: nothing to rotate up from the left');
  node.left = top.right;
  top.right = node;
  refresh(node);
  refresh(top);
  return top;
}

function heightOf<Value>(node: Node<Value> | undefined): number {
  return node === undefined ? 0 : node.height;
}

function refresh<Value>(node: Node<Value>): void {
  node.height = 1 + Math.max(heightOf(node.left), heightOf(node.right));
  node.reach = reachOf(node);
}

function reachOf<Value>(node: Node<Value>): End {
  let reach = node.end;
  for (const child of [node.left, node.right]) {
    if (child !== undefined && compareEnds(child.reach, reach) > 0) reach = child.reach;
  }
  return reach;
}

/** Checks a subtree and returns its number of nodes. */
function checkNode<Value>(node: Node<Value> | undefined): number {
  if (node === undefined) return 0;
  const lean = heightOf(node.left) - heightOf(node.right);
  assert(Math.abs(lean) <= 1, 'interval tree: out of balance');
  assert(
    node.height === 1 + Math.max(heightOf(node.left), heightOf(node.right)),
    'interval tree: height is off',
  );
  assert(reachOf(node) === node.reach, 'interval tree: reach is off');
  for (const [child, side] of [
    [node.left, -1],
    [node.right, 1],
  ] as const) {
    if (child === undefined) continue;
    assert(
      compareIntervals(child.start, child.end, node) === side,
      'interval tree: children are out of order',
    );
  }
  return checkNode(node.left) + checkNode(node.right) + 1;
}
