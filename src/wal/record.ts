/**
 * The unit of the log. On disk a record is a frame: an 8-byte length field, the record, and zero
 * bytes up to a multiple of 8, so that no length field crosses a disk sector. The record itself
 * is the message walpb.Record {type = 1, crc = 2, data = 3}, framed in place and read strictly.
 */
import { assert } from '../base/assert.ts';
import { EMPTY_BYTES } from '../base/bytes.ts';
import { Reader, WireError } from '../pb/index.ts';

export const RecordType = { metadata: 1, entry: 2, state: 3, crc: 4, snapshot: 5 } as const;

/** Bytes of a frame's length field, and the alignment of frames. */
export const FRAME_HEADER_BYTES = 8;

/** Tags of the record's three fields. */
export const RecordTag = { type: 0x08, crc: 0x10, data: 0x1a } as const;

/** The top byte of a length field is this, or'ed with the number of padding bytes, or zero. */
const PADDED = 0x80;
const TWO_TO_32 = 0x1_0000_0000;

/** Zero bytes after a record of this length. */
export function paddingFor(recordBytes: number): number {
  return -recordBytes & (FRAME_HEADER_BYTES - 1);
}

export function writeFrameHeader(target: DataView, at: number, recordBytes: number): void {
  assert(recordBytes > 0 && recordBytes < TWO_TO_32, 'a record fits its length field');
  target.setUint32(at, recordBytes, true);
  target.setUint32(at + 4, paddingFlags(recordBytes) << 24, true);
}

/** Length of the record, 0 for no record; undefined when no writer can have left this field. */
export function readFrameHeader(source: DataView): number | undefined {
  const low = source.getUint32(0, true);
  const high = source.getUint32(4, true);
  if (high >>> 24 !== paddingFlags(low)) return undefined;
  return (high & 0x00ff_ffff) * TWO_TO_32 + low;
}

function paddingFlags(recordBytes: number): number {
  const padding = paddingFor(recordBytes);
  return padding === 0 ? 0 : PADDED | padding;
}

/** A record that fills its frame exactly. Fields that are zero may be missing (etcd 3.7). */
export interface ParsedRecord {
  readonly type: number;
  readonly crc: number;
  /** A view of the input. */
  readonly data: Uint8Array;
}

/**
 * Reads a record of `recordBytes` from the start of `frame`, which holds it and its padding.
 * - `cut`: what is there begins such a record, but the bytes end too early.
 * - `malformed`: what is there contradicts the length, or is no record.
 */
export function parseRecord(
  frame: Uint8Array,
  recordBytes: number,
): ParsedRecord | 'cut' | 'malformed' {
  const isCut = frame.length < recordBytes + paddingFor(recordBytes);
  const reader = new Reader(frame, 0, Math.min(frame.length, recordBytes));
  let [type, crc, data] = [0, 0, EMPTY_BYTES];
  try {
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === RecordTag.type) type = reader.uint32();
      else if (tag === RecordTag.crc) crc = reader.uint32();
      else if (tag === RecordTag.data) data = reader.bytes();
      else return 'malformed';
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return isCut && error.code === 'WIRE_TRUNCATED' ? 'cut' : 'malformed';
  }
  return isCut ? 'cut' : { type, crc, data };
}
