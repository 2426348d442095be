import type { Random } from '../../src/base/ports/random.ts';
import type { MemoryFile } from './memory-file.ts';

export type MemoryNode = MemoryFile | MemoryDirectory;

/** Names that change together, undefined for a removal: a rename is one change of two names. */
type NameChange = ReadonlyMap<string, MemoryNode | undefined>;

/** Copies of nodes: one each, however many names lead to it. */
type Copies = Map<MemoryNode, MemoryNode>;

/** A folder as the running system sees it, with the changes a power loss may still undo. */
export class MemoryDirectory {
  readonly names = new Map<string, MemoryNode>();
  #durable = new Map<string, MemoryNode>();
  #unsynced: NameChange[] = [];

  change(change: NameChange): void {
    applyTo(this.names, change);
    this.#unsynced.push(change);
  }

  sync(): void {
    this.#durable = new Map(this.names);
    this.#unsynced = [];
  }

  /** The same folder with all below it, un-synced changes included, that changes on its own. */
  copy(copies: Copies = new Map()): MemoryDirectory {
    const copy = new MemoryDirectory();
    for (const [name, node] of this.names) copy.names.set(name, copyOf(node, copies));
    for (const [name, node] of this.#durable) copy.#durable.set(name, copyOf(node, copies));
    copy.#unsynced = this.#unsynced.map(
      (change) =>
        new Map([...change].map(([name, node]) => [name, node && copyOf(node, copies)] as const)),
    );
    return copy;
  }

  /** The folder that a restart finds: each un-synced change survives or not, independently. */
  afterPowerLoss(random: Random): MemoryDirectory {
    const survivors = new Map(this.#durable);
    for (const change of this.#unsynced) {
      if (random.below(2) === 0) applyTo(survivors, change);
    }
    const found = new MemoryDirectory();
    for (const [name, node] of survivors) found.names.set(name, node.afterPowerLoss(random));
    found.sync();
    return found;
  }
}

function copyOf(node: MemoryNode, copies: Copies): MemoryNode {
  const known = copies.get(node);
  if (known !== undefined) return known;
  const copy = node.copy(copies);
  copies.set(node, copy);
  return copy;
}

function applyTo(names: Map<string, MemoryNode>, change: NameChange): void {
  for (const [name, node] of change) {
    if (node === undefined) names.delete(name);
    else names.set(name, node);
  }
}
