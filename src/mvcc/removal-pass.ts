/**
 * One pass over the rows of bucket `key` up to a floor, in slices with pauses: takes all of them
 * into the hash that members compare, and removes those that the floor makes unreachable.
 *
 * Up to the floor nobody else changes rows, so the pass goes on from where it was, without a view
 * of the backend that would keep removed rows on the disk while it lasts.
 */
import { type BackendRow, Bucket } from '../base/ports/backend.ts';
import { readRevisionKey, revisionKey } from './backend/revision-key.ts';
import { KeptRows } from './hash/kept-rows.ts';
import { type HashSpan, KvHash } from './hash/kv-hash.ts';
import { SCAN_ROWS } from './hash/row-scan.ts';
import type { StorePorts } from './store-ports.ts';

export interface RemovalPassOptions {
  readonly span: HashSpan;
  /** Rows looked at between two pauses. */
  readonly batchLimit: number;
  /** Asked once a turn; the pass ends early when it says no. */
  readonly goesOn: () => boolean;
  /** Told of each row removed, by the bytes of its key and value. */
  readonly removed: (bytes: number) => void;
}

export class RemovalPass {
  readonly #options: RemovalPassOptions;
  readonly #ports: StorePorts;
  readonly #kept: KeptRows;
  readonly #hash: KvHash;

  /** All rows up to the span's revision, which is the floor, are on disk. */
  constructor(options: RemovalPassOptions, ports: StorePorts) {
    this.#options = options;
    this.#ports = ports;
    this.#kept = new KeptRows(ports.index, options.span.revision);
    this.#hash = new KvHash(options.span);
  }

  /** Of the rows as they were before the pass, when it is over. */
  get hash(): number {
    return this.#hash.value;
  }

  /** False when it ended early; what it has removed by then stays removed. */
  async run(): Promise<boolean> {
    const to = revisionKey(this.#options.span.revision + 1, 0);
    for (let from = revisionKey(0, 0); ; ) {
      const last = await this.#batch(from, to);
      if (!this.#options.goesOn()) return false;
      if (last === undefined) return true;
      await this.#ports.compactionPause();
      from = placeBehind(last);
    }
  }

  /** Takes the next batch of rows; returns the key of its last one, undefined at the end. */
  async #batch(from: Uint8Array, to: Uint8Array): Promise<Uint8Array | undefined> {
    const { backend, buffer } = this.#ports;
    const { batchLimit, goesOn } = this.#options;
    let last: Uint8Array | undefined;
    const cursor = backend.scan({ bucket: Bucket.key, from, to });
    try {
      for (let left = batchLimit; left > 0; ) {
        const rows = await cursor.next(Math.min(left, SCAN_ROWS));
        if (rows.length === 0) return undefined;
        await this.#ports.yieldTurn();
        if (!goesOn()) return undefined;
        for (const row of rows) this.#take(row);
        left -= rows.length;
        last = rows.at(-1)?.key;
        // Nothing else flushes between two entries: without this a large compaction on an idle
        // member would pile up its removals.
        if (buffer.isFull) await buffer.flush();
      }
    } finally {
      await cursor.close();
    }
    return last;
  }

  #take({ key: rowKey, value }: BackendRow): void {
    const { main, sub, tombstone } = readRevisionKey(rowKey);
    const row = { main, sub, tombstone, rowKey, value };
    const isLeft = this.#kept.isLeft(row);
    this.#hash.add(row, () => isLeft);
    if (isLeft) return;
    this.#ports.buffer.removeRevision(row);
    this.#options.removed(rowKey.length + value.length);
  }
}

/** The first place behind the row with that key. */
function placeBehind(key: Uint8Array): Uint8Array {
  const place = new Uint8Array(key.length + 1);
  place.set(key);
  return place;
}
