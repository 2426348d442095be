/**
 * The data directory of a member that is stopped: one of ours, whose state is in `member/kv`, or a
 * real etcd's, whose state is `member/snap/db`. The log and the .snap files are alike.
 *
 * Opening takes the lock: ours is that of LevelDB (docs/decisions/0004), and is held until
 * `close`. A real etcd locks its files; whether one does is asked, where the system tells.
 */
import type { LogIndex } from '../../base/ids.ts';
import { type Backend, BackendError } from '../../base/ports/backend.ts';
import type { FileSystem } from '../../base/ports/file-system.ts';
import { utf8Text } from '../../base/utf8.ts';
import { BboltFile } from '../../bbolt/index.ts';
import type { OpenBackend } from '../io/state-dir.ts';
import { readPointer } from '../io/state-dir-pointer.ts';
import { readAnyFacts } from '../snapshot-image/image-facts.ts';
import type { FileLocks } from '../storage/file-locks.ts';
import type { DataDirPaths } from './data-dir-paths.ts';
import { backendSource, type DatabaseSource, fileSource } from './database-source.ts';
import { OfflineError } from './errors.ts';

export interface StoppedPorts {
  readonly files: FileSystem;
  readonly openBackend: OpenBackend<Backend>;
  readonly locks: FileLocks;
}

export type Layout = 'etcd-ts' | 'etcd';

interface OpenedState {
  readonly paths: DataDirPaths;
  readonly source: DatabaseSource;
  readonly close: () => Promise<void>;
}

export interface OwnState extends OpenedState {
  readonly layout: 'etcd-ts';
  readonly backend: Backend;
}

export interface EtcdState extends OpenedState {
  readonly layout: 'etcd';
  readonly file: BboltFile;
}

export type StoppedState = OwnState | EtcdState;

/**
 * Which kind of data directory it is. Both states are there when something was killed between
 * one and the other; the one that is further on counts then, ours if they are alike.
 *
 * Rejects with OFFLINE_REFUSED when a member runs on it, or there is no state, and with
 * BackendError, BboltError and FileError.
 */
export async function layoutOf(paths: DataDirPaths, ports: StoppedPorts): Promise<Layout> {
  const { files } = ports;
  const hasOwn = files.stat(paths.kv) !== undefined && readPointer(files, paths.kv) !== undefined;
  const hasDatabase = files.stat(paths.database) !== undefined;
  if (!hasOwn && !hasDatabase) {
    const text = `stat ${paths.database}: no such file or directory`;
    throw new OfflineError('OFFLINE_REFUSED', text);
  }
  if (!hasDatabase) return 'etcd-ts';
  if (!hasOwn) return 'etcd';
  const [own, etcd] = [
    await appliedIndex(await openOwnState(paths, ports)),
    await appliedIndex(openEtcdState(paths, ports)),
  ];
  return own >= etcd ? 'etcd-ts' : 'etcd';
}

/** Opens the state that counts. Rejects as {@link layoutOf} does. */
export async function openStoppedState(
  paths: DataDirPaths,
  ports: StoppedPorts,
): Promise<StoppedState> {
  const layout = await layoutOf(paths, ports);
  return layout === 'etcd-ts' ? openOwnState(paths, ports) : openEtcdState(paths, ports);
}

async function openOwnState(
  paths: DataDirPaths,
  { files, openBackend }: StoppedPorts,
): Promise<OwnState> {
  const number = readPointer(files, paths.kv);
  const backend = await inUse(() => openBackend(`${paths.kv}/${number}`, 'existing'));
  if (readPointer(files, paths.kv) !== number) {
    await backend.close();
    throw new OfflineError('OFFLINE_REFUSED', `${paths.kv} is in use by another process`);
  }
  const source = backendSource(backend);
  return { layout: 'etcd-ts', paths, backend, source, close: () => backend.close() };
}

async function inUse<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof BackendError) || error.code !== 'BACKEND_LOCKED') throw error;
    throw new OfflineError('OFFLINE_REFUSED', error.message, error);
  }
}

/** Throws OFFLINE_REFUSED, BboltError and FileError. */
function openEtcdState(paths: DataDirPaths, { files, locks }: StoppedPorts): EtcdState {
  const { database } = paths;
  if (locks.lockedByOthers([database]).length > 0) {
    throw new OfflineError('OFFLINE_REFUSED', `${database} is in use by another process`);
  }
  const handle = files.open(database, 'read');
  const close = (): Promise<void> => {
    handle.close();
    return Promise.resolve();
  };
  try {
    const file = BboltFile.open(handle);
    return { layout: 'etcd', paths, file, source: fileSource(file), close };
  } catch (error) {
    handle.close();
    throw error;
  }
}

/** Every row of a small bucket, by its key as text. */
export async function textRows(
  source: DatabaseSource,
  bucket: string,
): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for await (const rows of source.rows(bucket)) {
    for (const { key, value } of rows) found.set(utf8Text(key) ?? '', value);
  }
  return found;
}

/** Index of the last entry that is in a state, 0 for none; closes it. */
async function appliedIndex({ source, close }: StoppedState): Promise<LogIndex> {
  try {
    const meta = await textRows(source, 'meta');
    return readAnyFacts([meta.get('consistent_index')]).index;
  } finally {
    await close();
  }
}
