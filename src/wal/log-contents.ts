import { equalBytes } from '../base/bytes.ts';
import type { LogIndex, Term } from '../base/ids.ts';
import { Entry, EntryType, HardState, WalSnapshot, WireError } from '../pb/index.ts';
import { RecordType } from './record.ts';
import type { LogRecord } from './segment-reader.ts';
import { WalError, type WalErrorCode } from './wal-error.ts';

/** The entry up to which a snapshot holds everything; {0, 0} before the first snapshot. */
export interface SnapshotId {
  readonly index: LogIndex;
  readonly term: Term;
}

/**
 * What the records after a snapshot add up to.
 *
 * Checksums do not cover a record's type, and a writer may have had a bug: so each record must
 * also be one that raft can have written after those before it. Methods throw WalError.
 */
export class LogContents {
  readonly #start: SnapshotId;
  #metadata: Uint8Array | undefined;
  #hardState: HardState = HardState.create();
  /** Indexes start + 1, start + 2, … without a gap. */
  readonly #entries: Entry[] = [];
  /** Index of the last entry or snapshot written. */
  #lastIndex: LogIndex;
  #hasStart = false;
  /** Of the entry that the start ends with; undefined while the log does not hold it. */
  #startEntryTerm: Term | undefined;
  /** A leader's, which does not follow the entries before it: the log begins anew there, if it counts. */
  #diverged: SnapshotId | undefined;

  /** `lastIndex`: that of the last entry before the first record to come. */
  constructor(start: SnapshotId, lastIndex: LogIndex) {
    this.#start = start;
    this.#lastIndex = Math.max(start.index, lastIndex);
  }

  get hardState(): HardState {
    return this.#hardState;
  }

  get entries(): Entry[] {
    return this.#entries;
  }

  get lastIndex(): LogIndex {
    return this.#lastIndex;
  }

