/** The log of a stopped member as a start would read it; nothing is changed. */
import type { FileSystem } from '../../base/ports/file-system.ts';
import type { Snapshot } from '../../pb/index.ts';
import {
  decodeSnapshotFile,
  readWal,
  validSnapshots,
  type WalContents,
  WalError,
} from '../../wal/index.ts';
import type { DataDirPaths } from './data-dir-paths.ts';

export interface StoppedLog extends WalContents {
  /** The newest that the log counts, which its entries are behind; undefined without any. */
  readonly snapshot: Snapshot | undefined;
}

/** Throws WalError and FileError. */
export function readStoppedLog(paths: DataDirPaths, files: FileSystem): StoppedLog {
  const { wal: directory } = paths;
  const recorded = validSnapshots(files, directory);
  const snapshot = soundSnapshots(paths, files).findLast(({ metadata: { index, term } }) =>
    recorded.some((id) => id.index === index && id.term === term),
  );
  const { index, term } = snapshot?.metadata ?? { index: 0, term: 0 };
  return { ...readWal({ files, directory, start: { index, term } }), snapshot };
}

const SNAPSHOT_NAME = /^[0-9a-f]{16}-[0-9a-f]{16}\.snap$/;

/** Oldest first; a damaged one is passed over, as by a start. */
function soundSnapshots({ snapshots }: DataDirPaths, files: FileSystem): Snapshot[] {
  const names = files.stat(snapshots) === undefined ? [] : files.list(snapshots);
  return names
    .filter((name) => SNAPSHOT_NAME.test(name))
    .flatMap((name) => {
      try {
        return [decodeSnapshotFile(files.readFile(`${snapshots}/${name}`))];
      } catch (error) {
        if (!(error instanceof WalError)) throw error;
        return [];
      }
    });
}
