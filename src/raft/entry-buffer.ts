/**
 * The entries a member keeps in memory: one contiguous run after a base.
 *
 * The base is the last entry before the run (0, 0 for an empty history): its term is still known,
 * its content is in a snapshot. Entries are shared, never copied and never changed.
 */
import { assert } from '../base/assert.ts';
import type { LogIndex, Term } from '../base/ids.ts';
import type { Entry } from '../pb/index.ts';

/** Names one entry: no two entries of a cluster share term and index (Raft §5.3, log matching). */
export interface EntryId {
  readonly index: LogIndex;
  readonly term: Term;
}

/** What an entry costs beside its data, in memory and (at most) on the wire. */
const ENTRY_OVERHEAD_BYTES = 32;

/** Size of an entry as all limits in bytes of this module count it. */
export function entryBytes(entry: Entry): number {
  return ENTRY_OVERHEAD_BYTES + (entry.data?.length ?? 0);
}

export function totalBytes(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += entryBytes(entry);
  return bytes;
}

export class EntryBuffer {
  #base: EntryId;
  #entries: Entry[] = [];
  #bytes = 0;

  constructor(base: EntryId) {
    this.#base = { index: base.index, term: base.term };
  }

  get base(): EntryId {
    return this.#base;
  }

  get lastIndex(): LogIndex {
    return this.#base.index + this.#entries.length;
  }

  get lastTerm(): Term {
    return this.#entries.at(-1)?.term ?? this.#base.term;
  }

  /** Sum of {@link entryBytes} over the run. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Term of the entry at `index`, undefined before the base and after the end. */
  term(index: LogIndex): Term | undefined {
    if (index === this.#base.index) return this.#base.term;
    return this.at(index)?.term;
  }

  at(index: LogIndex): Entry | undefined {
    return this.#entries[index - this.#base.index - 1];
  }

  /** Adds one entry at the end; the buffer owns it from now on. */
  push(entry: Entry): void {
    assert(entry.index === this.lastIndex + 1, 'entries follow one another without a gap');
    assert(entry.term >= this.lastTerm, 'terms never go back along the log');
    this.#entries.push(entry);
    this.#bytes += entryBytes(entry);
  }

  /** Drops the entries from `index` on and returns how many bytes they took. */
  truncateFrom(index: LogIndex): number {
    assert(index > this.#base.index, 'only entries of the run can be cut off');
    const dropped = totalBytes(this.#entries.splice(index - this.#base.index - 1));
    this.#bytes -= dropped;
    return dropped;
  }

  /** Makes `index` the new base, dropping it and all before it. */
  compactTo(index: LogIndex): void {
    const term = this.term(index);
    assert(term !== undefined, 'the new base is an entry of the run');
    const dropped = this.#entries.slice(0, index - this.#base.index);
    this.#entries = this.#entries.slice(dropped.length);
    this.#bytes -= totalBytes(dropped);
    this.#base = { index, term };
  }

  /** Entries [from, to), all inside the run, in an array that the caller owns. */
  slice(from: LogIndex, to: LogIndex): Entry[] {
    assert(from > this.#base.index, 'the slice starts inside the run');
    assert(to <= this.lastIndex + 1, 'the slice ends inside the run');
    return this.#entries.slice(from - this.#base.index - 1, to - this.#base.index - 1);
  }

  /**
   * The end (exclusive) of the longest slice from `from` that ends by `to` and takes at most
   * `bytesMax`; a first entry that alone takes more is let through, or it could never move.
   */
  sliceEnd(from: LogIndex, to: LogIndex, bytesMax: number): LogIndex {
    let bytes = 0;
    for (let index = from; index < to; index++) {
      bytes += entryBytes(this.at(index) as Entry);
      if (bytes > bytesMax && index > from) return index;
    }
    return to;
  }

  /** The first index after which at most `bytesMax` remain: the base, or one of the entries. */
  tailBase(bytesMax: number): LogIndex {
    let index = this.lastIndex;
    for (let bytes = 0; index > this.#base.index; index--) {
      bytes += entryBytes(this.at(index) as Entry);
      if (bytes > bytesMax) break;
    }
    return index;
  }

  checkInvariants(): void {
    let previous = this.#base;
    for (const entry of this.#entries) {
      assert(entry.index === previous.index + 1, 'entries follow one another without a gap');
      assert(entry.term >= previous.term, 'terms never go back along the log');
      previous = entry;
    }
    assert(this.#bytes === totalBytes(this.#entries), 'bytes are the sum over the entries');
  }
}
