/**
 * etcd's hash of bucket `key` as of one revision: which rows count, and their CRC.
 *
 * Members must agree on it, however far each has come with removing compacted rows. So of the
 * rows at or below the floor only those count that a compaction at the hashed revision would
 * keep, unless it would keep nothing at all: then each one that is there counts (etcd's rule, so
 * ours). A tombstone exactly at the floor never counts, since members before 3.5.16 remove it.
 */
import { assert } from '../../base/assert.ts';
import { crc32c } from '../../base/crc32c.ts';
import type { Revision } from '../../base/ids.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import type { RevisionKey } from '../backend/revision-key.ts';

/** What a hash is about: the rows up to `revision`, seen from a store with this floor. */
export interface HashSpan {
  /** -1 without a compaction. */
  readonly compactRevision: Revision;
  readonly revision: Revision;
}

/** One row of bucket `key`. */
export interface KeyRow extends RevisionKey {
  /** The encoded revision. */
  readonly rowKey: Uint8Array;
  /** Encoded KeyValue. */
  readonly value: Uint8Array;
}

/** CRC of the bucket's name, with which every hash begins. */
const SEED = crc32c(utf8Bytes('key'));

export class KvHash {
  readonly #span: HashSpan;
  #crc = SEED;
  /**
   * The CRC with every row below the floor in it, which is the hash when no row at all is kept;
   * undefined once one is.
   */
  #crcOfAll: number | undefined;

  constructor(span: HashSpan) {
    this.#span = span;
    // Without rows below a floor both are the same.
    this.#crcOfAll = span.compactRevision < 0 ? undefined : SEED;
  }

  /**
   * Takes the rows up to the revision, in order. `isKept` says whether a compaction at the
   * revision would keep this row; it is only asked where the answer matters.
   */
  add(row: KeyRow, isKept: () => boolean): void {
    const { compactRevision, revision } = this.#span;
    assert(row.main <= revision, 'rows above the revision are not hashed');
    const isBelowFloor = row.main <= compactRevision;
    const kept = (isBelowFloor || this.#crcOfAll !== undefined) && isKept();
    if (kept) this.#crcOfAll = undefined;
    if (row.tombstone && row.main === compactRevision) return;
    if (this.#crcOfAll !== undefined) this.#crcOfAll = withRow(this.#crcOfAll, row);
    if (kept || !isBelowFloor) this.#crc = withRow(this.#crc, row);
  }

  /**
   * Whether members with the same rows must have the same value. They need not while every row
   * below the floor counts, as some may still have rows that others have removed.
   */
  get isComparable(): boolean {
    return this.#span.compactRevision < 0 || this.#crcOfAll === undefined;
  }

  /** The hash of the rows so far: 32 bits, unsigned. */
  get value(): number {
    return this.#crcOfAll ?? this.#crc;
  }
}

function withRow(crc: number, { rowKey, value }: KeyRow): number {
  return crc32c(value, crc32c(rowKey, crc));
}
