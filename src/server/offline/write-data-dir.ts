/**
 * Writes a data directory as real etcd has it: database, log, and the snapshot that ties them
 * together. Everything is made under names that no start looks at, and gets its own last, in one
 * rename: a crash, or a disk that is full, leaves no directory that looks whole.
 */
import { dirname, join, resolve } from 'node:path';
import type { ClusterId, MemberId } from '../../base/ids.ts';
import { FileError, type FileHandle, type FileSystem } from '../../base/ports/file-system.ts';
import type { Logger } from '../../base/ports/logger.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import {
  type Entry,
  type HardState,
  Snapshot,
  type SnapshotMetadata,
  WalMetadata,
} from '../../pb/index.ts';
import { createWal, encodeBatch, LogSession, type WalBatch } from '../../wal/index.ts';
import type { Member } from '../membership/member.ts';
import { v2StoreJson } from '../membership/v2-store-json.ts';
import { makeLasting } from '../storage/lasting-folder.ts';
import { OfflineError } from './errors.ts';

/** Folders that are not whole yet end with this. */
const UNFINISHED = '.unfinished';

export interface DataDirPlan {
  /** Made if it is not there; must be empty if it is. */
  readonly dataDir: string;
  /** Folder of the log, which must not be there yet; inside the data directory unless given. */
  readonly walDir?: string | undefined;
  readonly member: MemberId;
  readonly cluster: ClusterId;
  /** Where the database stands in the log; with index 0 there is no snapshot. */
  readonly place: SnapshotMetadata;
  /** Its `commit` is at least `place.index`. */
  readonly hardState: HardState;
  /** Those from index 1 up to the place and any behind it, or only those behind it. */
  readonly entries: readonly Entry[];
  /** As of the place: members up to 3.6 learn it from the snapshot. */
  readonly membership: {
    readonly members: readonly Member[];
    readonly removed: readonly MemberId[];
    readonly version: string | undefined;
  };
  /** The document of the snapshot, where it is to say more than the membership. */
  readonly document?: Uint8Array | undefined;
  /** Fills the database, a new file, and syncs it (`writeDatabase`); its rows stand at the place. */
  readonly database: (file: FileHandle) => Promise<unknown>;
  /** Size of the log's segment; tests use a small one. */
  readonly segmentBytes?: number;
}

export interface DataDirPorts {
  readonly files: FileSystem;
  readonly logger: Logger;
}

/**
 * Throws OFFLINE_REFUSED when there is something where `writeDataDir` would write; the text says
 * what to do about what a crash has left.
 */
export function checkFree(
  { dataDir, walDir }: Pick<DataDirPlan, 'dataDir' | 'walDir'>,
  files: FileSystem,
): void {
  const found = files.stat(dataDir);
  const names = found?.isDirectory === true ? files.list(dataDir) : [];
  if (names.includes(`member${UNFINISHED}`)) {
    throw interrupted(join(dataDir, `member${UNFINISHED}`));
  }
  if (walDir !== undefined && files.stat(`${resolve(walDir)}${UNFINISHED}`) !== undefined) {
    throw interrupted(`${walDir}${UNFINISHED}`);
  }
  if (found !== undefined && (!found.isDirectory || names.length > 0)) {
    throw refused(`data-dir ${JSON.stringify(dataDir)} not empty or could not be read`);
  }
  if (walDir !== undefined && files.stat(walDir) !== undefined) {
    throw refused(`wal-dir ${JSON.stringify(walDir)} exists`);
  }
}

/**
 * Makes the directory; all of it is on disk when this resolves. Rejects with OFFLINE_REFUSED
 * (`checkFree`), FileError, WalError and with what `database` rejects with; nothing of it is left then.
 */
