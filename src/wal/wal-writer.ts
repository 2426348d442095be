import { assert } from '../base/assert.ts';
import type { LogIndex } from '../base/ids.ts';
import { FileError, type FileHandle, type FileSystem } from '../base/ports/file-system.ts';
import type { Logger } from '../base/ports/logger.ts';
import { HardState, WalSnapshot } from '../pb/index.ts';
import { visitBatch, type WalBatch } from './batch.ts';
import { NextSegment } from './next-segment.ts';
import { RecordType } from './record.ts';
import { RecordFramer } from './record-framer.ts';
import { addSegmentHeader, SEGMENT_BYTES } from './segment-header.ts';
import { formatSegmentName, listSegments, type SegmentName, segmentAt } from './segment-name.ts';
import { asWalError, WalError } from './wal-error.ts';
import type { WalPosition } from './wal-position.ts';

export interface WalWriterOptions {
  readonly files: FileSystem;
  readonly logger: Logger;
  /** Segment size; tests use a small one. */
  readonly segmentBytes?: number;
}

/**
 * Appends to the log. Synchronous: when a call returns, what it promises is on disk.
 *
 * Methods throw WalError. After any throw the writer is dead and refuses with WAL_FAILED: what
 * reached the disk is not known, and a repeated sync may report success for bytes that are lost.
 */
export class WalWriter {
  readonly #files: FileSystem;
  readonly #logger: Logger;
  readonly #directory: string;
  readonly #segmentBytes: number;
  readonly #metadata: Uint8Array;
  readonly #next: NextSegment;
  readonly #framer: RecordFramer;
  #segment: SegmentName;
  #file: FileHandle;
  #offset: number;
  #lastIndex: LogIndex;
  #hardState: HardState;
  /** Commit index a restart is sure to find. Invariant: syncedCommit <= hardState.commit. */
  #syncedCommit: LogIndex;
  /** Index of the newest recorded snapshot. */
  #snapshotIndex: LogIndex;
  /** Snapshot a restart may have to begin with. Invariant: startIndex <= syncedCommit. */
  #startIndex: LogIndex;
  #isSynced = true;
  /** False while there is no space for the next segment; then it is made when it is needed. */
  #preparesAhead = true;
  #state: 'open' | 'failed' | 'closed' = 'open';

  /** `position` comes from `createWal` or `openWal`; the writer owns the log from here on. */
  constructor(options: WalWriterOptions, position: WalPosition) {
    this.#files = options.files;
    this.#logger = options.logger;
    this.#segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
    this.#directory = position.directory;
    this.#metadata = position.metadata;
    this.#framer = new RecordFramer(position.crc);
    this.#segment = position.segment;
    this.#offset = position.offset;
    this.#lastIndex = position.lastIndex;
    this.#hardState = position.hardState;
    this.#syncedCommit = position.hardState.commit;
    this.#snapshotIndex = position.snapshotIndex;
    this.#startIndex = position.snapshotIndex;
    const { files } = options;
    const segmentBytes = this.#segmentBytes;
    try {
      this.#next = new NextSegment({ files, directory: this.#directory, segmentBytes });
      this.#file = files.open(this.#path(this.#segment), 'write');
    } catch (error) {
      throw asWalError(error);
    }
  }

