/**
 * The in-memory key index: every key that has a revision above the compaction floor, in byte
 * order, with its revisions. Nothing here is an object, a string or a promise per key; see
 * `index/README.md` for the parts.
 */
import { assert } from '../base/assert.ts';
import { ByteSlabs, type SlabRef } from '../base/byte-slabs.ts';
import { compareBytes } from '../base/bytes.ts';
import type { Revision } from '../base/ids.ts';
import { type Compaction, type ForgottenRevision, KeyCompactor } from './index/key-compactor.ts';
import { KeyTree } from './index/key-tree.ts';
import { type HistoryNode, NO_NODE, RevisionHistory } from './index/revision-history.ts';
import { isTombstone, type RevisionTag, SUBS_MAX, subOf, tagOf } from './index/revision-tag.ts';
import { isKeyOwner, keyOwner, ownerNumber } from './index/slab-owner.ts';
import { NO_SLOT, type Slot } from './index/slot.ts';
import { rowOf, SlotColumns } from './index/slot-columns.ts';

export { NO_SLOT, type Slot };

/** Keys in [start, end); `end` undefined = no upper bound. Empty when end <= start. */
export interface KeySpan {
  readonly start: Uint8Array;
  readonly end: Uint8Array | undefined;
}

/** Position of one change in history. */
export interface RevisionPair {
  readonly main: Revision;
  readonly sub: number;
}

export interface StoredRevision extends RevisionPair {
  readonly createMain: Revision;
  readonly version: number;
  readonly tombstone: boolean;
}

export interface CompactionReport {
  readonly forgot: (revision: ForgottenRevision) => void;
  /** The slot's columns and key can still be read. */
  readonly freed: (slot: Slot) => void;
}

/** Columns of a new key's only revision. */
interface FirstRevision {
  readonly main: Revision;
  readonly tag: RevisionTag;
  readonly createMain: Revision;
  readonly version: number;
}

export interface KeyIndexOptions {
  /** Bytes per slab of keys, a power of two. */
  readonly slabBytes?: number;
}

/** Sparse key slabs that one slice of a compaction cleans; what is left waits for the next. */
const CLEANED_SLABS_MAX = 4;

export class KeyIndex {
  readonly #columns: SlotColumns = new SlotColumns();
  readonly #history: RevisionHistory = new RevisionHistory();
  readonly #slabs: ByteSlabs;
  readonly #tree: KeyTree;
  readonly #compactor: KeyCompactor = new KeyCompactor(this.#columns, this.#history);

