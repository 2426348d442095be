import type { FileSystem } from '../base/ports/file-system.ts';
import { formatSegmentName, type SegmentName } from './segment-name.ts';
import { type LogRecord, SegmentReader } from './segment-reader.ts';

/** Where the log ends and the next record goes. */
export interface LogEnd {
  /** Position in the last segment. */
  readonly offset: number;
  /** Running checksum. */
  readonly crc: number;
}

/**
 * Hands every record of `segments`, in order, to `visit`. The checksum chain is taken from the
 * first segment and must hold from there to the end. Throws what {@link SegmentReader} throws.
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
      for (let record = reader.next(); record !== undefined; record = reader.next()) visit(record);
      end = { offset: reader.offset, crc: reader.crc };
    } finally {
      file.close();
    }
  }
  return end ?? { offset: 0, crc: 0 };
}
