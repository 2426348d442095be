/** How large each live key is: a walk along the index in slices, which keeps nothing. */
import { EMPTY_BYTES } from '../base/bytes.ts';
import { Bucket } from '../base/ports/backend.ts';
import { REVISION_KEY_BYTES, revisionKey } from './backend/revision-key.ts';
import type { Slot } from './key-index.ts';
import type { StorePorts } from './store-ports.ts';

/** Bytes of each key that are told. */
export const KEY_START_BYTES_MAX = 256;
/** Rows fetched at once where they are not in memory: they may be large. */
const FETCH_ROWS = 16;

/** Told of a key by its first {@link KEY_START_BYTES_MAX} bytes, and of the bytes of its row. */
export type VisitKey = (keyStart: Uint8Array, rowBytes: number) => void;

interface Sized {
  readonly keyStart: Uint8Array;
  /** Undefined until its row has been fetched. */
  rowBytes: number | undefined;
  readonly main: number;
  readonly sub: number;
}

export interface KeySizesOptions {
  readonly sliceKeysMax: number;
  /** Asked once a turn; the walk ends early when it says no. */
  readonly goesOn: () => boolean;
}

/**
 * Visits the live keys in byte order, each as it is when the walk comes by. False when it ended
 * early. Rejects with BackendError.
 */
export async function walkKeySizes(
  ports: StorePorts,
  { sliceKeysMax, goesOn }: KeySizesOptions,
  visit: VisitKey,
): Promise<boolean> {
  for (let from: Uint8Array | undefined = EMPTY_BYTES; from !== undefined; ) {
    await ports.yieldTurn();
    if (!goesOn()) return false;
    const slice: Sized[] = [];
    from = ports.index.walk({ start: from, end: undefined }, sliceKeysMax, (slot) => {
      if (ports.index.isLive(slot)) slice.push(sized(ports, slot));
    });
    if (!(await fetchSizes(ports, slice, goesOn))) return false;
    for (const { keyStart, rowBytes = 0 } of slice) visit(keyStart, REVISION_KEY_BYTES + rowBytes);
  }
  return true;
}

function sized({ index, values, buffer }: StorePorts, slot: Slot): Sized {
  const main = index.modMain(slot);
  const sub = index.modSub(slot);
  const rowBytes = values.lengthOf(slot) ?? buffer.row(main, sub)?.kv.length;
  return { keyStart: index.key(slot, KEY_START_BYTES_MAX), rowBytes, main, sub };
}

async function fetchSizes(
  { backend }: StorePorts,
  slice: readonly Sized[],
  goesOn: () => boolean,
): Promise<boolean> {
  const missing = slice.filter(({ rowBytes }) => rowBytes === undefined);
  for (let at = 0; at < missing.length; at += FETCH_ROWS) {
    const step = missing.slice(at, at + FETCH_ROWS);
    const keys = step.map(({ main, sub }) => revisionKey(main, sub));
    const rows = await backend.getMany(Bucket.key, keys);
    if (!goesOn()) return false;
    // A row that is gone was overwritten or deleted, and compacted, since the slice was taken.
    for (const [i, key] of step.entries()) key.rowBytes = rows[i]?.length ?? 0;
  }
  return true;
}
