import type { FileSystem } from '../base/ports/file-system.ts';
import { formatSegmentName, type SegmentName } from './segment-name.ts';
import { type LogRecord, SegmentReader } from './segment-reader.ts';
import { WalError } from './wal-error.ts';

/** Where the log ends and the next record goes. */
export interface LogEnd {
  /** Position in the last segment. */
  readonly offset: number;
  /** Running checksum. */
  readonly crc: number;
  /** The WAL_TORN at `offset`, when an interrupted write lies there. */
  readonly torn: WalError | undefined;
}

/**
 * Hands every record of `segments`, in order, to `visit`. The checksum chain is taken from the
 * first segment and must hold from there to the end. An interrupted write ends the log as if
 * nothing lay there; other damage throws, as {@link SegmentReader} does.
 */
export function readLog(
  source: { readonly files: FileSystem; readonly directory: string },
  segments: readonly SegmentName[],
  visit: (record: LogRecord) => void,
): LogEnd {
  let end: LogEnd | undefined;
  for (const [position, segment] of segments.entries()) {
    const name = formatSegmentName(segment);
    const file = source.files.open(`${source.directory}/${name}`, 'read');
    try {
      const isLast = position === segments.length - 1;
      const reader = new SegmentReader({ file, name, crc: end?.crc, isLast });
      const torn = readSegment(reader, visit);
      end = { offset: reader.offset, crc: reader.crc, torn };
    } finally {
      file.close();
    }
  }
  return end ?? { offset: 0, crc: 0, torn: undefined };
}

/** Returns the WAL_TORN that the segment ends with, if it does. */
function readSegment(
  reader: SegmentReader,
  visit: (record: LogRecord) => void,
): WalError | undefined {
  try {
    for (let record = reader.next(); record !== undefined; record = reader.next()) visit(record);
    return undefined;
  } catch (error) {
    if (error instanceof WalError && error.code === 'WAL_TORN') return error;
    throw error;
  }
}