  constructor(options: KeyIndexOptions = {}) {
    this.#slabs = new ByteSlabs({
      ...options,
      moved: (owner, from, to) => this.#moved(owner, from, to),
    });
    this.#tree = new KeyTree(this.#slabs, this.#columns);
  }

  /** Keys whose newest revision is not a tombstone. */
  get liveKeys(): number {
    return this.#tree.liveKeys;
  }

  /** Live keys and those that are tombstones still above the floor. */
  get heldKeys(): number {
    return this.#columns.used;
  }

  /** Revisions held, newest ones and older ones. */
  get heldRevisions(): number {
    return this.#columns.used + this.#history.used;
  }

  /** Bytes held by columns, tree and key slabs. */
  get bytesUsed(): number {
    const parts = this.#columns.bytesUsed + this.#history.bytesUsed;
    return parts + this.#tree.bytesUsed + this.#slabs.bytesUsed;
  }

  /** The key's slot, live or tombstone; NO_SLOT when not held. */
  find(key: Uint8Array): Slot {
    return this.#tree.seek(key);
  }

  /** Records a put at (main, sub), newer than anything held for the key; copies the key. */
  put(key: Uint8Array, main: Revision, sub: number): Slot {
    const slot = this.#tree.seek(key);
    const tag = checkedTag(sub, false);
    if (slot === NO_SLOT) return this.#insert(key, { main, tag, createMain: main, version: 1 });
    const page = this.#columns.page(slot);
    const row = rowOf(slot);
    if (isTombstone(page.modTag[row] as RevisionTag)) {
      this.#tree.setLive(true);
      page.createMain[row] = main;
    }
    page.version[row] = (page.version[row] as number) + 1;
    this.#setNewest(slot, main, tag);
    return slot;
  }

  /** Records a delete of a live slot. */
  tombstone(slot: Slot, main: Revision, sub: number): void {
    assert(this.isLive(slot), 'index: only a live key is deleted');
    this.#seekSlot(slot);
    this.#tree.setLive(false);
    const page = this.#columns.page(slot);
    const row = rowOf(slot);
    page.createMain[row] = 0;
    page.version[row] = 0;
    this.#setNewest(slot, main, checkedTag(sub, true));
  }

  /** Adds a revision read back from disk; called in ascending (main, sub) order. */
  restore(key: Uint8Array, revision: StoredRevision): Slot {
    const { main, tombstone } = revision;
    const tag = checkedTag(revision.sub, tombstone);
    const createMain = tombstone ? 0 : revision.createMain;
    const version = tombstone ? 0 : revision.version;
    const slot = this.#tree.seek(key);
    if (slot === NO_SLOT) return this.#insert(key, { main, tag, createMain, version });
    const page = this.#columns.page(slot);
    const row = rowOf(slot);
    if (isTombstone(page.modTag[row] as RevisionTag) !== tombstone) this.#tree.setLive(!tombstone);
    page.createMain[row] = createMain;
    page.version[row] = version;
    this.#setNewest(slot, main, tag);
    return slot;
  }

  isLive(slot: Slot): boolean {
    return !isTombstone(this.#columns.page(slot).modTag[rowOf(slot)] as RevisionTag);
  }

  modMain(slot: Slot): Revision {
    return this.#columns.page(slot).modMain[rowOf(slot)] as Revision;
  }

  modSub(slot: Slot): number {
    return subOf(this.#columns.page(slot).modTag[rowOf(slot)] as RevisionTag);
  }

  /** 0 for a tombstone. */
  createMain(slot: Slot): Revision {
    return this.#columns.page(slot).createMain[rowOf(slot)] as Revision;
  }

  /** 0 for a tombstone. */
  version(slot: Slot): number {
    return this.#columns.page(slot).version[rowOf(slot)] as number;
  }

  /** An owned copy of the key, or of its first `bytesMax` bytes. */
  key(slot: Slot, bytesMax: number = Number.POSITIVE_INFINITY): Uint8Array {
    const ref = this.#keyRef(slot);
    return this.#slabs.copy(ref, Math.min(this.#slabs.length(ref), bytesMax));
  }

  /** Where the slot's value as of `revision` is, undefined when it had none or was deleted then. */
  at(slot: Slot, revision: Revision): RevisionPair | undefined {
    const page = this.#columns.page(slot);
    const row = rowOf(slot);
    let main = page.modMain[row] as Revision;
    let tag = page.modTag[row] as RevisionTag;
    if (main > revision) {
      const node = this.#history.find(page.older[row] as number, revision);
      if (node === NO_NODE) return undefined;
      main = this.#history.main(node);
      tag = this.#history.tag(node);
    }
    return isTombstone(tag) ? undefined : { main, sub: subOf(tag) };
  }

  /** Live keys in the span, in O(log n). */
  countLive(span: KeySpan): number {
    return Math.max(this.#endRank(span) - this.#startRank(span), 0);
  }

  /** Up to `limit` live slots of the span in key order (limit 0 = all). */
  liveSlots(span: KeySpan, limit: number): Slot[] {
    const start = this.#startRank(span);
    const count = this.#endRank(span) - start;
    return this.#tree.liveSlots(start, limit > 0 ? Math.min(count, limit) : count);
  }

  /**
   * Visits up to `keysMax` held slots of the span in key order, tombstones too. Returns the key
   * to continue from, undefined when the span is done. `visit` must not change the index.
   */
  walk(span: KeySpan, keysMax: number, visit: (slot: Slot) => void): Uint8Array | undefined {
    if (span.end !== undefined && compareBytes(span.start, span.end) >= 0) return undefined;
    const end = span.end === undefined ? NO_SLOT : this.#slotFrom(span.end);
    let slot = this.#slotFrom(span.start);
    for (let visited = 0; slot !== end; visited++) {
      if (visited >= keysMax) return this.key(slot);
      visit(slot);
      this.#tree.advance();
      slot = this.#tree.current();
    }
    return undefined;
  }

  /**
   * One slice of a compaction at `floor`, from the key `from` on: forgets every revision <= floor
   * but the newest of each key, and that one too when it is a tombstone with main < floor.
   * Reports each forgotten revision and frees keys with none left (`freed` gets the slot before
   * it is reused). Ends after `keysMax` keys, or when `keysMax` revisions are forgotten, maybe in
   * the middle of a key's. Returns the key to continue from, undefined at the end. Between slices
   * the index may change, and answers for revisions >= floor are right at all times.
   */
  compact(
    floor: Revision,
    slice: { from: Uint8Array; keysMax: number },
    report: CompactionReport,
  ): Uint8Array | undefined {
    assert(slice.keysMax > 0, 'index: a slice of at least one key');
    const compaction: Compaction = { floor, budget: slice.keysMax, forgot: report.forgot };
    const empty: Slot[] = [];
    let slot = this.#slotFrom(slice.from);
    for (let visited = 0; slot !== NO_SLOT && visited < slice.keysMax; visited++) {
      const compacted = this.#compactor.compact(slot, compaction);
      if (compacted === 'unfinished') break;
      if (compacted === 'empty') empty.push(slot);
      this.#tree.advance();
      slot = this.#tree.current();
    }
    const next = slot === NO_SLOT ? undefined : this.key(slot);
    for (const emptied of empty) {
      report.freed(emptied);
      this.#remove(emptied);
    }
    for (let cleaned = 0; cleaned < CLEANED_SLABS_MAX && this.#slabs.clean(); cleaned++);
    return next;
  }

  checkInvariants(): void {
    this.#slabs.checkInvariants();
    const count = { held: 0, live: 0, older: 0 };
    this.#tree.checkInvariants((slot, live) => {
      count.held++;
      if (live) count.live++;
      count.older += this.#checkSlot(slot, live);
    });
    assert(count.held === this.#columns.used, 'index: the tree holds each slot in use once');
    assert(count.live === this.liveKeys, 'index: live keys add up');
    assert(count.older === this.#history.used, 'index: every older revision belongs to a key');
  }

  /** Checks the columns of a slot; returns how many older revisions it has. */
  #checkSlot(slot: Slot, live: boolean): number {
    assert(this.#slabs.owner(this.#keyRef(slot)) === keyOwner(slot), 'index: a key has its slot');
    assert(live === this.isLive(slot), 'index: tree and columns agree on who is live');
    const main = this.modMain(slot);
    if (live) {
      assert(this.createMain(slot) <= main, 'index: a key is created before it is changed');
    } else {
      const blank = this.createMain(slot) === 0 && this.version(slot) === 0;
      assert(blank, 'index: a tombstone has no create revision and no version');
    }
    const page = this.#columns.page(slot);
    const tag = page.modTag[rowOf(slot)] as RevisionTag;
    return this.#history.checkList(page.older[rowOf(slot)] as HistoryNode, main, tag);
  }

  #insert(key: Uint8Array, first: FirstRevision): Slot {
    // Before the keys take a new slab, space that compaction left is won back.
    if (this.#slabs.growth(key.length) > 0) this.#slabs.clean();
    const slot = this.#columns.allocate();
    const page = this.#columns.page(slot);
    const row = rowOf(slot);
    page.key[row] = this.#slabs.store(keyOwner(slot), key);
    page.modMain[row] = first.main;
    page.modTag[row] = first.tag;
    page.createMain[row] = first.createMain;
    page.version[row] = first.version;
    this.#tree.insert(slot, !isTombstone(first.tag));
    return slot;
  }

  /** Makes (main, tag) the newest revision of a held key, and the former one an older one. */
  #setNewest(slot: Slot, main: Revision, tag: RevisionTag): void {
    const page = this.#columns.page(slot);
    const row = rowOf(slot);
    const before = page.modMain[row] as Revision;
    const beforeTag = page.modTag[row] as RevisionTag;
    const isNewer = main > before || (main === before && subOf(tag) > subOf(beforeTag));
    assert(isNewer, 'index: revisions of a key ascend');
    page.older[row] = this.#history.push(page.older[row] as HistoryNode, before, beforeTag);
    page.modMain[row] = main;
    page.modTag[row] = tag;
  }

  #remove(slot: Slot): void {
    this.#seekSlot(slot);
    this.#tree.remove();
    this.#slabs.free(this.#keyRef(slot));
    this.#columns.free(slot);
  }

  #keyRef(slot: Slot): SlabRef {
    return this.#columns.page(slot).key[rowOf(slot)] as SlabRef;
  }

  #seekSlot(slot: Slot): void {
    const found = this.#tree.seek(this.#slabs.view(this.#keyRef(slot)));
    assert(found === slot, 'index: a held slot is found by its key');
  }

  /** The first held slot with a key >= `key`; the tree is there then. */
  #slotFrom(key: Uint8Array): Slot {
    this.#tree.seek(key);
    return this.#tree.current();
  }

  /** Live keys below the span's start. */
  #startRank(span: KeySpan): number {
    this.#tree.seek(span.start);
    return this.#tree.rank();
  }

  /** Live keys below the span's end. */
  #endRank(span: KeySpan): number {
    if (span.end === undefined) return this.liveKeys;
    this.#tree.seek(span.end);
    return this.#tree.rank();
  }

  /** Follows bytes that the slabs have moved. */
  #moved(owner: number, from: SlabRef, to: SlabRef): void {
    if (isKeyOwner(owner)) {
      const slot = ownerNumber(owner);
      this.#columns.page(slot).key[rowOf(slot)] = to;
    } else {
      this.#tree.separatorMoved(owner, from, to);
    }
  }
}

function checkedTag(sub: number, tombstone: boolean): RevisionTag {
  assert(sub < SUBS_MAX, 'index: sub-revision in range');
  return tagOf(sub, tombstone);
}
