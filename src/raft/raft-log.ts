/**
 * The log of one member with its cursors.
 *
 *     base <= applied <= applying <= min(commit, persisted)
 *     persisted <= handedOut <= last,   commit <= last
 *
 * After `restore`, `applied < base` until the snapshot that the log now starts from is installed:
 * nothing else is applied meanwhile.
 *
 * `handedOut` is the end of what was given to the WAL, `persisted` the end of what it has synced,
 * `applying` the end of what was given to the state machine, `applied` of what it has done.
 */
import { assert } from '../base/assert.ts';
import type { LogIndex, Term } from '../base/ids.ts';
import { type Entry, EntryType } from '../pb/index.ts';
import { EntryBuffer, type EntryId, entryBytes, totalBytes } from './entry-buffer.ts';
import { RaftError } from './errors.ts';

/** A write under way: once it is on disk, the log is durable up to `index`. */
interface Handout {
  readonly number: number;
  index: LogIndex;
}

export class RaftLog {
  #buffer: EntryBuffer;
  readonly #handouts: Handout[] = [];
  #handedOut: LogIndex;
  #persisted: LogIndex;
  #commit: LogIndex;
  #applying: LogIndex;
  #applied: LogIndex;
  #unappliedBytes: number;

  /** `entries` follow `base` and are on disk; base <= applied <= commit <= last. */
  constructor(
    base: EntryId,
    entries: readonly Entry[],
    { applied, commit }: { applied: LogIndex; commit: LogIndex },
  ) {
    this.#buffer = new EntryBuffer(base);
    for (const entry of entries) this.#buffer.push(entry);
    this.#handedOut = this.lastIndex;
    this.#persisted = this.lastIndex;
    this.#commit = commit;
    this.#applying = applied;
    this.#applied = applied;
    this.#unappliedBytes = totalBytes(this.#buffer.slice(applied + 1, this.lastIndex + 1));
    this.checkInvariants();
  }

  get firstIndex(): LogIndex {
    return this.#buffer.base.index + 1;
  }

  get lastIndex(): LogIndex {
    return this.#buffer.lastIndex;
  }

