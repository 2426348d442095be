/** What an interrupted run leaves, by names that no start takes for anything. */
import type { FileSystem } from '../../../base/ports/file-system.ts';
import type { DataDirPaths } from '../data-dir-paths.ts';

/** The database on its way; a start of etcd removes files with such names. */
export function unfinishedPath({ snapshots }: DataDirPaths): string {
  return `${snapshots}/tmp-migrated-db`;
}

/** Where our state lies once it is given up. */
export function formerPath({ member }: DataDirPaths): string {
  return `${member}/kv.migrated`;
}

/** Removes both. */
export function removeLeftOvers(paths: DataDirPaths, files: FileSystem): void {
  removeIfThere(unfinishedPath(paths), paths.snapshots, files);
  removeIfThere(formerPath(paths), paths.member, files);
}

/** Removes a file or folder for good. */
export function removeIfThere(path: string, folder: string, files: FileSystem): void {
  if (files.stat(path) === undefined) return;
  files.removeTree(path);
  files.syncDirectory(folder);
}
