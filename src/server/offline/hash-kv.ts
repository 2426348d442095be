/** The hash by which members compare their keys (HashKV), of a state at rest. */
import { equalBytes } from '../../base/bytes.ts';
import type { Revision } from '../../base/ids.ts';
import {
  hashRows,
  loadMeta,
  MetaKey,
  type Outcome,
  type RevisionHash,
  readRevisionKey,
} from '../../mvcc/index.ts';
import { backendSource, type DatabaseSource, fileSource } from './database-source.ts';
import { findState } from './find-state.ts';
import { withDatabase } from './open-database.ts';
import type { OfflinePorts } from './ports.ts';

const COMPACTIONS = [MetaKey.scheduledCompactRev, MetaKey.finishedCompactRev];

/**
 * The hash as of `revision`, 0 being the last one. `path` is a database file, a snapshot file among
 * them, or a data directory, whose log is not looked at. Rejects with OFFLINE_REFUSED and BACKEND_LOCKED while a
 * process works on it, with BboltError, BackendError, FileError and for rows that are not etcd's.
 */
export async function hashKv(
  path: string,
  revision: Revision,
  ports: Pick<OfflinePorts, 'files' | 'locks' | 'openState'>,
): Promise<Outcome<RevisionHash>> {
  const { files, openState } = ports;
  const isFolder = files.stat(path)?.isDirectory === true;
  const state = isFolder ? findState(path, files) : ({ kind: 'database', path } as const);
  if (state.kind === 'database') {
    return withDatabase(state.path, ports, (file) => hashOf(fileSource(file), revision));
  }
  const backend = await openState(state.path);
  try {
    // Refuses a state with a gap.
    await loadMeta(backend);
    return await hashOf(backendSource(backend), revision);
  } finally {
    await backend.close();
  }
}

async function hashOf(source: DatabaseSource, revision: Revision): Promise<Outcome<RevisionHash>> {
  const compacted: Revision[] = [];
  for await (const rows of source.rows('meta')) {
    for (const { key, value } of rows) {
      if (COMPACTIONS.some((name) => equalBytes(name, key))) {
        compacted.push(readRevisionKey(value).main);
      }
    }
  }
  const compactRevision = compacted.length === 0 ? undefined : Math.max(...compacted);
  return hashRows({ rows: () => source.rows('key'), compactRevision }, revision);
}
