/**
 * Changes the schema version of a real etcd's data directory, as `etcdutl migrate` does: row
 * `storageVersion` is set or removed, nothing else. Texts are etcdutl's.
 */
import { CodedError } from '../../../base/coded-error.ts';
import type { FileSystem } from '../../../base/ports/file-system.ts';
import { utf8Text } from '../../../base/utf8.ts';
import type { Entry } from '../../../pb/index.ts';
import {
  compareVersions,
  parseVersion,
  type Version,
  versionText,
} from '../../membership/versions.ts';
import type { DataDirPaths } from '../data-dir-paths.ts';
import { OfflineError } from '../errors.ts';
import { type EtcdState, openStoppedState, textRows } from '../open-data-dir.ts';
import { readStoppedLog } from '../stopped-log.ts';
import { writeDatabase } from '../write-database.ts';
import { removeLeftOvers, unfinishedPath } from './left-overs.ts';
import type { MigrateOptions, MigratePorts } from './migrate-own.ts';
import {
  checkEntries,
  checkWay,
  schemaEdits,
  shortText,
  VERSION_UNNAMED,
} from './target-version.ts';

/**
 * The directory must be a real etcd's (`layoutOf`). Rejects with OFFLINE_REFUSED for a schema that
 * is too old to tell its version and for a way that there is not, and, unless forced, for a log with
 * entries that servers of the target cannot apply; with what reading and writing reject with.
 */
export async function migrateEtcd(options: MigrateOptions, ports: MigratePorts): Promise<void> {
  const { paths, target, force } = options;
  const { files, logger } = ports;
  const state = await openStoppedState(paths, ports);
  try {
    if (state.layout !== 'etcd') return;
    removeLeftOvers(paths, files);
    const current = await schemaOf(state);
    if (compareVersions(current, target) === 0) {
      logger.info('storage version up-to-date', { 'storage-version': shortText(current) });
      return;
    }
    const entries = entriesOf(paths, files);
    const refusal = refusalOf(entries, current, target);
    if (refusal !== undefined) {
      if (!force) throw refusal;
      logger.info('normal migrate failed, trying with force', { error: refusal });
    }
    await rewrite(state, target, files);
    if (refusal === undefined)
      logger.info('updated storage version', { 'new-storage-version': versionText(target) });
    else logger.warn('forcefully set storage version', { 'storage-version': shortText(target) });
  } finally {
    await state.close();
  }
}

async function schemaOf({ source }: EtcdState): Promise<Version> {
  const meta = await textRows(source, 'meta');
  const named = meta.get('storageVersion');
  const version = named === undefined ? undefined : parseVersion(utf8Text(named) ?? '');
  if (version !== undefined) return version;
  if (meta.get('term')?.some((byte) => byte !== 0) === true) return VERSION_UNNAMED;
  throw refused('missing term information');
}

/** Why the schema cannot become that of `target`; undefined when it can. */
function refusalOf(
  entries: readonly Entry[],
  current: Version,
  target: Version,
): OfflineError | undefined {
  try {
    checkWay(current, target);
    if (compareVersions(target, current) < 0) checkEntries(entries, target, 'marked');
    return undefined;
  } catch (error) {
    if (error instanceof OfflineError) return error;
    throw error;
  }
}

/** What the log holds behind the newest snapshot, which a start would read. */
function entriesOf(paths: DataDirPaths, files: FileSystem): readonly Entry[] {
  try {
    return readStoppedLog(paths, files).entries;
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw refused(`failed to read wal: ${error.message}`, error);
  }
}

/** The new file takes the place of the old one when it is whole. */
async function rewrite(
  { source, paths }: EtcdState,
  target: Version,
  files: FileSystem,
): Promise<void> {
  const unfinished = unfinishedPath(paths);
  const file = files.open(unfinished, 'create');
  try {
    await writeDatabase(source, schemaEdits(target), file);
  } catch (error) {
    files.remove(unfinished);
    throw error;
  } finally {
    file.close();
  }
  files.rename(unfinished, paths.database);
  files.syncDirectory(paths.snapshots);
}

function refused(message: string, cause?: unknown): OfflineError {
  return new OfflineError('OFFLINE_REFUSED', message, cause);
}
