/**
 * Builds one tree from rows in ascending order, bottom up: a node is written as soon as the next
 * row does not fit, its parent later; so one node of each level is held. Which row goes where
 * depends on the sizes of keys and values alone.
 */
import { defined } from '../base/assert.ts';
import { copyBytes } from '../base/bytes.ts';
import { type DraftKind, NodeDraft } from './node-draft.ts';

/** Where finished nodes go. */
export interface NodeOutput {
  /** Takes the node over and returns the number of its (first) page. */
  write(node: NodeDraft): number;
}

/** Parts of a page that bulk writing fills: room for a little growth, as etcd has it for `key`. */
const FILL = 0.9;
/** bbolt's own minimum: it would take a branch with one child apart. */
const BRANCH_CHILDREN_MIN = 2;

interface BranchLevel {
  draft: NodeDraft;
  /** The newest child, not in the draft yet: the last one of all must not start a branch. */
  newest: { readonly key: Uint8Array; readonly child: number };
}

export class TreeWriter {
  readonly #output: NodeOutput;
  readonly #fillBytes: number;
  readonly #kind: DraftKind;
  #leaf: NodeDraft;
  /** Branches above the leaves, lowest first. */
  readonly #levels: BranchLevel[] = [];

  constructor(options: { output: NodeOutput; pageBytes: number; kind: 'rows' | 'buckets' }) {
    this.#output = options.output;
    this.#fillBytes = Math.floor(options.pageBytes * FILL);
    this.#kind = options.kind;
    this.#leaf = new NodeDraft(options.kind);
  }

  /** Keeps the buffers until the row's leaf is written. */
  put(key: Uint8Array, value: Uint8Array): void {
    const isFull = this.#leaf.bytesWith(key.length, value.length) > this.#fillBytes;
    if (isFull && this.#leaf.count > 0) {
      this.#addChild(0, this.#leaf.firstKey, this.#output.write(this.#leaf));
      this.#leaf = new NodeDraft(this.#kind);
    }
    this.#leaf.addRow(key, value);
  }

  /** The only leaf of the tree as long as there is no other; undefined when there is. */
  get onlyLeaf(): NodeDraft | undefined {
    return this.#levels.length === 0 ? this.#leaf : undefined;
  }

  /** Writes what is left, and returns the page of the root, which is the last node written. */
  finish(): number {
    let node = this.#leaf;
    let page = this.#output.write(node);
    for (let level = 0; level < this.#levels.length; level++) {
      this.#addChild(level, node.firstKey, page);
      const { draft, newest } = defined(this.#levels[level], 'level below the number of levels');
      draft.addChild(newest.key, newest.child);
      node = draft;
      page = this.#output.write(node);
    }
    return page;
  }

  #addChild(level: number, firstKey: Uint8Array, child: number): void {
    const branch = this.#levels[level];
    // A copy: the key may be a small part of a large buffer, and is held for long.
    const key = copyBytes(firstKey);
    if (branch === undefined) {
      this.#levels.push({ draft: new NodeDraft('branch'), newest: { key, child } });
      return;
    }
    const { draft, newest } = branch;
    const isFull = draft.bytesWith(newest.key.length, 0) > this.#fillBytes;
    if (isFull && draft.count >= BRANCH_CHILDREN_MIN) {
      this.#addChild(level + 1, draft.firstKey, this.#output.write(draft));
      branch.draft = new NodeDraft('branch');
    }
    branch.draft.addChild(newest.key, newest.child);
    branch.newest = { key, child };
  }
}
