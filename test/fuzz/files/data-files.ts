/** Files as a member keeps them: what is mutated, and what whoever reads them is given. */

/** Content by path; what is there is not changed in place. */
export type DataFiles = ReadonlyMap<string, Uint8Array>;

/** Sound files, and how much of what can be done to files fits them. */
export interface Seed {
  readonly name: string;
  /** A log has segments in `wal/` and snapshots in `snap/`; what etcd leaves has a database, too. */
  readonly kind: 'database' | 'log' | 'both';
  readonly files: DataFiles;
  /** Of a database: no buckets in buckets, so that it can be written anew from its rows. */
  readonly isFlat: boolean;
  /** Of a database: it is the state of a member. */
  readonly isState: boolean;
}

export const DATABASE = 'snap/db';

export function databaseOf(files: DataFiles): Uint8Array {
  return contentOf(files, DATABASE);
}

export function contentOf(files: DataFiles, path: string): Uint8Array {
  const content = files.get(path);
  if (content === undefined) throw new TypeError(`no file ${path}`);
  return content;
}

export function replaced(files: DataFiles, path: string, content: Uint8Array): DataFiles {
  return new Map(files).set(path, content);
}

/** Segments, or snapshots. */
export function pathsIn(files: DataFiles, folder: 'wal' | 'snap'): string[] {
  const ends = `.${folder}`;
  return [...files.keys()].filter((path) => path.startsWith(folder) && path.endsWith(ends)).sort();
}
