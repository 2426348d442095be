import type { FileSystem } from '../../base/ports/file-system.ts';
import { BboltFile } from '../../bbolt/index.ts';

/** Opens a database file for `use`, and closes it. Rejects with FileError and BboltError. */
export async function withDatabase<T>(
  path: string,
  files: FileSystem,
  use: (file: BboltFile) => Promise<T>,
): Promise<T> {
  const handle = files.open(path, 'read');
  try {
    return await use(BboltFile.open(handle));
  } finally {
    handle.close();
  }
}
