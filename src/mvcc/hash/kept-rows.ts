/**
 * Which rows a compaction at a revision keeps, asked of the index row by row: a set of them, as
 * etcd builds it, would be an object per key.
 *
 * The answers stay the same for as long as a scan takes, whatever is written or compacted
 * meanwhile: the index answers for a revision that is written and not below the floor never
 * change, and a compaction above the revision waits until the scan has ended (`hasReadBelow`).
 */

import type { Revision } from '../../base/ids.ts';
import { BackendError } from '../../base/ports/backend.ts';
import { KeyValue, WireError } from '../../pb/index.ts';
import { type KeyIndex, NO_SLOT } from '../key-index.ts';
import type { KeyRow } from './kv-hash.ts';

export class KeptRows {
  readonly #index: KeyIndex;
  readonly #revision: Revision;

  /** `revision` is neither above the current one nor below the floor. */
  constructor(index: KeyIndex, revision: Revision) {
    this.#index = index;
    this.#revision = revision;
  }

  /** Whether the row is what its key holds at the revision; no tombstone is. */
  isLive(row: KeyRow): boolean {
    if (row.tombstone) return false;
    const key = keyOf(row);
    // The row that `--bump-revision` leaves: etcd's index has it, ours need not.
    if (key.length === 0) return true;
    const slot = this.#index.find(key);
    const at = slot === NO_SLOT ? undefined : this.#index.at(slot, this.#revision);
    return at !== undefined && at.main === row.main && at.sub === row.sub;
  }

  /** Whether a compaction leaves the row on disk: live ones, and tombstones at its very floor. */
  isLeft(row: KeyRow): boolean {
    return (row.tombstone && row.main === this.#revision) || this.isLive(row);
  }
}

/** Tag of KeyValue.key, with which every canonical row with a key begins. */
const KEY_TAG = 0x0a;
const ONE_BYTE_LENGTH_MAX = 0x7f;

function keyOf({ main, sub, value }: KeyRow): Uint8Array {
  // A scan asks for every row of the store: a short key is cut out without decoding the rest.
  const tag = value[0];
  const length = value[1] ?? 0;
  if (tag === KEY_TAG && length <= ONE_BYTE_LENGTH_MAX && 2 + length <= value.length) {
    return value.subarray(2, 2 + length);
  }
  try {
    return KeyValue.decode(value).key;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new BackendError('BACKEND_CORRUPT', `the row of revision ${main}/${sub} is no KeyValue`);
  }
}