  get last(): EntryId {
    return { index: this.#buffer.lastIndex, term: this.#buffer.lastTerm };
  }

  get commit(): LogIndex {
    return this.#commit;
  }

  get applied(): LogIndex {
    return this.#applied;
  }

  get persisted(): LogIndex {
    return this.#persisted;
  }

  /** Memory that the entries take. */
  get bytes(): number {
    return this.#buffer.bytes;
  }

  /** The first index after which entries of at most `bytesMax` remain. */
  tailBase(bytesMax: number): LogIndex {
    return this.#buffer.tailBase(bytesMax);
  }

  /** Bytes of the entries after `applied`. */
  get unappliedBytes(): number {
    return this.#unappliedBytes;
  }

  /** Whether the state machine is still behind the snapshot that the log starts from. */
  get isInstalling(): boolean {
    return this.#applied < this.#buffer.base.index;
  }

  get hasUnsaved(): boolean {
    return this.#handedOut < this.lastIndex;
  }

  get hasApplicable(): boolean {
    return !this.isInstalling && this.#applying < this.#applicable;
  }

  get #applicable(): LogIndex {
    return Math.min(this.#commit, this.#persisted);
  }

  /** Term of the entry at `index`, undefined when it was compacted away or is not there yet. */
  term(index: LogIndex): Term | undefined {
    return this.#buffer.term(index);
  }

  matches(id: EntryId): boolean {
    return this.#buffer.term(id.index) === id.term;
  }

  /** Whether a log that ends with `last` is at least as up-to-date as this one (Raft §5.4.1). */
  isCoveredBy(last: EntryId): boolean {
    const own = this.last;
    return last.term > own.term || (last.term === own.term && last.index >= own.index);
  }

  /** Adds one entry at the end. */
  push(entry: Entry): void {
    this.#buffer.push(entry);
    this.#unappliedBytes += entryBytes(entry);
  }

  /**
   * Takes over a leader's entries, which follow `previous`, replacing what conflicts with them
   * (Raft §5.3). Returns the index up to which the logs now agree, or undefined when this log
   * does not hold `previous`. Throws RAFT_DIVERGED when a committed entry would be replaced.
   */
  merge(previous: EntryId, entries: readonly Entry[]): LogIndex | undefined {
    if (!this.matches(previous)) return undefined;
    const firstNew = entries.findIndex((entry) => !this.matches(entry));
    if (firstNew >= 0) {
      const from = previous.index + 1 + firstNew;
      if (from <= this.lastIndex) this.#truncateFrom(from);
      for (let at = firstNew; at < entries.length; at++) this.push(entries[at] as Entry);
    }
    return previous.index + entries.length;
  }

  #truncateFrom(index: LogIndex): void {
    if (index <= this.#commit) {
      throw new RaftError('RAFT_DIVERGED', `entry ${index} is committed but a leader replaces it`);
    }
    this.#unappliedBytes -= this.#buffer.truncateFrom(index);
    this.#handedOut = Math.min(this.#handedOut, index - 1);
    this.#persisted = Math.min(this.#persisted, index - 1);
    // A write under way with the cut-off entries vouches only for what is before them.
    for (const handout of this.#handouts) handout.index = Math.min(handout.index, index - 1);
  }

  /**
   * Starts anew after `base`, which a snapshot ends with; all entries are dropped. What is on disk
   * is still the old log, of which only the committed part is sure to be part of the snapshot.
   */
  restore(base: EntryId): void {
    assert(base.index > this.#commit, 'no snapshot takes back what is committed');
    assert(!this.isInstalling, 'one snapshot is installed at a time');
    this.#buffer = new EntryBuffer(base);
    this.#unappliedBytes = 0;
    this.#applying = this.#applied;
    this.#handedOut = Math.min(this.#handedOut, this.#commit);
    this.#persisted = Math.min(this.#persisted, this.#commit);
    for (const handout of this.#handouts) handout.index = Math.min(handout.index, this.#commit);
    this.#commit = base.index;
  }

  /**
   * Highest entry at or before `index` whose term is not above `term`: where a log that has
   * `term` at `index` can still agree with this one. Term 0 stands for "compacted away".
   */
  conflictPoint(index: LogIndex, term: Term): EntryId {
    const base = this.#buffer.base.index;
    for (let at = Math.min(index, this.lastIndex); at >= base; at--) {
      const own = this.term(at) as Term;
      if (own <= term) return { index: at, term: own };
    }
    return { index: Math.min(index, base), term: 0 };
  }

  /** Entries from `from` on, at most `bytesMax` but at least one if there is one. */
  entriesFrom(from: LogIndex, bytesMax: number): Entry[] {
    const end = this.lastIndex + 1;
    return this.#buffer.slice(from, this.#buffer.sliceEnd(from, end, bytesMax));
  }

  /** Raises the commit index to `index`; a lower one is old news. */
  commitTo(index: LogIndex): void {
    if (index <= this.#commit) return;
    assert(index <= this.lastIndex, 'commit <= last');
    this.#commit = index;
  }

  /**
   * Takes the entries that were not handed out yet, for the write `number`, which also holds the
   * snapshot that the log was reset to, if that was not handed out either.
   */
  takeUnsaved(number: number): Entry[] {
    if (!this.hasUnsaved) return [];
    const from = Math.max(this.#handedOut, this.#buffer.base.index) + 1;
    const entries = this.#buffer.slice(from, this.lastIndex + 1);
    this.#handedOut = this.lastIndex;
    this.#handouts.push({ number, index: this.lastIndex });
    return entries;
  }

  /** The writes up to `number` are on disk. */
  persistedTo(number: number): void {
    const pending = this.#handouts.findIndex((handout) => handout.number > number);
    const done = this.#handouts.splice(0, pending < 0 ? this.#handouts.length : pending);
    for (const handout of done) this.#persisted = Math.max(this.#persisted, handout.index);
  }

  /** Takes committed and persisted entries to apply, at most `bytesMax` but at least one. */
  takeApplicable(bytesMax: number): Entry[] {
    if (!this.hasApplicable) return [];
    const from = this.#applying + 1;
    const end = this.#buffer.sliceEnd(from, this.#applicable + 1, bytesMax);
    this.#applying = end - 1;
    return this.#buffer.slice(from, end);
  }

  /** The state machine has done everything up to `index`. */
  appliedTo(index: LogIndex): void {
    if (this.isInstalling) {
      this.#installed(index);
      return;
    }
    assert(index >= this.#applied, 'applied never goes back');
    assert(index <= this.#applying, 'only what was handed out can have been applied');
    this.#unappliedBytes -= totalBytes(this.#buffer.slice(this.#applied + 1, index + 1));
    this.#applied = index;
  }

  #installed(index: LogIndex): void {
    assert(index === this.#buffer.base.index, 'the snapshot is installed before all else');
    assert(index <= this.#persisted, 'a snapshot is on disk before it is installed');
    this.#applying = index;
    this.#applied = index;
  }

  /** Whether an entry after `applied` and up to `commit` changes the configuration. */
  get hasUnappliedConfChange(): boolean {
    for (let index = this.#applied + 1; index <= this.#commit; index++) {
      if (this.#buffer.at(index)?.type !== EntryType.EntryNormal) return true;
    }
    return false;
  }

  /** Forgets the entries up to and including `index`, which are applied and in a snapshot. */
  compactTo(index: LogIndex): void {
    if (index <= this.#buffer.base.index) return;
    assert(index <= this.#applied, 'only applied entries are compacted');
    this.#buffer.compactTo(index);
  }

  checkInvariants(): void {
    this.#buffer.checkInvariants();
    assert(this.#applied <= this.#applying, 'applied <= applying');
    assert(this.#applying <= this.#commit, 'applying <= commit');
    assert(this.#applying <= this.#persisted, 'applying <= persisted');
    assert(this.#persisted <= this.#handedOut, 'persisted <= handedOut');
    assert(this.#handedOut <= this.lastIndex, 'handedOut <= last');
    assert(this.#commit <= this.lastIndex, 'commit <= last');
    const applied = Math.max(this.#applied, this.#buffer.base.index);
    const unapplied = this.#buffer.slice(applied + 1, this.lastIndex + 1);
    assert(this.#unappliedBytes === totalBytes(unapplied), 'unappliedBytes is the sum over them');
    let number = 0;
    for (const handout of this.#handouts) {
      assert(handout.number > number, 'writes under way are in the order they were handed out');
      assert(handout.index <= this.#handedOut, 'a write vouches for handed-out entries only');
      number = handout.number;
    }
  }
}
