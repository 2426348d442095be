/**
 * Writes the state of a stopped member of ours as a snapshot file, as `etcdctl snapshot save` makes
 * it of one that runs: a database, and its SHA-256 behind it.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from '../../../base/ports/file-system.ts';
import { backendSource } from '../database-source.ts';
import { OfflineError } from '../errors.ts';
import { layoutOf } from '../open-data-dir.ts';
import { writeDatabase } from '../write-database.ts';
import { catchUp } from './catch-up.ts';
import { type MigrateOptions, type MigratePorts, openOwn } from './migrate-own.ts';

export interface SaveSnapshotOptions extends Pick<MigrateOptions, 'paths' | 'segmentBytes'> {
  /** Absolute path of the file; one that is there is replaced when the new one is whole. */
  readonly file: string;
}

export interface SavedSnapshot {
  /** The last entry that is in it. */
  readonly index: number;
  /** Entries that the log has, and of which nobody here knows whether they are committed. */
  readonly unsure: number;
  readonly sizeBytes: number;
}

/** Bytes that are hashed at once. */
const PIECE_BYTES: number = 1 << 20;

/** Rejects with OFFLINE_REFUSED, and with what a start of the member and writing reject with. */
export async function saveSnapshot(
  options: SaveSnapshotOptions,
  ports: MigratePorts,
): Promise<SavedSnapshot> {
  const { paths, file } = options;
  if ((await layoutOf(paths, ports)) === 'etcd') {
    const text = `${paths.database} is the database already: a copy of it restores with --skip-hash-check`;
    throw new OfflineError('OFFLINE_REFUSED', text);
  }
  const storage = await openOwn(options, ports);
  try {
    const { place, unsure } = await catchUp(storage, ports);
    const part = `${file}.part`;
    const { files } = ports;
    if (files.stat(part) !== undefined) files.remove(part);
    const handle = files.open(part, 'create');
    try {
      await writeDatabase(backendSource(storage.backend), new Map(), handle);
      appendDigest(handle);
    } catch (error) {
      files.remove(part);
      throw error;
    } finally {
      handle.close();
    }
    files.rename(part, file);
    files.syncDirectory(file.slice(0, file.lastIndexOf('/')) || '/');
    const sizeBytes = files.stat(file)?.sizeBytes ?? 0;
    return { index: place.index, unsure: unsure.length, sizeBytes };
  } finally {
    await storage.backend.close();
  }
}

function appendDigest(file: FileHandle): void {
  const digest = createHash('sha256');
  const piece = new Uint8Array(PIECE_BYTES);
  const sizeBytes = file.sizeBytes();
  for (let at = 0; at < sizeBytes; ) {
    const read = file.read(piece, at);
    digest.update(piece.subarray(0, read));
    at += read;
  }
  file.write(digest.digest(), sizeBytes);
  file.dataSync();
}
