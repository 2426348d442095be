import { BboltFile } from '../../bbolt/index.ts';
import { OfflineError } from './errors.ts';
import type { OfflinePorts } from './ports.ts';

/**
 * Opens a database file for `use`, and closes it. Rejects with OFFLINE_REFUSED when a process works
 * on it, such as an etcd that runs; with FileError and BboltError.
 */
export async function withDatabase<T>(
  path: string,
  { files, locks }: Pick<OfflinePorts, 'files' | 'locks'>,
  use: (file: BboltFile) => Promise<T>,
): Promise<T> {
  const handle = files.open(path, 'read');
  try {
    if (locks.lockedByOthers([path]).length > 0) {
      throw new OfflineError('OFFLINE_REFUSED', `${path} is in use by another process`);
    }
    return await use(BboltFile.open(handle));
  } finally {
    handle.close();
  }
}
