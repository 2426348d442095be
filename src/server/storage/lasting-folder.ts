import { dirname } from 'node:path';
import type { FileSystem } from '../../base/ports/file-system.ts';

/** Makes a folder, and any missing one above it, such that a power loss takes none of them. */
export function makeLasting(files: FileSystem, folder: string): void {
  const parent = dirname(folder);
  if (files.stat(parent) === undefined) makeLasting(files, parent);
  files.makeDirectory(folder);
  files.syncDirectory(parent);
}
