/** Where a data directory keeps its state: in our backend, or in the database of a real etcd. */
import { join } from 'node:path';
import type { FileSystem } from '../../base/ports/file-system.ts';

export interface FoundState {
  readonly kind: 'backend' | 'database';
  /** The folder of the backend, the database file; it need not be there. */
  readonly path: string;
}

/** A directory with neither counts as a real etcd's that has lost its database. */
export function findState(dataDir: string, files: FileSystem): FoundState {
  const folder = join(dataDir, 'member', 'kv');
  // Without its pointer a backend has no state yet.
  if (files.stat(`${folder}/current`) !== undefined) return { kind: 'backend', path: folder };
  return { kind: 'database', path: join(dataDir, 'member', 'snap', 'db') };
}
