/** All rows of bucket `key` up to a revision, as of one moment, slice by slice. */
import type { Revision } from '../../base/ids.ts';
import { Bucket } from '../../base/ports/backend.ts';
import { readRevisionKey, revisionKey } from '../backend/revision-key.ts';
import type { StorePorts } from '../store-ports.ts';
import type { PinnedState } from '../write-buffer.ts';
import type { KeyRow } from './kv-hash.ts';

/** Rows taken in one turn (of large ones fewer come): about a millisecond of work. */
export const SCAN_ROWS = 128;
/** Revisions of unflushed rows taken in one turn. */
const SCAN_REVISIONS = 128;

export interface RowScanOptions {
  /** Last revision that is wanted. */
  readonly to: Revision;
  /** Asked once a turn; the scan ends early when it says no. */
  readonly goesOn: () => boolean;
  readonly visit: (row: KeyRow) => void;
}

/** Visits the rows that `pinned` shows, in order. False when it ended early. */
export async function scanRows(
  ports: Pick<StorePorts, 'backend' | 'yieldTurn'>,
  pinned: PinnedState,
  options: RowScanOptions,
): Promise<boolean> {
  return (await scanView(ports, pinned, options)) && (await scanUnflushed(ports, pinned, options));
}

async function scanView(
  { backend, yieldTurn }: Pick<StorePorts, 'backend' | 'yieldTurn'>,
  pinned: PinnedState,
  { to, goesOn, visit }: RowScanOptions,
): Promise<boolean> {
  const end = Math.min(to + 1, pinned.unflushedFrom);
  if (end <= 0) return true;
  const cursor = backend.scan({
    bucket: Bucket.key,
    to: revisionKey(end, 0),
    view: pinned.view,
  });
  try {
    for (;;) {
      const rows = await cursor.next(SCAN_ROWS);
      if (rows.length === 0) return true;
      await yieldTurn();
      if (!goesOn()) return false;
      for (const { key: rowKey, value } of rows) {
        const { main, sub, tombstone } = readRevisionKey(rowKey);
        visit({ main, sub, tombstone, rowKey, value });
      }
    }
  } finally {
    await cursor.close();
  }
}

async function scanUnflushed(
  { yieldTurn }: Pick<StorePorts, 'yieldTurn'>,
  pinned: PinnedState,
  { to, goesOn, visit }: RowScanOptions,
): Promise<boolean> {
  for (let from = pinned.unflushedFrom; from <= to; from += SCAN_REVISIONS) {
    await yieldTurn();
    if (!goesOn()) return false;
    for (const row of pinned.unflushed(from, Math.min(to, from + SCAN_REVISIONS - 1))) {
      const rowKey = revisionKey(row.main, row.sub, row.tombstone);
      visit({ ...row, rowKey, value: row.kv });
    }
  }
  return true;
}
