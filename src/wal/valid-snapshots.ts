import type { FileSystem } from '../base/ports/file-system.ts';
import { HardState, WalSnapshot } from '../pb/index.ts';
import { decodeRecord, type SnapshotId } from './log-contents.ts';
import { readLog } from './read-log.ts';
import { RecordType } from './record.ts';
import { listSegments } from './segment-name.ts';

/**
 * The snapshots a start may use, oldest first: those recorded in the log and not beyond its last
 * commit index. Reads all segments; an interrupted write at the end is passed over, as opening
 * repairs it. Throws WalError.
 */
export function validSnapshots(files: FileSystem, directory: string): SnapshotId[] {
  const found: SnapshotId[] = [];
  let commit = 0;
  readLog({ files, directory }, listSegments(files, directory), (record) => {
    if (record.type === RecordType.state) commit = decodeRecord(HardState, record).commit;
    if (record.type !== RecordType.snapshot) return;
    const { index, term } = decodeRecord(WalSnapshot, record);
    found.push({ index, term });
  });
  return found.filter((snapshot) => snapshot.index <= commit);
}
