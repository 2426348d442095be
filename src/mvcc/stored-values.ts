/**
 * Finds the encoded KeyValue of one change: in the cache of newest values, among the unflushed
 * rows, or in the backend.
 */
import { BackendError, type BackendView, Bucket } from '../base/ports/backend.ts';
import { revisionKey } from './backend/revision-key.ts';
import type { KeyIndex, RevisionPair, Slot } from './key-index.ts';

import type { StorePorts } from './store-ports.ts';
import type { PinnedState } from './write-buffer.ts';

/** Where unflushed rows are looked up: the write buffer as it is, or a pinned state of it. */
export type RowSource = Pick<PinnedState, 'row'>;

export class StoredValues {
  readonly #ports: StorePorts;

  constructor(ports: StorePorts) {
    this.#ports = ports;
  }

  /**
   * The put at `at` of `slot`, when it is in memory. A view: valid until the next write or turn.
   */
  inMemory(slot: Slot, at: RevisionPair, rows: RowSource): Uint8Array | undefined {
    if (isNewest(this.#ports.index, slot, at)) {
      const newest = this.#ports.values.view(slot);
      if (newest !== undefined) return newest;
    }
    return rows.row(at.main, at.sub)?.kv;
  }

  /** Newest value of a live slot; blocks on a miss, and then keeps what it read. A view. */
  newest(slot: Slot): Uint8Array {
    const { index, values } = this.#ports;
    const cached = values.view(slot);
    if (cached !== undefined) return cached;
    const at = { main: index.modMain(slot), sub: index.modSub(slot) };
    const encoded = this.#ports.buffer.row(at.main, at.sub)?.kv ?? this.fromDisk(at);
    values.set(slot, encoded);
    return encoded;
  }

  /** The puts at `pairs`, off the main thread, in the same order. */
  async fromBackend(pairs: readonly RevisionPair[], view: BackendView): Promise<Uint8Array[]> {
    const keys = pairs.map(({ main, sub }) => revisionKey(main, sub));
    const rows = await this.#ports.backend.getMany(Bucket.key, keys, view);
    return rows.map((row, i) => row ?? missing(pairs[i]));
  }

  /** The put at `at`, which is not in memory. Blocks: for the apply path. Owned by the caller. */
  fromDisk(at: RevisionPair): Uint8Array {
    const row = this.#ports.backend.getSync(Bucket.key, revisionKey(at.main, at.sub));
    return row ?? missing(at);
  }
}

function isNewest(index: KeyIndex, slot: Slot, at: RevisionPair): boolean {
  return index.modMain(slot) === at.main && index.modSub(slot) === at.sub;
}

function missing(at: RevisionPair | undefined): never {
  const where = at === undefined ? 'unknown' : `${at.main}/${at.sub}`;
  throw new BackendError(
    'BACKEND_CORRUPT',
    `the index knows revision ${where}, bucket key does not`,
  );
}
