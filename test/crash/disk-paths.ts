/** Where a simulated member keeps what. */
import type { FileSystem } from '../../src/base/ports/file-system.ts';

export const MEMBER_DIR = '/data/member';
export const WAL_DIR = `${MEMBER_DIR}/wal`;
export const SNAP_DIR = `${MEMBER_DIR}/snap`;
export const STATE_DIR = `${MEMBER_DIR}/kv`;

/** Paths of the log's segments, oldest first. */
export function segmentPaths(files: FileSystem): string[] {
  return pathsIn(files, WAL_DIR, '.wal');
}

/** Paths of the .snap files, oldest first. */
export function snapshotPaths(files: FileSystem): string[] {
  return pathsIn(files, SNAP_DIR, '.snap');
}

function pathsIn(files: FileSystem, folder: string, ends: string): string[] {
  if (files.stat(folder)?.isDirectory !== true) return [];
  const names = files.list(folder).filter((name) => name.endsWith(ends));
  return names.map((name) => `${folder}/${name}`);
}
