import type { ParsedRecord } from './record.ts';
import { isZero } from './zeros.ts';

/** What a disk writes as a whole, or not at all. */
export const SECTOR_BYTES = 512;

/** Bytes in which the type, the checksum and the length of the data lie. */
const RECORD_HEAD_BYTES = 24;

/**
 * Whether damage to the last record is what an interrupted write leaves: the file ends inside the
 * record, or a whole sector of it was never written and is zero.
 *
 * A record head that is there and contradicts its frame was written so, or was damaged later: a
 * lost sector explains it only if it lies under the head.
 *
 * @param frame the record and its padding, as far as the file goes
 * @param position of `frame` in the file
 */
export function looksTorn(
  frame: Uint8Array,
  position: number,
  record: ParsedRecord | 'cut' | 'malformed',
): boolean {
  if (record === 'cut') return true;
  const lost = firstLostSector(frame, position);
  return lost >= 0 && (record !== 'malformed' || lost < RECORD_HEAD_BYTES);
}

/** Where in `frame` the first sector begins of which every byte here is zero, or -1. */
function firstLostSector(frame: Uint8Array, position: number): number {
  let start = 0;
  while (start < frame.length) {
    const end = Math.min(start + SECTOR_BYTES - ((position + start) % SECTOR_BYTES), frame.length);
    if (isZero(frame.subarray(start, end))) return start;
    start = end;
  }
  return -1;
}
