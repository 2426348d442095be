/**
 * The log as its bytes say it is, by a second reader that is simpler than the member's own: it
 * follows frames and checksums, stops at the first that is wrong, and refuses nothing.
 */
import { crc32c } from '../../src/base/crc32c.ts';
import type { FileSystem } from '../../src/base/ports/file-system.ts';
import { Entry, WalRecord, WireError } from '../../src/pb/index.ts';
import { segmentPaths } from './disk-paths.ts';

const ENTRY = 2;
const CRC = 4;

/** A sound record: bytes [start, end) of its file, padding included. */
export interface Frame {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly type: number;
}

export interface SurvivingLog {
  /** By index. */
  readonly entries: ReadonlyMap<number, Entry>;
  readonly frames: readonly Frame[];
}

export function survivingLog(files: FileSystem): SurvivingLog {
  const entries = new Map<number, Entry>();
  const frames: Frame[] = [];
  let crc: number | undefined;
  for (const path of segmentPaths(files)) {
    const bytes = files.readFile(path);
    for (let start = 0; ; ) {
      const record = recordAt(bytes, start);
      if (record === 'end') break;
      if (record === 'damaged') return { entries, frames };
      const { type, data = new Uint8Array(0), crc: stored, end } = record;
      if (type === CRC) crc ??= stored;
      crc = crc32c(data, crc);
      if (crc !== stored) return { entries, frames };
      if (type === ENTRY) addEntry(entries, Entry.decode(data));
      frames.push({ path, start, end, type });
      start = end;
    }
  }
  return { entries, frames };
}

/** 0 when there is no entry. */
export function lastIndexOf({ entries }: Pick<SurvivingLog, 'entries'>): number {
  return Math.max(0, ...entries.keys());
}

function recordAt(
  bytes: Uint8Array,
  start: number,
): (WalRecord & { readonly end: number }) | 'end' | 'damaged' {
  if (start + 8 > bytes.length) return 'end';
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(start, true);
  if (length === 0) return 'end';
  const end = start + 8 + Math.ceil(length / 8) * 8;
  if (end > bytes.length) return 'damaged';
  try {
    return { ...WalRecord.decode(bytes.subarray(start + 8, start + 8 + length)), end };
  } catch (error) {
    if (error instanceof WireError) return 'damaged';
    throw error;
  }
}

/** An entry replaces the one of its index and all behind it. */
function addEntry(entries: Map<number, Entry>, entry: Entry): void {
  for (const index of entries.keys()) if (index >= entry.index) entries.delete(index);
  entries.set(entry.index, entry);
}
