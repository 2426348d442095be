/** The flags that say where a member's data is. */
import { resolve } from 'node:path';
import { type DataDirPaths, dataDirPaths } from '../../offline/data-dir-paths.ts';
import type { Flag, FlagValues } from './command.ts';

export const DATA_DIR_FLAG: Flag = {
  name: 'data-dir',
  type: 'string',
  about: 'Path to the etcd data dir',
  isRequired: true,
};

export const WAL_DIR_FLAG: Flag = {
  name: 'wal-dir',
  type: 'string',
  about: 'Path to the etcd wal dir',
};

export function pathsOf(flags: FlagValues): DataDirPaths {
  const walDir = flags.text('wal-dir');
  return dataDirPaths(resolve(flags.text('data-dir')), walDir === '' ? undefined : resolve(walDir));
}