  get metadata(): Uint8Array {
    if (this.#metadata !== undefined) return this.#metadata;
    throw new WalError('WAL_CORRUPT', 'wal: no metadata record');
  }

  add(record: LogRecord): void {
    switch (record.type) {
      case RecordType.crc:
        return;
      case RecordType.metadata:
        this.#addMetadata(record);
        return;
      case RecordType.entry:
        // The entry keeps a view of the bytes it is decoded from: they must be its own.
        this.#addEntry(decodeRecord(Entry, record, record.data.slice()), record);
        return;
      case RecordType.state:
        this.#addHardState(decodeRecord(HardState, record), record);
        return;
      case RecordType.snapshot:
        this.#addSnapshot(decodeRecord(WalSnapshot, record), record);
        return;
      default:
        throw damage('WAL_UNKNOWN_RECORD', `unexpected block type ${record.type}`, record);
    }
  }

  /** To be called after the last record. */
  finish(): void {
    if (!this.#hasStart) throw new WalError('WAL_SNAPSHOT_NOT_FOUND', 'wal: snapshot not found');
    const last = this.#start.index + this.#entries.length;
    if (this.#hardState.commit <= last) return;
    throw new WalError(
      'WAL_GAP',
      `wal: committed up to ${this.#hardState.commit}, but entries end at ${last}`,
    );
  }

  #addMetadata(record: LogRecord): void {
    this.#metadata ??= record.data.slice();
    if (equalBytes(this.#metadata, record.data)) return;
    throw damage('WAL_METADATA_CONFLICT', 'wal: conflicting metadata found', record);
  }

  #addEntry(entry: Entry, record: LogRecord): void {
    const { index, term } = entry;
    if (!isCounter(index) || !isCounter(term) || !isEntryType(entry.type)) {
      throw damage('WAL_CORRUPT', `wal: no entry can be [Index: ${index}, Term: ${term}]`, record);
    }
    this.#lastIndex = index;
    if (index <= this.#start.index) {
      // It replaces what there was behind it, too.
      this.#entries.length = 0;
      this.#startEntryTerm = index === this.#start.index ? term : undefined;
      return;
    }
    const position = index - this.#start.index - 1;
    if (position > this.#entries.length) {
      const { index: startIndex, term: startTerm } = this.#start;
      const text =
        `wal: slice bounds out of range, snapshot[Index: ${startIndex}, Term: ${startTerm}], ` +
        `current entry[Index: ${index}, Term: ${term}], len(ents): ${this.#entries.length}`;
      throw damage('WAL_GAP', text, record);
    }
    const replaced = this.#entries[position];
    if (replaced !== undefined && index <= this.#hardState.commit && replaced.term !== term) {
      throw damage('WAL_CORRUPT', `wal: committed entry ${index} replaced`, record);
    }
    const before = this.#entries[position - 1];
    if (before !== undefined && before.term > term) {
      throw damage('WAL_CORRUPT', `wal: term of entry ${index} goes back to ${term}`, record);
    }
    this.#entries.length = position;
    this.#entries.push(entry);
  }

  #addHardState(next: HardState, record: LogRecord): void {
    const { term, commit } = this.#hardState;
    if (next.term < term || next.commit < commit || next.commit > this.#lastIndex) {
      const [from, to] = [`${term}/${commit}`, `${next.term}/${next.commit}`];
      const text = `wal: hard state goes from term/commit ${from} to ${to} at entry ${this.#lastIndex}`;
      throw damage('WAL_CORRUPT', text, record);
    }
    this.#hardState = next;
    const diverged = this.#diverged;
    if (diverged === undefined || next.commit < diverged.index) return;
    if (this.#termAt(diverged.index) !== diverged.term) throw mismatch(record);
    this.#diverged = undefined;
  }

  /**
   * One of this member's own follows the entries before it. One from a leader may not: the log
   * begins anew there, once the commit index says that it counts.
   */
  #addSnapshot(snapshot: SnapshotId, record: LogRecord): void {
    this.#lastIndex = Math.max(this.#lastIndex, snapshot.index);
    if (snapshot.index === this.#start.index) {
      this.#hasStart = true;
      if (snapshot.term !== this.#start.term) throw mismatch(record);
      if (!this.#followsStart(snapshot)) this.#entries.length = 0;
      return;
    }
    const term = this.#termAt(snapshot.index);
    if (term === undefined || term === snapshot.term) return;
    if (snapshot.index <= this.#hardState.commit) throw mismatch(record);
    this.#diverged = snapshot;
  }

  /**
   * Whether the entries so far follow the start. Those behind a snapshot that was committed when it
   * was recorded do, also where the log does not hold the entry that it ends with: `etcdutl backup`
   * writes the record behind all entries.
   */
  #followsStart({ index, term }: SnapshotId): boolean {
    if (this.#startEntryTerm !== undefined) return this.#startEntryTerm === term;
    return this.#hardState.commit >= index;
  }

  #termAt(index: LogIndex): Term | undefined {
    return this.#entries[index - this.#start.index - 1]?.term;
  }
}

/** Counters are read saturated, so the largest number stands for any that does not fit. */
function isCounter(value: number): boolean {
  return value >= 1 && value < Number.MAX_SAFE_INTEGER;
}

function isEntryType(type: number): boolean {
  return type >= EntryType.EntryNormal && type <= EntryType.EntryConfChangeV2;
}

/** The message that a record holds. Throws WAL_CORRUPT, with its place, when it holds none. */
export function decodeRecord<T>(
  codec: { decode(bytes: Uint8Array): T },
  record: LogRecord,
  bytes: Uint8Array = record.data,
): T {
  try {
    return codec.decode(bytes);
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new WalError('WAL_CORRUPT', 'wal: record cannot be decoded', { place: record, cause });
  }
}

function mismatch(record: LogRecord): WalError {
  return damage('WAL_SNAPSHOT_MISMATCH', 'wal: snapshot mismatch', record);
}

function damage(code: WalErrorCode, message: string, place: LogRecord): WalError {
  return new WalError(code, message, { place });
}
