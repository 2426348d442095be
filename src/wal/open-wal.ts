import { defined } from '../base/assert.ts';
import type { LogIndex } from '../base/ids.ts';
import type { FileSystem } from '../base/ports/file-system.ts';
import type { Logger } from '../base/ports/logger.ts';
import type { Entry, HardState } from '../pb/index.ts';
import { LogContents, type SnapshotId } from './log-contents.ts';
import { type LogEnd, readLog } from './read-log.ts';
import { SEGMENT_BYTES } from './segment-header.ts';
import {
  formatSegmentName,
  listSegments,
  parentOf,
  type SegmentName,
  segmentAt,
} from './segment-name.ts';
import { clearTail, cutTornTail } from './tail-repair.ts';
import { asWalError, type WalError } from './wal-error.ts';
import type { WalPosition } from './wal-position.ts';

export interface ReadWalOptions {
  readonly files: FileSystem;
  readonly directory: string;
  /** The snapshot to read from: one of {@link validSnapshots}, or {0, 0}. */
  readonly start: SnapshotId;
}

export interface OpenWalOptions extends ReadWalOptions {
  readonly logger: Logger;
  readonly segmentBytes?: number;
  /**
   * Called with the index of the last entry, or of `start` without any, before anything is
   * written; what it throws leaves the log as it is.
   */
  readonly accept?: (lastIndex: LogIndex) => void;
}

export interface WalContents {
  readonly metadata: Uint8Array;
  /** The last one written; all zero when none was. */
  readonly hardState: HardState;
  /** Entries after the snapshot, gap-free; those beyond `hardState.commit` may be replaced. */
  readonly entries: Entry[];
}

export interface WalReading extends WalContents {
  /** The interrupted write at the end, which opening the log would cut off. */
  readonly torn: WalError | undefined;
}

export interface OpenedWal extends WalContents {
  /** For the writer. */
  readonly position: WalPosition;
}

/**
 * Reads the log from a snapshot on and leaves it as it is; an interrupted write at the end is
 * passed over, any other damage throws. Throws WalError.
 */
export function readWal(options: ReadWalOptions): WalReading {
  try {
    const { contents, end } = read(options);
    const { metadata, hardState, entries } = contents;
    return { metadata, hardState, entries, torn: end.torn };
  } catch (error) {
    throw asWalError(error);
  }
}

/**
 * Reads the log from a snapshot on and makes its end fit for appending; all that it returns is on
 * disk. An interrupted write at the end is cut off; any other damage throws, and nothing is
 * written then. No file stays open. Throws WalError.
 */
export function openWal(options: OpenWalOptions): OpenedWal {
  try {
    return readAndSecure(options);
  } catch (error) {
    throw asWalError(error);
  }
}

function read({ files, directory, start }: ReadWalOptions): {
  contents: LogContents;
  last: SegmentName;
  end: LogEnd;
} {
  const all = listSegments(files, directory);
  const segments = all.slice(segmentAt(all, start.index));
  const first = segments[0] as SegmentName;
  const contents = new LogContents(start, first.firstIndex - 1);
  const end = readLog({ files, directory }, segments, (record) => {
    contents.add(record);
  });
  contents.finish();
  return { contents, last: segments.at(-1) as SegmentName, end };
}

function readAndSecure(options: OpenWalOptions): OpenedWal {
  const { directory, start } = options;
  const { contents, last, end } = read(options);
  const { metadata, hardState, entries, lastIndex } = contents;
  options.accept?.(start.index + entries.length);
  if (end.torn !== undefined) repair(options, end.torn);
  secure(options, last, end);
  const position: WalPosition = {
    offset: end.offset,
    crc: end.crc,
    directory,
    segment: last,
    metadata,
    hardState,
    lastIndex,
    snapshotIndex: start.index,
  };
  return { metadata, hardState, entries, position };
}

/**
 * Makes sure that a power loss takes nothing of what was read: the process before this one may
 * have died between a write or a rename and its sync. Earlier segments were synced when they ended.
 */
function secure(options: OpenWalOptions, last: SegmentName, end: LogEnd): void {
  const { files, directory } = options;
  const file = files.open(`${directory}/${formatSegmentName(last)}`, 'write');
  try {
    clearTail(file, end.offset, options.segmentBytes ?? SEGMENT_BYTES);
  } finally {
    file.close();
  }
  files.syncDirectory(directory);
  files.syncDirectory(parentOf(directory));
}

function repair(options: OpenWalOptions, torn: WalError): void {
  const { files, logger, directory } = options;
  const { file, offset } = defined(torn.place, 'an interrupted write has a place');
  const path = `${directory}/${file}`;
  logger.warn('repairing WAL: its last write was interrupted', {
    path,
    offset,
    error: torn.message,
  });
  cutTornTail(files, path, offset);
  logger.info('repaired WAL', { path });
}
