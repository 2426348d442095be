/**
 * Raft snapshots: after every so many applied entries the log before them is given up. State up
 * to the snapshot's index is on disk in the backend before the .snap file and its WAL record are
 * (design decision 2).
 */
import type { LogIndex, Term } from '../../base/ids.ts';
import type { Logger } from '../../base/ports/logger.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import type { WriteBuffer } from '../../mvcc/index.ts';
import { type ConfState, Snapshot, SnapshotMetadata } from '../../pb/index.ts';
import type { Raft } from '../../raft/index.ts';
import type { LogWriter, WalError } from '../../wal/index.ts';
import type { Cluster } from '../membership/cluster.ts';
import { v2StoreJson } from '../membership/v2-store-json.ts';

export interface SnapshotOptions {
  /** Applied entries between two snapshots. */
  readonly entries: number;
  /** Entries kept in memory behind a snapshot, for members that lag. */
  readonly catchUpEntries: number;
  /**
   * A log in memory that has grown by more makes a snapshot due, however few entries they are;
   * half of it is kept, all of it for members that are being sent a state.
   */
  readonly logBytesMax: number;
  /** Files to keep, 0 for all. */
  readonly segmentsMax: number;
  readonly snapshotsMax: number;
}

export interface SnapshotPorts {
  readonly raft: Raft;
  readonly log: LogWriter;
  readonly buffer: WriteBuffer;
  readonly cluster: Cluster;
  readonly logger: Logger;
  readonly fatal: (error: unknown) => void;
}

/** Where the applied state stands, all of one moment. */
export interface AppliedPoint {
  readonly index: LogIndex;
  readonly term: Term;
  readonly confState: ConfState;
}

export class Snapshots {
  readonly #options: SnapshotOptions;
  readonly #ports: SnapshotPorts;
  #lastIndex: LogIndex;
  /** Log in memory when the last snapshot was done. */
  #lastLogBytes: number;
  #isRunning = false;
  #isForced = false;

  constructor(options: SnapshotOptions, lastIndex: LogIndex, ports: SnapshotPorts) {
    this.#options = options;
    this.#lastIndex = lastIndex;
    this.#ports = ports;
    this.#lastLogBytes = ports.raft.logBytes;
  }

  /**
   * Makes a snapshot due, whatever has been applied, behind which no entries are kept: members of an
   * older version, which the cluster goes to, must not meet entries of the newer one.
   */
  force(): void {
    this.#isForced = true;
  }

  /** Whether so much has been applied since the last snapshot that one is due. */
  isDue(applied: LogIndex): boolean {
    if (this.#isRunning) return false;
    if (this.#isForced) return applied !== this.#lastIndex;
    const { entries, logBytesMax } = this.#options;
    const grownBytes = this.#ports.raft.logBytes - this.#lastLogBytes;
    return applied - this.#lastIndex > entries || grownBytes > logBytesMax;
  }

  /** Makes a snapshot of the state as it is at `point`, which is now. */
  make(point: AppliedPoint): void {
    this.#isRunning = true;
    const isForced = this.#isForced;
    this.#isForced = false;
    this.#make(point, isForced).then(
      () => {
        this.#isRunning = false;
      },
      (error: unknown) => this.#ports.fatal(error),
    );
  }

  /** Removes files that are not needed any more. */
  purge(): void {
    const { segmentsMax, snapshotsMax } = this.#options;
    this.#ports.log.purge({ segmentsMax, snapshotsMax }, (error) => {
      if (error !== undefined) this.#ports.fatal(error);
    });
  }

  async #make(point: AppliedPoint, isForced: boolean): Promise<void> {
    const { raft, log, buffer, cluster, logger } = this.#ports;
    const { index, term, confState } = point;
    const { members, removed, version } = cluster;
    const data = utf8Bytes(v2StoreJson({ members, removed, version }));
    const metadata = SnapshotMetadata.create({ confState, index, term });
    logger.info('triggering snapshot', { 'snapshot-index': index, 'snapshot-term': term });
    await buffer.flush();
    // Another member's, of a later index, has come meanwhile: the log begins there.
    if (index + 1 < raft.firstIndex) return;
    await settled((done) => log.saveSnapshot(Snapshot.create({ data, metadata }), done));
    this.#lastIndex = index;
    const compactTo = this.#compactTo(index, isForced);
    raft.compact(compactTo);
    this.#lastLogBytes = raft.logBytes;
    logger.info('saved snapshot', { 'snapshot-index': index, 'compact-index': compactTo });
  }

  /** Up to where the log in memory is given up, now that there is a snapshot at `index`. */
  #compactTo(index: LogIndex, isForced: boolean): LogIndex {
    const { raft } = this.#ports;
    const { catchUpEntries, logBytesMax } = this.#options;
    const tailBase = Math.max(index - catchUpEntries, raft.tailBase(logBytesMax / 2));
    // Who is being sent a state needs what comes behind it, or has to be sent another one.
    const awaited = Math.max(raft.awaitedAfter, raft.tailBase(logBytesMax));
    return Math.min(index, Math.max(1, Math.min(isForced ? index : tailBase, awaited)));
  }
}

function settled(start: (done: (error?: WalError) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}
