/** A log as its records and back, with a checksum chain that holds; and snapshots likewise. */
import { concatBytes } from '../../../src/base/bytes.ts';
import { crc32c } from '../../../src/base/crc32c.ts';
import { SnapshotFile } from '../../../src/pb/index.ts';
import {
  FRAME_HEADER_BYTES,
  paddingFor,
  parseRecord,
  RecordType,
  readFrameHeader,
} from '../../../src/wal/record.ts';
import { RecordFramer } from '../../../src/wal/record-framer.ts';
import { contentOf, type DataFiles, pathsIn, replaced } from './data-files.ts';
import type { Part } from './mutate-parts.ts';

/** A type of one byte, as the framer writes it. */
const TYPE_MAX = 0x7f;

interface Frame {
  readonly type: number;
  readonly data: Uint8Array;
  /** Where it ends in its segment. */
  readonly end: number;
}

/** The records of a sound segment. */
export function framesOf(segment: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at + FRAME_HEADER_BYTES <= segment.length; ) {
    const header = new DataView(segment.buffer, segment.byteOffset + at, FRAME_HEADER_BYTES);
    const recordBytes = readFrameHeader(header) ?? 0;
    const end = at + FRAME_HEADER_BYTES + recordBytes + paddingFor(recordBytes);
    if (recordBytes === 0) break;
    const record = parseRecord(segment.subarray(at + FRAME_HEADER_BYTES, end), recordBytes);
    if (typeof record === 'string') throw new TypeError(`a ${record} record at ${at}`);
    frames.push({ ...record, end });
    at = end;
  }
  return frames;
}

export function recordsOf(files: DataFiles): Part[] {
  return pathsIn(files, 'wal').flatMap((group) =>
    framesOf(contentOf(files, group))
      .filter(({ type }) => type !== RecordType.crc)
      .map(({ type, data }) => ({ group, key: Uint8Array.of(type), value: data })),
  );
}

/** The same segments with these records, each one as long as it was or longer. */
export function logWith(files: DataFiles, records: readonly Part[]): DataFiles {
  let log = files;
  let crc = 0;
  for (const path of pathsIn(files, 'wal')) {
    const framer = new RecordFramer(crc);
    framer.addCrc();
    for (const { group, key, value } of records) {
      if (group !== path) continue;
      const type = (key[0] ?? 0) & TYPE_MAX;
      if (type === RecordType.crc) framer.addCrc();
      else framer.add(type, value);
    }
    crc = framer.crc;
    const rest = Math.max(0, contentOf(files, path).length - framer.length);
    log = replaced(log, path, concatBytes([framer.frames(), new Uint8Array(rest)]));
  }
  return log;
}

export function snapshotWith(
  file: Uint8Array,
  change: (snapshot: Uint8Array) => Uint8Array,
): Uint8Array {
  const data = change(SnapshotFile.decode(file).data ?? new Uint8Array(0));
  return SnapshotFile.encode({ crc: crc32c(data), data });
}
