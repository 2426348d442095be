/** Who has locked a file, as etcd locks its database and its log while it runs. */
export interface FileLocks {
  /**
   * The paths among those given, all of files that are there, that some other process has locked.
   * Where the system does not tell, none.
   */
  lockedByOthers(paths: readonly string[]): string[];
}
