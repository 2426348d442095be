/** Names of segment files: sequence number and first entry index, 16 hex digits each. */
import type { LogIndex } from '../base/ids.ts';
import type { FileSystem } from '../base/ports/file-system.ts';
import { WalError } from './wal-error.ts';

/**
 * One segment, by what its name says. Entries with an index below `firstIndex` may follow in it,
 * when a new leader replaced the end of the log; none of a later index is in a segment before it,
 * except replaced ones.
 */
export interface SegmentName {
  /** Counts up by one from segment to segment. */
  readonly sequence: number;
  readonly firstIndex: LogIndex;
}

export function formatSegmentName(segment: SegmentName): string {
  return `${hex16(segment.sequence)}-${hex16(segment.firstIndex)}.wal`;
}

/** Undefined for any other file. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const match = /^([0-9a-f]{16})-([0-9a-f]{16})\.wal$/.exec(name);
  if (match === null) return undefined;
  const sequence = Number.parseInt(match[1] as string, 16);
  const firstIndex = Number.parseInt(match[2] as string, 16);
  const isExact = Number.isSafeInteger(sequence) && Number.isSafeInteger(firstIndex);
  return isExact ? { sequence, firstIndex } : undefined;
}

/** True when the folder holds a segment: then this member has been started before. */
export function walExists(files: FileSystem, directory: string): boolean {
  return files.stat(directory) !== undefined && segmentsIn(files, directory).length > 0;
}

/** The segments of a folder in order. Throws WAL_NOT_FOUND and WAL_SEQUENCE. */
export function listSegments(files: FileSystem, directory: string): SegmentName[] {
  const segments = files.stat(directory) === undefined ? [] : segmentsIn(files, directory);
  if (segments.length === 0) throw new WalError('WAL_NOT_FOUND', 'wal: file not found');
  requireSequence(segments);
  return segments;
}

/**
 * Position of the segment that reading from a snapshot begins with: the last one that begins at
 * or below its index. Throws WAL_NO_SEGMENT.
 */
export function segmentAt(segments: readonly SegmentName[], snapshotIndex: LogIndex): number {
  const found = segments.findLastIndex((segment) => segment.firstIndex <= snapshotIndex);
  if (found >= 0) return found;
  throw new WalError(
    'WAL_NO_SEGMENT',
    `wal: file not found which matches the snapshot index '${snapshotIndex}'`,
  );
}

function segmentsIn(files: FileSystem, directory: string): SegmentName[] {
  return files
    .list(directory)
    .map(parseSegmentName)
    .filter((segment) => segment !== undefined);
}

function requireSequence(segments: readonly SegmentName[]): void {
  for (const [position, segment] of segments.entries()) {
    const before = segments[position - 1];
    if (before === undefined || segment.sequence === before.sequence + 1) continue;
    throw new WalError(
      'WAL_SEQUENCE',
      `wal: file sequence numbers (starting from ${position - 1}) do not increase continuously`,
    );
  }
}

/** The folder an absolute path lies in. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

export function hex16(value: number): string {
  return value.toString(16).padStart(16, '0');
}
