/** Gives the space that removed rows have left back to the disk, of a member that is stopped. */
import { dirname } from 'node:path';
import type { FileSystem } from '../../base/ports/file-system.ts';
import type { LogFields, Logger } from '../../base/ports/logger.ts';
import type { BboltFile } from '../../bbolt/index.ts';
import { humanBytes } from '../human-bytes.ts';
import { fileSource } from './database-source.ts';
import { findState } from './find-state.ts';
import { withDatabase } from './open-database.ts';
import type { OfflinePorts } from './ports.ts';
import { checkFile } from './snapshot-status.ts';
import { writeDatabase } from './write-database.ts';

/** A start of etcd removes what begins so. */
const TEMPORARY = 'db.tmp.defrag';

interface Sizes {
  readonly bytes: number;
  /** Unknown of a backend. */
  readonly inUseBytes?: number;
}

interface DefragmentPorts extends Pick<OfflinePorts, 'files' | 'locks' | 'openState' | 'clock'> {
  readonly logger: Logger;
}

/**
 * Rejects with OFFLINE_REFUSED and BACKEND_LOCKED while a process works on it, with FileError,
 * BboltError and BackendError; the state is what it was then. A crash leaves the former database or
 * the new one.
 */
export async function defragment(dataDir: string, ports: DefragmentPorts): Promise<void> {
  const { kind, path } = findState(dataDir, ports.files);
  if (kind === 'backend') await compactBackend(path, ports);
  else await rewriteDatabase(path, ports);
}

async function compactBackend(path: string, ports: DefragmentPorts): Promise<void> {
  const backend = await ports.openState(path);
  try {
    const sizes = async (): Promise<Sizes> => ({ bytes: await backend.sizeBytes() });
    const before = await sizes();
    const compact = async (): Promise<Sizes> => {
      await backend.compact({});
      return sizes();
    };
    await logged({ path, before }, compact, ports);
  } finally {
    await backend.close();
  }
}

async function rewriteDatabase(path: string, ports: DefragmentPorts): Promise<void> {
  const { files } = ports;
  await withDatabase(path, ports, async (file) => {
    const bytes = files.stat(path)?.sizeBytes ?? file.sizeBytes;
    const before = { bytes, inUseBytes: checkFile(file).pagesInUse * file.meta.pageBytes };
    await logged({ path, before }, () => rewrite(file, path, files), ports);
  });
}

/** Nothing of the former file is in the new one but its rows. */
async function rewrite(file: BboltFile, path: string, files: FileSystem): Promise<Sizes> {
  const folder = dirname(path);
  const temporary = `${folder}/${TEMPORARY}`;
  files.removeTree(temporary);
  try {
    const output = files.open(temporary, 'create');
    try {
      await writeDatabase(fileSource(file), new Map(), output);
      const bytes = output.sizeBytes();
      files.rename(temporary, path);
      files.syncDirectory(folder);
      return { bytes, inUseBytes: bytes };
    } finally {
      output.close();
    }
  } catch (error) {
    files.removeTree(temporary);
    throw error;
  }
}

async function logged(
  { path, before }: { path: string; before: Sizes },
  work: () => Promise<Sizes>,
  { clock, logger }: DefragmentPorts,
): Promise<void> {
  const startMs = clock.monotonicMs();
  logger.info('defragmenting', { path, ...sizeFields(before) });
  const after = await work();
  logger.info('finished defragmenting directory', {
    path,
    ...sizeFields(after, before),
    took: `${Math.round(clock.monotonicMs() - startMs)}ms`,
  });
}

function sizeFields({ bytes, inUseBytes }: Sizes, before?: Sizes): LogFields {
  return {
    ...(before && { 'current-db-size-bytes-diff': bytes - before.bytes }),
    'current-db-size-bytes': bytes,
    'current-db-size': humanBytes(bytes),
    ...(inUseBytes !== undefined && {
      ...(before?.inUseBytes !== undefined && {
        'current-db-size-in-use-bytes-diff': inUseBytes - before.inUseBytes,
      }),
      'current-db-size-in-use-bytes': inUseBytes,
      'current-db-size-in-use': humanBytes(inUseBytes),
    }),
  };
}
