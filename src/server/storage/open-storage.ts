/**
 * Opens what a member has on disk, in the one safe order: the backend first, whose lock is the
 * lock of the data directory, then the newest snapshot and the log behind it; checks that they
 * belong together; makes them when the member is new. Nothing is repaired that could lose
 * acknowledged writes: such a state is refused.
 */
import { dirname } from 'node:path';
import type { ClusterId, MemberId } from '../../base/ids.ts';
import type { Backend } from '../../base/ports/backend.ts';
import type { FileSystem } from '../../base/ports/file-system.ts';
import type { Logger } from '../../base/ports/logger.ts';
import { type BackendMeta, loadMeta } from '../../mvcc/index.ts';
import {
  ConfState,
  type Entry,
  type HardState,
  type Snapshot,
  WalMetadata,
} from '../../pb/index.ts';
import {
  createWal,
  openWal,
  SnapshotFiles,
  type SnapshotId,
  validSnapshots,
  type WalPosition,
  walExists,
} from '../../wal/index.ts';
import { parseConfState } from '../apply/conf-state-json.ts';
import { ServerError } from '../errors.ts';
import type { StagedState, StageState } from '../snapshot-image/ports.ts';
import { ReceivedImages } from '../snapshot-image/received-images.ts';
import { checkTogether } from './check-together.ts';
import type { FileLocks } from './file-locks.ts';
import { FormerFiles } from './former-files.ts';
import { makeLasting } from './lasting-folder.ts';
import { logIdentity } from './log-identity.ts';
import { type OpenState, type RecoverStatePorts, recoverState } from './recover-state.ts';
import { type TakeOverOptions, type TakeOverPorts, takeOver } from './take-over.ts';

export interface StorageOptions {
  readonly dataDir: string;
  /** Folder of the log; inside the data directory unless given. */
  readonly walDir: string | undefined;
  /** Size of the log's segments; tests use a small one. */
  readonly segmentBytes?: number;
  /** Learners that the cluster may have; one unless given. */
  readonly learnersMax?: number;
  /** Who a new member is; not asked when there is a log already. What it rejects with, ends it. */
  identity(): Promise<StorageIdentity>;
}

export interface StorageIdentity {
  readonly member: MemberId;
  readonly cluster: ClusterId;
}

export interface StoragePorts {
  readonly files: FileSystem;
  readonly logger: Logger;
  /** Opens the backend under a folder, holding its lock. */
  openBackend(folder: string): Promise<Backend>;
  /** Begins a state beside the one that is open in that folder. */
  stageBackend(folder: string): Promise<StagedState>;
  readonly locks: FileLocks;
  readonly yieldTurn: () => Promise<void>;
}

/** What was found; or, of a new member, made. */
export interface OpenedStorage {
  readonly backend: Backend;
  readonly meta: BackendMeta;
  readonly member: MemberId;
  readonly cluster: ClusterId;
  /** True when the log holds nothing that counts: the member has to be bootstrapped. */
  readonly isNew: boolean;
  readonly hardState: HardState;
  /** Entries behind `snapshot`. */
  readonly entries: readonly Entry[];
  readonly snapshot: SnapshotId;
  /** The voting configuration as of `meta.consistentIndex`. */
  readonly confState: ConfState;
  readonly position: WalPosition;
  readonly snapshotDirectory: string;
  /** The states that have come from other members. */
  readonly received: ReceivedImages;
  /** Begins a state beside this one. */
  readonly stage: StageState;
  /** What the real etcd has left that had the data directory before, until it is removed. */
  readonly former: FormerFiles | undefined;
}

