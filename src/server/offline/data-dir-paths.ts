/** Where things lie in a data directory, of ours or of a real etcd: they differ in the state alone. */

export interface DataDirPaths {
  readonly dataDir: string;
  readonly member: string;
  /** The folder of our state. */
  readonly kv: string;
  /** The folder of the .snap files. */
  readonly snapshots: string;
  /** The database of a real etcd. */
  readonly database: string;
  readonly wal: string;
}

/** Absolute paths, without a slash at their ends; `walDir` when the log lies elsewhere. */
export function dataDirPaths(dataDir: string, walDir?: string): DataDirPaths {
  const member = `${dataDir}/member`;
  return {
    dataDir,
    member,
    kv: `${member}/kv`,
    snapshots: `${member}/snap`,
    database: `${member}/snap/db`,
    wal: walDir ?? `${member}/wal`,
  };
}