  /**
   * Appends batches in order, with one write and at most one sync for all of them. Entries, a new
   * term and a new vote are on disk at return; a commit index alone may wait for the next sync.
   */
  append(batches: readonly WalBatch[]): void {
    this.#run(() => {
      let mustSync = false;
      for (const batch of batches) mustSync = this.#add(batch) || mustSync;
      this.#write();
      if (mustSync) this.#sync();
      if (this.#offset >= this.#segmentBytes) this.#cut();
    });
  }

  /**
   * Records that a snapshot is on disk, and syncs. Its .snap file must be durable by now. When it
   * is ahead of the commit index, the append that raises the commit index to it will sync.
   */
  saveSnapshot(snapshot: WalSnapshot): void {
    assert(snapshot.confState !== undefined || snapshot.index === 0, 'a snapshot has a ConfState');
    this.#run(() => {
      this.#framer.add(RecordType.snapshot, WalSnapshot.encode(snapshot));
      this.#lastIndex = Math.max(this.#lastIndex, snapshot.index);
      this.#snapshotIndex = Math.max(this.#snapshotIndex, snapshot.index);
      this.#write();
      this.#sync();
    });
  }

  /** Does one step of making the next segment ahead of need; false when no work is left. */
  prepareNext(): boolean {
    if (this.#state !== 'open' || !this.#preparesAhead || this.#next.isReady) return false;
    try {
      this.#next.prepare();
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.#preparesAhead = false;
      this.#logger.warn('failed to preallocate the next WAL segment', { error: error.message });
      this.#run(() => {
        this.#next.discard();
      });
    }
    return true;
  }

  /**
   * Removes the oldest segments until `segmentsMax` are left, or until the next one is needed by
   * a start from the newest usable snapshot; 0 removes none.
   */
  purge(segmentsMax: number): void {
    this.#run(() => {
      if (segmentsMax === 0) return;
      const segments = listSegments(this.#files, this.#directory);
      const needed = segmentAt(segments, this.#startIndex);
      const surplus = Math.max(0, segments.length - segmentsMax);
      const removed = segments.slice(0, Math.min(needed, surplus));
      for (const segment of removed) {
        const path = this.#path(segment);
        this.#files.remove(path);
        // One by one: a removal that outlives an earlier one would leave a hole in the sequence.
        this.#files.syncDirectory(this.#directory);
        this.#logger.info('purged', { path });
      }
    });
  }

  /** Index of the newest snapshot that a start can use for sure. */
  get startIndex(): LogIndex {
    return this.#startIndex;
  }

  /** Syncs what is not yet on disk and lets go of the log. Closing again does nothing. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#run(() => {
      if (!this.#isSynced) this.#sync();
      this.#next.discard();
      this.#file.close();
    });
    this.#state = 'closed';
  }

  checkInvariants(): void {
    assert(this.#startIndex <= this.#syncedCommit, 'start <= synced commit');
    assert(this.#syncedCommit <= this.#hardState.commit, 'synced commit <= commit');
    assert(this.#startIndex <= this.#snapshotIndex, 'start <= newest snapshot');
    assert(this.#snapshotIndex <= this.#lastIndex, 'newest snapshot <= last index');
    assert(this.#framer.length === 0, 'nothing is framed and not written');
    assert(this.#offset % 8 === 0, 'records are aligned');
  }

  /** Frames a batch; true when it must be synced. */
  #add(batch: WalBatch): boolean {
    let mustSync = batch.lastIndex > 0;
    visitBatch(batch, (type, data) => {
      this.#framer.add(type, data);
      if (type !== RecordType.state) return;
      const before = this.#hardState;
      this.#hardState = HardState.decode(data);
      const { term, vote, commit } = this.#hardState;
      const reachesSnapshot =
        this.#startIndex < this.#snapshotIndex && commit >= this.#snapshotIndex;
      if (term !== before.term || vote !== before.vote || reachesSnapshot) mustSync = true;
    });
    if (batch.lastIndex > 0) this.#lastIndex = batch.lastIndex;
    return mustSync;
  }

  #write(): void {
    if (this.#framer.length === 0) return;
    this.#file.write(this.#framer.frames(), this.#offset);
    this.#offset += this.#framer.length;
    this.#framer.clear();
    this.#isSynced = false;
  }

  #sync(): void {
    this.#file.dataSync();
    this.#isSynced = true;
    this.#syncedCommit = this.#hardState.commit;
    if (this.#snapshotIndex <= this.#syncedCommit) this.#startIndex = this.#snapshotIndex;
  }

  /**
   * Closes the segment and begins the next. The order keeps the log whole at every step: the old
   * segment ends for good before the new one has its name, and the new one has its header.
   */
  #cut(): void {
    this.#file.truncate(this.#offset);
    this.#sync();
    const file = this.#next.take();
    addSegmentHeader(this.#framer, { metadata: this.#metadata, hardState: this.#hardState });
    file.write(this.#framer.frames(), 0);
    file.dataSync();
    const segment = { sequence: this.#segment.sequence + 1, firstIndex: this.#lastIndex + 1 };
    const path = this.#path(segment);
    this.#files.rename(file.path, path);
    this.#files.syncDirectory(this.#directory);

    this.#file.close();
    this.#file = file;
    this.#segment = segment;
    this.#offset = this.#framer.length;
    this.#framer.clear();
    this.#preparesAhead = true;
    this.#logger.info('created a new WAL segment', { path });
  }

  #path(segment: SegmentName): string {
    return `${this.#directory}/${formatSegmentName(segment)}`;
  }

  #run(operation: () => void): void {
    if (this.#state === 'closed') throw new WalError('WAL_CLOSED', 'wal: closed');
    if (this.#state === 'failed') throw new WalError('WAL_FAILED', 'wal: failed before');
    this.#state = 'failed';
    try {
      operation();
    } catch (error) {
      throw asWalError(error);
    }
    this.#state = 'open';
  }
}