export async function openStorage(
  options: StorageOptions,
  ports: StoragePorts,
): Promise<OpenedStorage> {
  const { files, logger } = ports;
  const memberDir = `${options.dataDir}/member`;
  const snapshotDirectory = `${memberDir}/snap`;
  const walDirectory = options.walDir ?? `${memberDir}/wal`;
  const former = FormerFiles.find(snapshotDirectory, files, logger);
  if (former !== undefined) refuseRunning(former, walDirectory, ports);
  for (const folder of [options.dataDir, memberDir, snapshotDirectory, dirname(walDirectory)]) {
    makeLasting(files, folder);
  }
  const kvDirectory = `${memberDir}/kv`;
  let backend = await ports.openBackend(kvDirectory);
  try {
    const found = await loadMeta(backend);
    const segments =
      options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes };
    if (!walExists(files, walDirectory)) {
      refuseWithoutLog({ folder: kvDirectory, meta: found }, former, walDirectory);
      const metadata = metadataOf(await options.identity());
      createWal({ ...segments, files, directory: walDirectory, metadata });
    }
    const where = { ...segments, directory: walDirectory };
    const snapshot = newestSnapshot({ walDirectory, snapshotDirectory }, ports);
    const received = new ReceivedImages(snapshotDirectory, files);
    const stage = (): Promise<StagedState> => ports.stageBackend(kvDirectory);
    const settling = { former, walDirectory, snapshot, learnersMax: options.learnersMax };
    const current = { backend, meta: found };
    const state = await settledState(current, settling, { ...ports, received, stage });
    const { meta } = state;
    backend = state.backend;
    const log = readLog(where, { snapshot, meta }, ports);
    const identity = logIdentity(log.opened.metadata);
    return {
      backend,
      meta,
      member: identity.nodeID,
      cluster: identity.clusterID,
      // The bootstrap entries come with the first hard state, behind them in one write. Entries
      // without one are what a power loss left of that write: it has to be done again.
      isNew: log.opened.hardState.term === 0 && log.snapshotId.index === 0,
      hardState: log.opened.hardState,
      entries: log.opened.entries,
      snapshot: log.snapshotId,
      confState: confStateOf(meta, snapshot),
      position: log.opened.position,
      snapshotDirectory,
      received,
      stage,
      former,
    };
  } catch (error) {
    await backend.close();
    throw error;
  }
}

type Settling = Omit<TakeOverOptions, 'former'> & { readonly former: FormerFiles | undefined };

/** The state to go on with: what a crash, or another server, has left in this data directory. */
async function settledState(
  current: OpenState,
  { former, ...options }: Settling,
  ports: TakeOverPorts & RecoverStatePorts,
): Promise<OpenState> {
  if (former !== undefined) return takeOver(current, { ...options, former }, ports);
  const state = await recoverState(current, options.snapshot, ports);
  ports.received.removeAll();
  return state;
}

/** Refuses the files of an etcd that runs: both would write to the log. */
function refuseRunning(
  former: FormerFiles,
  walDirectory: string,
  { files, locks }: StoragePorts,
): void {
  const names = files.stat(walDirectory) === undefined ? [] : files.list(walDirectory);
  const segments = names.filter((name) => name.endsWith('.wal'));
  const paths = [former.database, ...segments.map((name) => `${walDirectory}/${name}`)];
  const [locked] = locks.lockedByOthers(paths);
  if (locked !== undefined) throw refused(`${locked} is in use by another process: does etcd run?`);
}

/** Refuses state whose log is elsewhere, or lost: a new log would begin before it. */
function refuseWithoutLog(
  state: { readonly folder: string; readonly meta: BackendMeta },
  former: FormerFiles | undefined,
  walDirectory: string,
): void {
  const isOurs = state.meta.consistentIndex > 0;
  if (!isOurs && (former === undefined || former.index === 0)) return;
  const holder = isOurs ? state.folder : former?.database;
  throw refused(`${holder} has state, but there is no log in ${walDirectory}`);
}

function metadataOf({ member, cluster }: StorageIdentity): Uint8Array {
  return WalMetadata.encode({ nodeID: member, clusterID: cluster });
}

function newestSnapshot(
  where: { readonly walDirectory: string; readonly snapshotDirectory: string },
  { files, logger }: StoragePorts,
): Snapshot | undefined {
  const snapshotFiles = new SnapshotFiles({ files, logger, directory: where.snapshotDirectory });
  return snapshotFiles.loadNewest(validSnapshots(files, where.walDirectory));
}

interface ReadLog {
  readonly snapshotId: SnapshotId;
  readonly opened: ReturnType<typeof openWal>;
}

function readLog(
  where: { directory: string; segmentBytes?: number },
  found: { readonly snapshot: Snapshot | undefined; readonly meta: BackendMeta },
  { files, logger }: StoragePorts,
): ReadLog {
  const { consistentIndex } = found.meta;
  const { index, term } = found.snapshot?.metadata ?? { index: 0, term: 0 };
  const snapshotId = { index, term };
  const opened = openWal({
    ...where,
    files,
    logger,
    start: snapshotId,
    accept: (last) => checkTogether(consistentIndex, { begins: index, last }),
  });
  return { snapshotId, opened };
}

function confStateOf(meta: BackendMeta, snapshot: Snapshot | undefined): ConfState {
  if (meta.confState !== undefined) return parseConfState(meta.confState);
  return snapshot?.metadata.confState ?? ConfState.create({});
}

function refused(message: string): ServerError {
  return new ServerError('SERVER_START_REFUSED', message);
}
