/**
 * The hashes of the store: of any readable revision on request, and of what each compaction saw,
 * which members compare with one another long after the rows are gone.
 */
import { assert } from '../../base/assert.ts';
import type { Revision } from '../../base/ids.ts';
import { MvccError, type Outcome } from '../errors.ts';
import { type RevisionState, unreadable } from '../revision-state.ts';
import type { StorePorts } from '../store-ports.ts';
import { KeptRows } from './kept-rows.ts';
import { type HashSpan, type KeyRow, KvHash } from './kv-hash.ts';
import { scanRows } from './row-scan.ts';
import { hashState } from './state-hash.ts';

/** Hashes of compactions that are remembered; one more takes the place of the oldest. */
export const COMPACTION_HASHES_MAX = 10;
/** Requests for a hash that may be under way, one of them worked on; more are refused. */
export const HASH_REQUESTS_MAX = 16;

/** The hash of a span of revisions. */
export interface RevisionHash extends HashSpan {
  /** 32 bits, unsigned. */
  readonly hash: number;
}

/** A hash, and the current revision of the store when it was taken. */
export interface StoreHash extends RevisionHash {
  readonly currentRevision: Revision;
  /** False where nothing is alive: the hash depends on how far a compaction has come, then. */
  readonly isComparable: boolean;
}

export class Hashes {
  readonly #ports: StorePorts;
  readonly #revisions: RevisionState;
  /** Of compactions, by ascending revision. */
  readonly #remembered: RevisionHash[] = [];
  /** Scans that are going on. */
  readonly #open = new Set<HashSpan>();
  #requests = 0;
  /** Ends with the last request in line. */
  #line: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(ports: StorePorts, revisions: RevisionState) {
    this.#ports = ports;
    this.#revisions = revisions;
  }

  /**
   * The hash as of `revision` (0: the current one): the remembered one of a compaction at exactly
   * this revision, though it may be compacted by now, else that of a scan in the background.
   */
  async atRevision(revision: Revision): Promise<Outcome<StoreHash>> {
    const remembered = this.#remembered.find((hash) => hash.revision === revision);
    if (remembered !== undefined) {
      return { ...remembered, currentRevision: this.#revisions.current, isComparable: true };
    }
    return this.#refusal(revision) ?? this.#inLine(() => this.#hashAt(revision));
  }

  /** The hash of all buckets, everything applied by now included. */
  async ofState(): Promise<Outcome<number>> {
    return this.#inLine(async () => {
      await this.#ports.buffer.flush();
      const view = this.#ports.backend.view();
      try {
        return (await hashState(this.#ports, view, this.#goesOn)) ?? closing();
      } finally {
        await view.close();
      }
    });
  }

  /** Of compactions, by ascending revision. */
  get remembered(): readonly RevisionHash[] {
    return this.#remembered;
  }

  remember(hash: RevisionHash): void {
    this.#remembered.push(hash);
    if (this.#remembered.length > COMPACTION_HASHES_MAX) this.#remembered.shift();
  }

  /** Whether a scan as of a revision below `floor` is going on; no new one can begin. */
  hasReadBelow(floor: Revision): boolean {
    for (const { revision } of this.#open) if (revision < floor) return true;
    return false;
  }

  /** Ends requests with MVCC_CLOSED, scans after their slice; resolves when all have ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#line;
  }

  async #hashAt(revision: Revision): Promise<Outcome<StoreHash>> {
    // Rows that a compaction has removed are then gone from the backend as well.
    await this.#ports.buffer.flush();
    // A compaction may have been applied while the request stood in line.
    const refusal = this.#refusal(revision);
    if (refusal !== undefined) return refusal;
    const { current, compact } = this.#revisions;
    const span = { compactRevision: compact, revision: revision === 0 ? current : revision };
    const kept = new KeptRows(this.#ports.index, span.revision);
    const hash = new KvHash(span);
    const isWhole = await this.#scan(span, (row) => hash.add(row, () => kept.isLive(row)));
    if (!isWhole) return closing();
    const { value, isComparable } = hash;
    return { ...span, hash: value, currentRevision: current, isComparable };
  }

  /** Visits the rows of the span as they are in this turn. False when the store closed meanwhile. */
  async #scan(span: HashSpan, visit: (row: KeyRow) => void): Promise<boolean> {
    const pinned = this.#ports.buffer.pin();
    this.#open.add(span);
    try {
      const options = { to: span.revision, goesOn: this.#goesOn, visit };
      return await scanRows(this.#ports, pinned, options);
    } finally {
      this.#open.delete(span);
      await pinned.close();
    }
  }

  /** As etcd, lets revisions below 0 pass: nothing was written then. */
  #refusal(revision: Revision): MvccError | undefined {
    if (this.#isClosed) return closing();
    return revision > 0 ? unreadable(revision, this.#revisions) : undefined;
  }

  /** One request after the other, so that together they take no more of the disk than one. */
  async #inLine<T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    if (this.#requests >= HASH_REQUESTS_MAX) {
      return new MvccError('MVCC_TOO_MANY_READS', 'too many requests for a hash');
    }
    this.#requests++;
    const result = this.#line.then(() => (this.#isClosed ? closing() : work()));
    this.#line = result.then(
      () => this.#requests--,
      () => this.#requests--,
    );
    return result;
  }

  readonly #goesOn = (): boolean => !this.#isClosed;

  checkInvariants(): void {
    assert(this.#requests <= HASH_REQUESTS_MAX, 'requests for a hash are bounded');
    assert(this.#remembered.length <= COMPACTION_HASHES_MAX, 'remembered hashes are bounded');
    let last = -Infinity;
    for (const { revision } of this.#remembered) {
      assert(revision > last, 'compactions are remembered in the order of their floors');
      last = revision;
    }
  }
}

function closing(): MvccError {
  return new MvccError('MVCC_CLOSED', 'the store is closing');
}
