import { assert } from '../base/assert.ts';
import type { FileSystem } from '../base/ports/file-system.ts';
import { HardState, WalSnapshot } from '../pb/index.ts';
import { RecordType } from './record.ts';
import { RecordFramer } from './record-framer.ts';
import { addSegmentHeader, SEGMENT_BYTES } from './segment-header.ts';
import { formatSegmentName, parentOf, walExists } from './segment-name.ts';
import { asWalError, WalError } from './wal-error.ts';
import type { WalPosition } from './wal-position.ts';

export interface CreateWalOptions {
  readonly files: FileSystem;
  /** Absolute path without a slash at its end; its parent folder exists. */
  readonly directory: string;
  /** Encoded WalMetadata of this member. */
  readonly metadata: Uint8Array;
  readonly segmentBytes?: number;
}

/**
 * Makes the log of a new member: one segment with its header and the empty snapshot. The folder
 * gets its name last, so that after a crash there is either a whole log or none. Throws
 * WAL_EXISTS and WAL_IO.
 */
export function createWal(options: CreateWalOptions): WalPosition {
  const { files, directory, metadata } = options;
  assert(/[^/]$/.test(directory), 'the folder has a name');
  try {
    if (walExists(files, directory)) throw new WalError('WAL_EXISTS', 'wal: file already exists');
    const segment = { sequence: 0, firstIndex: 0 };
    const hardState = HardState.create();
    const framer = new RecordFramer(0);
    addSegmentHeader(framer, { metadata, hardState });
    framer.add(RecordType.snapshot, WalSnapshot.encode(WalSnapshot.create()));

    const temporary = `${directory}.tmp`;
    files.removeTree(temporary);
    files.makeDirectory(temporary);
    const file = files.open(`${temporary}/${formatSegmentName(segment)}`, 'create');
    try {
      file.write(framer.frames(), 0);
      file.preallocate(options.segmentBytes ?? SEGMENT_BYTES);
      file.dataSync();
    } finally {
      file.close();
    }
    files.syncDirectory(temporary);
    files.rename(temporary, directory);
    files.syncDirectory(parentOf(directory));
    return {
      directory,
      segment,
      offset: framer.length,
      crc: framer.crc,
      metadata,
      hardState,
      lastIndex: 0,
      snapshotIndex: 0,
    };
  } catch (error) {
    throw asWalError(error);
  }
}
