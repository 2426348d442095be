/**
 * Whether clients have put anything into the v2 store, on which 3.6, and we, refuse to start: as
 * `etcdutl check v2store` of 3.5 tells it.
 */
import { CodedError } from '../../../base/coded-error.ts';
import type { FileSystem } from '../../../base/ports/file-system.ts';
import { type Entry, EntryType } from '../../../pb/index.ts';
import { walExists } from '../../../wal/index.ts';
import { decodeRequest, isMembershipV2 } from '../../apply/entry-data.ts';
import { readV2Store } from '../../storage/v2-store.ts';
import type { DataDirPaths } from '../data-dir-paths.ts';
import { OfflineError } from '../errors.ts';
import { readStoppedLog, type StoppedLog } from '../stopped-log.ts';

/** Rejects with OFFLINE_REFUSED, in etcdutl's words, if there is; without a log there is nothing. */
export function checkV2Store(paths: DataDirPaths, files: FileSystem): void {
  if (!walExists(files, paths.wal)) return;
  const log = opened(paths, files);
  const inStore = log.snapshot !== undefined && hasContent(log.snapshot.data);
  const inLog = log.entries.some(isOfClient);
  if (inStore && inLog) throw refused('detected custom v2 content in both v2store and WAL records');
  if (inStore) throw refused('detected custom content in v2store');
  if (inLog) throw refused('detected custom v2 content in WAL records');
}

function opened(paths: DataDirPaths, files: FileSystem): StoppedLog {
  try {
    return readStoppedLog(paths, files);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw refused(`failed to read WAL: ${error.message}`, error);
  }
}

function hasContent(document: Uint8Array | undefined): boolean {
  try {
    return readV2Store(document ?? new Uint8Array(0)).hasUserContent;
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw refused(`failed to recover v2store from snapshot: ${error.message}`, error);
  }
}

/** All requests of v2 are, but those by which members of 3.5 tell what they are. */
function isOfClient({ type, data }: Entry): boolean {
  if (type !== EntryType.EntryNormal || data === undefined || data.length === 0) return false;
  const request = decodeRequest(data);
  return 'path' in request && !isMembershipV2(request);
}

function refused(message: string, cause?: unknown): OfflineError {
  return new OfflineError('OFFLINE_REFUSED', message, cause);
}
