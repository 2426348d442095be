/** The files of the WAL thread, with their writes and syncs measured. */
import type { FileHandle, FileSystem } from '../../base/ports/file-system.ts';
import type { WalMeters } from './wal-meters.ts';

/** `files`, but what lies in `snapshotDirectory` is measured as .snap files, the rest as the log. */
export function measuredFiles(
  files: FileSystem,
  snapshotDirectory: string,
  meters: WalMeters,
): FileSystem {
  return {
    open: (path, mode) => {
      const file = files.open(path, mode);
      return path.startsWith(`${snapshotDirectory}/`)
        ? measuredSnapshot(file, meters)
        : measuredSegment(file, meters);
    },
    readFile: (path) => files.readFile(path),
    stat: (path) => files.stat(path),
    list: (path) => files.list(path),
    makeDirectory: (path) => files.makeDirectory(path),
    rename: (from, to) => files.rename(from, to),
    remove: (path) => files.remove(path),
    removeTree: (path) => files.removeTree(path),
    syncDirectory: (path) => files.syncDirectory(path),
  };
}

function measuredSegment(file: FileHandle, meters: WalMeters): FileHandle {
  let isWritten = false;
  return {
    ...forwarded(file),
    write: (bytes, position) => {
      isWritten = true;
      const startMs = performance.now();
      file.write(bytes, position);
      meters.writeSeconds.observe((performance.now() - startMs) / 1000);
      meters.addWrittenBytes(bytes.length);
    },
    dataSync: () => {
      const startMs = performance.now();
      file.dataSync();
      // Nobody waits for the syncs that make the next segment ahead of need.
      if (!isWritten) return;
      isWritten = false;
      meters.syncSeconds.observe((performance.now() - startMs) / 1000);
    },
  };
}

function measuredSnapshot(file: FileHandle, meters: WalMeters): FileHandle {
  return {
    ...forwarded(file),
    dataSync: () => {
      const startMs = performance.now();
      file.dataSync();
      meters.snapshotSyncSeconds.observe((performance.now() - startMs) / 1000);
    },
  };
}

/** The same file as an object that can be spread. */
function forwarded(file: FileHandle): FileHandle {
  return {
    path: file.path,
    sizeBytes: () => file.sizeBytes(),
    read: (target, position) => file.read(target, position),
    write: (bytes, position) => file.write(bytes, position),
    truncate: (sizeBytes) => file.truncate(sizeBytes),
    preallocate: (sizeBytes) => file.preallocate(sizeBytes),
    dataSync: () => file.dataSync(),
    close: () => file.close(),
  };
}
