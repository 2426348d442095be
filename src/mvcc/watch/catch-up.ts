import { assert } from '../../base/assert.ts';
import { latin1 } from '../../base/bytes.ts';
import type { Revision } from '../../base/ids.ts';
import { KeyValue } from '../../pb/index.ts';
import type { History, HistoryRow } from '../ports.ts';
import { PASS_REVISIONS_MAX } from './catch-up-queue.ts';
import { EventBatches } from './event-batches.ts';
import { WatchEvent } from './watch-event.ts';
import type { Watcher } from './watcher.ts';
import type { WatcherGroups } from './watcher-groups.ts';
import { WatcherIndex } from './watcher-index.ts';

/**
 * Bytes of stored changes that one pass collects for its watchers, exceeded by no more than the
 * last read brings; the stretch that is left is for the next pass.
 */
export const PASS_BYTES_MAX: number = 8 * 1024 * 1024;
/** Revisions read at a time. */
const READ_REVISIONS_MAX = 64;
/** Revisions in the first read of a pass, which tells how large they are. */
const READ_REVISIONS_FIRST = 8;

/**
 * One pass of the catch-up: reads a stretch of history once, for all the watchers that need it,
 * gives each its events in one response, and places it where it belongs then.
 *
 * As long as history answers at once, the pass runs to its end without giving up the turn. So a
 * watcher whose remaining events are in memory joins the synced ones at exactly the current
 * revision, however fast new ones arrive.
 *
 * The store may be replaced meanwhile: each read is of the one that is there when it begins.
 */
export class CatchUpPass {
  readonly #groups: WatcherGroups;
  readonly #history: () => History;
  readonly #readers: Watcher[] = [];
  readonly #index: WatcherIndex = new WatcherIndex();
  readonly #batches: EventBatches = new EventBatches(this.#index);
  /** Events whose former value is wanted, and their keys. */
  readonly #lookups: { readonly event: WatchEvent; readonly key: Uint8Array }[] = [];
  /** The stretch collected so far is [start, end). */
  #start: Revision = Number.MAX_SAFE_INTEGER;
  #end: Revision = 0;
  #bytes = 0;
  /** Revisions to read next. */
  #readRevisions = READ_REVISIONS_FIRST;

  constructor(groups: WatcherGroups, history: () => History) {
    this.#groups = groups;
    this.#history = history;
  }

  /** Rejects with what history rejects with; the watchers are queued again then. */
  async run(): Promise<void> {
    this.#begin();
    try {
      while (this.#wantsMore()) {
        const to = this.#readEnd();
        const rows = this.#history().changes(this.#end, to, READ_REVISIONS_MAX);
        const readBytes = this.#collect(rows instanceof Promise ? await rows : rows);
        this.#readRevisions = this.#revisionsThatFit(readBytes / (to + 1 - this.#end));
        this.#end = to + 1;
      }
      if (this.#lookups.length > 0) {
        const values = this.#history().valuesAt(
          this.#lookups.map(({ event, key }) => ({ key, revision: event.revision - 1 })),
        );
        this.#supplyPrevKvs(values instanceof Promise ? await values : values);
      }
    } catch (error) {
      for (const reader of this.#readers)
        if (reader.state === 'reading') this.#groups.place(reader);
      throw error;
    }
    this.#deliver();
  }

  #begin(): void {
    for (const watcher of this.#groups.takeForReading()) {
      if (!this.#canServe(watcher)) continue;
      this.#readers.push(watcher);
      this.#index.add(watcher);
      this.#start = Math.min(this.#start, watcher.next);
    }
    this.#end = this.#start;
  }

  /** False when there is nothing to read for the watcher now; it has been seen to, then. */
  #canServe(watcher: Watcher): boolean {
    if (watcher.outlet.isFull) {
      this.#groups.place(watcher);
      return false;
    }
    const { compactRevision } = this.#history();
    if (watcher.next >= compactRevision) return true;
    this.#groups.retire(watcher, 'compacted');
    watcher.outlet.deliverCompacted(watcher, compactRevision);
    return false;
  }

  #wantsMore(): boolean {
    // Compacted meanwhile: who needed the lower revisions will be told, nobody reads them.
    this.#end = Math.max(this.#end, this.#history().compactRevision);
    return (
      this.#readers.length > 0 &&
      this.#end <= this.#groups.revision &&
      this.#end < this.#start + PASS_REVISIONS_MAX &&
      this.#bytes < PASS_BYTES_MAX
    );
  }

  /**
   * Last revision of the next read: so few revisions that history need not cut them, since a
   * compaction in between could make a cut answer look like a whole one.
   */
  #readEnd(): Revision {
    const passEnd = this.#start + PASS_REVISIONS_MAX;
    return Math.min(this.#groups.revision, this.#end + this.#readRevisions - 1, passEnd - 1);
  }

  /** How many revisions of such a size the pass has room for, at least one. */
  #revisionsThatFit(revisionBytes: number): number {
    const fitting = Math.floor((PASS_BYTES_MAX - this.#bytes) / Math.max(1, revisionBytes));
    return Math.min(READ_REVISIONS_MAX, Math.max(1, fitting));
  }

  /** Returns the bytes of all rows, wanted or not. */
  #collect(rows: readonly HistoryRow[]): number {
    let last = this.#end;
    let bytes = 0;
    for (const row of rows) {
      assert(row.main >= last, 'watch: history is out of order');
      last = row.main;
      bytes += row.kv.length;
      this.#collectRow(row);
    }
    return bytes;
  }

  #collectRow(row: HistoryRow): void {
    const { key, createRevision } = KeyValue.decode(row.kv);
    const event = WatchEvent.fromHistory(row, key);
    const { wanted, prevKvWanted } = this.#batches.add(latin1(key), event);
    if (wanted) this.#bytes += row.kv.length;
    if (prevKvWanted && createRevision !== row.main) this.#lookups.push({ event, key });
  }

  #supplyPrevKvs(values: readonly (Uint8Array | undefined)[]): void {
    assert(values.length === this.#lookups.length, 'watch: a former value for each that is wanted');
    for (const [i, { event }] of this.#lookups.entries()) event.supplyPrevKv(values[i]);
  }

  #deliver(): void {
    for (const watcher of this.#readers) {
      // Time may have passed: it may be cancelled, its stream full, its history compacted.
      if (watcher.state !== 'reading' || !this.#canServe(watcher)) continue;
      const events = this.#batches.of(watcher);
      if (events !== undefined) watcher.outlet.deliver(watcher, this.#groups.revision, events);
      watcher.next = Math.max(watcher.next, this.#end);
      this.#groups.place(watcher);
    }
  }
}
