/**
 * The `.snap` files: one raft snapshot each, named by its term and index. What a snapshot's data
 * means is not known here.
 */
import { crc32c } from '../base/crc32c.ts';
import type { FileSystem } from '../base/ports/file-system.ts';
import type { Logger } from '../base/ports/logger.ts';
import { Snapshot, SnapshotFile, WireError } from '../pb/index.ts';
import type { SnapshotId } from './log-contents.ts';
import { hex16 } from './segment-name.ts';
import { asWalError, WalError } from './wal-error.ts';

export interface SnapshotFilesOptions {
  readonly files: FileSystem;
  readonly logger: Logger;
  /** The existing folder `member/snap`. */
  readonly directory: string;
}

/** Methods throw WalError. */
export class SnapshotFiles {
  readonly #files: FileSystem;
  readonly #logger: Logger;
  readonly #directory: string;

  constructor(options: SnapshotFilesOptions) {
    this.#files = options.files;
    this.#logger = options.logger;
    this.#directory = options.directory;
  }

  /** Writes a snapshot; at return it is on disk, whole and under its name. */
  save(snapshot: Snapshot): void {
    const { term, index } = snapshot.metadata;
    const data = Snapshot.encode(snapshot);
    const content = SnapshotFile.encode({ crc: crc32c(data), data });
    // The name ends differently than a snapshot's, and a start of etcd removes what begins so.
    const temporary = this.#path('tmp-snapshot');
    this.#run(() => {
      if (this.#files.stat(temporary) !== undefined) this.#files.remove(temporary);
      const file = this.#files.open(temporary, 'create');
      try {
        file.write(content, 0);
        file.dataSync();
      } finally {
        file.close();
      }
      this.#files.rename(temporary, this.#path(`${hex16(term)}-${hex16(index)}.snap`));
      this.#files.syncDirectory(this.#directory);
    });
  }

  /**
   * The newest sound snapshot that is among `valid`, undefined when there is none. A damaged file
   * is set aside as `.broken` and the next older one tried.
   */
  loadNewest(valid: readonly SnapshotId[]): Snapshot | undefined {
    return this.#run(() => {
      for (const name of this.#names().reverse()) {
        const snapshot = this.#loadOrSetAside(name);
        if (snapshot === undefined) continue;
        const { index, term } = snapshot.metadata;
        if (valid.some((id) => id.index === index && id.term === term)) return snapshot;
      }
      return undefined;
    });
  }

  /**
   * Removes the oldest files until `snapshotsMax` are left, but none from index `startIndex` on:
   * a start may need those. 0 removes none.
   */
  purge(snapshotsMax: number, startIndex: number): void {
    this.#run(() => {
      if (snapshotsMax === 0) return;
      const names = this.#names();
      for (const name of names.slice(0, Math.max(0, names.length - snapshotsMax))) {
        if (indexOf(name) >= startIndex) continue;
        this.#files.remove(this.#path(name));
        this.#logger.info('purged', { path: this.#path(name) });
      }
    });
  }

  /** Names of snapshots, oldest first. */
  #names(): string[] {
    return this.#files.list(this.#directory).filter((name) => SNAPSHOT_NAME.test(name));
  }

  #loadOrSetAside(name: string): Snapshot | undefined {
    const path = this.#path(name);
    try {
      return decodeSnapshotFile(this.#files.readFile(path));
    } catch (error) {
      if (!(error instanceof WalError)) throw error;
      this.#files.rename(path, `${path}.broken`);
      this.#files.syncDirectory(this.#directory);
      this.#logger.warn('set a broken snap file aside', { path, error: error.message });
      return undefined;
    }
  }

  #path(name: string): string {
    return `${this.#directory}/${name}`;
  }

  #run<T>(operation: () => T): T {
    try {
      return operation();
    } catch (error) {
      throw asWalError(error);
    }
  }
}

const SNAPSHOT_NAME = /^[0-9a-f]{16}-([0-9a-f]{16})\.snap$/;

function indexOf(name: string): number {
  return Number.parseInt(SNAPSHOT_NAME.exec(name)?.[1] ?? '', 16);
}

/** Content of a .snap file. Throws SNAP_EMPTY, SNAP_CRC_MISMATCH and SNAP_CORRUPT. */
export function decodeSnapshotFile(bytes: Uint8Array): Snapshot {
  try {
    const { crc, data } = SnapshotFile.decode(bytes);
    if (data === undefined || data.length === 0 || crc === 0) {
      throw new WalError('SNAP_EMPTY', 'snap: empty snapshot');
    }
    if (crc32c(data) !== crc) throw new WalError('SNAP_CRC_MISMATCH', 'snap: crc mismatch');
    return Snapshot.decode(data);
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new WalError('SNAP_CORRUPT', `snap: ${cause.message}`, { cause });
  }
}
