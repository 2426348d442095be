import type { Random } from '../../src/base/ports/random.ts';
import type { MemoryFile } from './memory-file.ts';

export type MemoryNode = MemoryFile | MemoryDirectory;

/** Names that change together, undefined for a removal: a rename is one change of two names. */
type NameChange = ReadonlyMap<string, MemoryNode | undefined>;

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

function applyTo(names: Map<string, MemoryNode>, change: NameChange): void {
  for (const [name, node] of change) {
    if (node === undefined) names.delete(name);
    else names.set(name, node);
  }
}
