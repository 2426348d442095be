/** Past changes and past values for the watch hub. */
import { copyBytes } from '../base/bytes.ts';
import type { Revision } from '../base/ids.ts';
import { type BackendRow, Bucket } from '../base/ports/backend.ts';
import { readRevisionKey, revisionKey } from './backend/revision-key.ts';
import { NO_SLOT, type RevisionPair } from './key-index.ts';
import type { HistoryRow } from './ports.ts';

import type { RevisionState } from './revision-state.ts';
import type { StorePorts } from './store-ports.ts';
import type { StoredValues } from './stored-values.ts';

/** Rows that one read from the backend brings. */
const SCAN_ROWS = 256;

export interface ValueLookup {
  readonly key: Uint8Array;
  readonly revision: Revision;
}

export class HistoryReader {
  readonly #ports: StorePorts;
  readonly #values: StoredValues;
  readonly #revisions: RevisionState;
  /** Reads that wait for the disk. */
  readonly #open = new Set<Promise<unknown>>();

  constructor(ports: StorePorts, values: StoredValues, revisions: RevisionState) {
    this.#ports = ports;
    this.#values = values;
    this.#revisions = revisions;
  }

  /** See `History.changes`. Values from memory are views of bytes that never change. */
  changes(
    from: Revision,
    to: Revision,
    revisionsMax: number,
  ): HistoryRow[] | Promise<HistoryRow[]> {
    const { buffer } = this.#ports;
    const cut = new RevisionCut(revisionsMax);
    // From the floor on no revision is missing: so many hold the wanted number and one more.
    const last = Math.min(to, Math.max(from, this.#revisions.compact) + revisionsMax);
    if (from < buffer.memoryFrom) return this.#opened(this.#changesFromDisk(from, last, cut));
    cut.addAll(buffer.rowsInMemory(from, last));
    return cut.rows;
  }

  /** Rows move from memory to the disk meanwhile, never back: so read up to memory, then look. */
  async #changesFromDisk(from: Revision, to: Revision, cut: RevisionCut): Promise<HistoryRow[]> {
    const { buffer } = this.#ports;
    let next = from;
    while (next <= to && next < buffer.memoryFrom) {
      const end = Math.min(to + 1, buffer.memoryFrom);
      await this.#scan(next, end, cut);
      next = end;
    }
    if (next <= to) cut.addAll(buffer.rowsInMemory(next, to));
    return cut.rows;
  }

  /** Adds the rows on disk with main in [from, end). */
  async #scan(from: Revision, end: Revision, cut: RevisionCut): Promise<void> {
    const cursor = this.#ports.backend.scan({
      bucket: Bucket.key,
      from: revisionKey(from, 0),
      to: revisionKey(end, 0),
    });
    try {
      for (let isMore = true; isMore; ) {
        const rows = await cursor.next(SCAN_ROWS);
        isMore = rows.length > 0 && cut.addAll(rows.map(historyRow));
      }
    } finally {
      await cursor.close();
    }
  }

  /** See `History.valuesAt`. */
  valuesAt(
    lookups: readonly ValueLookup[],
  ): (Uint8Array | undefined)[] | Promise<(Uint8Array | undefined)[]> {
    const found: (Uint8Array | undefined)[] = [];
    const misses: RevisionPair[] = [];
    const missPlaces: number[] = [];
    for (const lookup of lookups) {
      const value = this.#valueInMemory(lookup);
      if (value === undefined || value instanceof Uint8Array) {
        found.push(value);
        continue;
      }
      missPlaces.push(found.length);
      misses.push(value);
      found.push(undefined);
    }
    if (misses.length === 0) return found;
    return this.#opened(this.#addMisses(found, misses, missPlaces));
  }

  /** Resolves when nothing is being read. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#open);
  }

  #opened<T>(read: Promise<T>): Promise<T> {
    const forget = (): void => void this.#open.delete(read);
    this.#open.add(read);
    read.then(forget, forget);
    return read;
  }

  /** An owned copy of the value, its place when it is not in memory, undefined for no value. */
  #valueInMemory({ key, revision }: ValueLookup): Uint8Array | RevisionPair | undefined {
    if (revision < this.#revisions.compact) return undefined;
    const { index, buffer } = this.#ports;
    const slot = index.find(key);
    const at = slot === NO_SLOT ? undefined : index.at(slot, revision);
    if (at === undefined) return undefined;
    const value = this.#values.inMemory(slot, at, buffer);
    return value === undefined ? { main: at.main, sub: at.sub } : copyBytes(value);
  }

  async #addMisses(
    found: (Uint8Array | undefined)[],
    misses: readonly RevisionPair[],
    places: readonly number[],
  ): Promise<(Uint8Array | undefined)[]> {
    const pinned = this.#ports.buffer.pin();
    try {
      const values = await this.#values.fromBackend(misses, pinned.view);
      for (const [i, place] of places.entries()) found[place] = values[i];
      return found;
    } finally {
      await pinned.close();
    }
  }
}

/** Takes rows in order, up to the end of a given number of distinct main revisions. */
class RevisionCut {
  readonly rows: HistoryRow[] = [];
  #revisionsLeft: number;

  constructor(revisionsMax: number) {
    this.#revisionsLeft = revisionsMax;
  }

  /** False when a row was left out: there is no need to bring more. */
  addAll(rows: readonly HistoryRow[]): boolean {
    for (const row of rows) {
      if (row.main !== this.rows.at(-1)?.main) {
        if (this.#revisionsLeft === 0) return false;
        this.#revisionsLeft--;
      }
      this.rows.push(row);
    }
    return true;
  }
}

function historyRow({ key, value }: BackendRow): HistoryRow {
  return { ...readRevisionKey(key), kv: value };
}