export async function writeDataDir(plan: DataDirPlan, ports: DataDirPorts): Promise<void> {
  const { files } = ports;
  checkFree(plan, files);
  const folders = foldersOf(plan);
  const wasThere = files.stat(folders.dataDir) !== undefined;
  try {
    makeLasting(files, folders.dataDir);
    files.makeDirectory(folders.snap);
    await writeFile(`${folders.snap}/db`, plan.database, files);
    makeLasting(files, dirname(folders.wal));
    writeLog(plan, folders, ports);
    files.syncDirectory(folders.snap);
    files.syncDirectory(folders.member);
    giveNames(folders, files);
  } catch (error) {
    discard(folders, wasThere, ports);
    throw error;
  }
}

interface Folders {
  readonly dataDir: string;
  /** `member`, while it is unfinished. */
  readonly member: string;
  readonly snap: string;
  /** Of the log, while it is unfinished. */
  readonly wal: string;
  /** Where the log comes to lie when it is not inside `member`. */
  readonly walDir: string | undefined;
}

function foldersOf(plan: DataDirPlan): Folders {
  const dataDir = resolve(plan.dataDir);
  const member = `${dataDir}/member${UNFINISHED}`;
  const snap = `${member}/snap`;
  const walDir = plan.walDir === undefined ? undefined : resolve(plan.walDir);
  const wal = walDir === undefined ? `${member}/wal` : `${walDir}${UNFINISHED}`;
  return { dataDir, member, snap, wal, walDir };
}

async function writeFile(
  path: string,
  fill: (file: FileHandle) => Promise<unknown>,
  files: FileSystem,
): Promise<void> {
  const file = files.open(path, 'create');
  try {
    await fill(file);
  } finally {
    file.close();
  }
}

function writeLog(plan: DataDirPlan, folders: Folders, { files, logger }: DataDirPorts): void {
  const segments = plan.segmentBytes === undefined ? {} : { segmentBytes: plan.segmentBytes };
  const metadata = WalMetadata.encode({ nodeID: plan.member, clusterID: plan.cluster });
  const position = createWal({ ...segments, files, directory: folders.wal, metadata });
  const snapshotDirectory = folders.snap;
  const log = new LogSession({ ...segments, files, logger, position, snapshotDirectory });
  const batch = { kind: 'append', batch: batchOf(plan) } as const;
  const snapshot = { kind: 'snapshot', bytes: Snapshot.encode(snapshotOf(plan)) } as const;
  // A log that begins behind the snapshot has to say so first, or its entries follow nothing.
  const beginsAtFirst = plan.entries[0]?.index === 1;
  const both = beginsAtFirst ? [batch, snapshot] : [snapshot, batch];
  const content = plan.place.index === 0 ? [batch] : both;
  log.execute([...content, { kind: 'close' }], () => undefined);
}

function batchOf({ entries, hardState }: DataDirPlan): WalBatch {
  return encodeBatch(entries, hardState);
}

function snapshotOf({ membership, place, document }: DataDirPlan): Snapshot {
  const data = document ?? utf8Bytes(v2StoreJson(membership));
  return Snapshot.create({ data, metadata: place });
}

/**
 * A log without its database would start as an empty store, so that one comes last. A database
 * without a log is refused by our start.
 */
function giveNames({ dataDir, member, wal, walDir }: Folders, files: FileSystem): void {
  files.rename(member, `${dataDir}/member`);
  files.syncDirectory(dataDir);
  if (walDir === undefined) return;
  files.rename(wal, walDir);
  files.syncDirectory(dirname(walDir));
}

/** Nothing was where these are now, so all in them is ours. */
function discard(
  { dataDir, member, wal, walDir = wal }: Folders,
  wasThere: boolean,
  { files, logger }: DataDirPorts,
): void {
  try {
    for (const log of [walDir, wal, `${wal}.tmp`]) files.removeTree(log);
    for (const folder of [member, `${dataDir}/member`]) files.removeTree(folder);
    if (!wasThere && files.list(dataDir).length === 0) files.removeTree(dataDir);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    logger.warn('failed to remove what is unfinished', { path: error.path, error });
  }
}

function interrupted(path: string): OfflineError {
  return refused(
    `${path} is what an interrupted run has left: remove it, and all in the data directory, then run this again`,
  );
}

function refused(message: string): OfflineError {
  return new OfflineError('OFFLINE_REFUSED', message);
}
