/**
 * Makes a real etcd's data directory of one of ours, in place: the same member of the same cluster,
 * with its ids, members, revisions, leases, users and alarms. The log stays, and with it what the
 * member has voted, and entries that nobody knows yet to be committed; a snapshot at the last applied
 * entry makes a start begin behind all that is in the state. README.md has the order of the steps.
 */
import type { Logger } from '../../../base/ports/logger.ts';
import { utf8Bytes } from '../../../base/utf8.ts';
import { BboltFile } from '../../../bbolt/index.ts';
import { type HardState, Snapshot } from '../../../pb/index.ts';
import {
  encodeBatch,
  type LogCommand,
  LogSession,
  SnapshotFiles,
  validSnapshots,
} from '../../../wal/index.ts';
import { openStateDir, stageState } from '../../io/state-dir.ts';
import { type Membership, storedMembership } from '../../membership/stored-membership.ts';
import { v2StoreJson } from '../../membership/v2-store-json.ts';
import { isLower, type Version, versionText } from '../../membership/versions.ts';
import { type OpenedStorage, openStorage } from '../../storage/open-storage.ts';
import { checkPages } from '../check/check-pages.ts';
import type { DataDirPaths } from '../data-dir-paths.ts';
import { backendSource } from '../database-source.ts';
import { OfflineError } from '../errors.ts';
import type { StoppedPorts } from '../open-data-dir.ts';
import { type DatabaseEdits, writeDatabase } from '../write-database.ts';
import { type CaughtUp, catchUp } from './catch-up.ts';
import { formerPath, removeIfThere, removeLeftOvers, unfinishedPath } from './left-overs.ts';
import {
  checkEntries,
  checkWay,
  clusterEdits,
  schemaEdits,
  shortText,
  VERSION_UNNAMED,
} from './target-version.ts';

export interface MigrateOptions {
  readonly paths: DataDirPaths;
  readonly target: Version;
  /** Goes on although the log holds entries that servers of the target cannot apply. */
  readonly force: boolean;
  /** Size of the log's segments; tests use a small one. */
  readonly segmentBytes?: number;
}

export interface MigratePorts extends StoppedPorts {
  readonly logger: Logger;
  readonly yieldTurn: () => Promise<void>;
}

/**
 * The directory must be one of ours (`layoutOf`). Rejects with OFFLINE_REFUSED when a member of
 * the target version could not go on with it, and with what a start and the disk reject with; then
 * it still is one of ours.
 */
export async function migrateOwn(options: MigrateOptions, ports: MigratePorts): Promise<void> {
  const { paths, target, force } = options;
  const { files, logger } = ports;
  checkWay(VERSION_UNNAMED, target);
  const storage = await openOwn(options, ports);
  const { backend } = storage;
  try {
    removeLeftOvers(paths, files);
    // One beside our state has no more than that: an earlier run has written it, or we took it over.
    removeIfThere(paths.database, paths.snapshots, files);
    const caughtUp = await catchUp(storage, ports);
    const found = await storedMembership(backend);
    const { membership, edits } = adapted(found, caughtUp, target);
    if (!force) checkEntries(caughtUp.unsure, target, 'set');
    beginLogBehind(storage, { caughtUp, membership }, options, ports);
    logger.info('writing the database', {
      path: paths.database,
      'consistent-index': caughtUp.place.index,
    });
    const unfinished = unfinishedPath(paths);
    await writeFile(unfinished, storage, edits, ports);
    files.rename(unfinished, paths.database);
    files.syncDirectory(paths.snapshots);
    files.rename(paths.kv, formerPath(paths));
    files.syncDirectory(paths.member);
  } finally {
    await backend.close();
  }
  removeLeftOvers(paths, files);
  logger.info('updated storage version', { 'new-storage-version': versionText(target) });
}

/** As a start opens it. */
export function openOwn(
  { paths, segmentBytes }: Pick<MigrateOptions, 'paths' | 'segmentBytes'>,
  { openBackend, ...ports }: MigratePorts,
): Promise<OpenedStorage> {
  const { files } = ports;
  const segments = segmentBytes === undefined ? {} : { segmentBytes };
  const noLog = (): Promise<never> =>
    Promise.reject(new OfflineError('OFFLINE_REFUSED', `there is no log in ${paths.wal}`));
  return openStorage(
    { ...segments, dataDir: paths.dataDir, walDir: paths.wal, identity: noLog },
    {
      ...ports,
      openBackend: (folder) => openStateDir(folder, files, openBackend),
      stageBackend: (folder) => stageState(folder, files, openBackend),
    },
  );
}

interface Adapted {
  readonly membership: Membership;
  readonly edits: DatabaseEdits;
}

/**
 * The state as servers of the target have it. A member that is alone takes its cluster with it to a
 * lower version; others share theirs, which must be down already. Throws OFFLINE_REFUSED.
 */
function adapted(found: Membership, { isAlone }: CaughtUp, target: Version): Adapted {
  const version = versionText(target);
  const schema = schemaEdits(target);
  if (!isLower(version, found.version)) return { membership: found, edits: schema };
  if (!isAlone) {
    const stands = `the cluster is at version ${found.version}, at which no server of ${version} starts`;
    const advice = `bring it down first (etcdctl downgrade enable ${shortText(target)})`;
    throw new OfflineError('OFFLINE_REFUSED', `${stands}: ${advice}`);
  }
  const membership = { ...found, version, downgradeTarget: undefined };
  return { membership, edits: new Map([...schema, ...clusterEdits(target)]) };
}

/**
 * Makes a start begin at the last applied entry: with a snapshot there, whose document names the
 * members. Our own start takes it as well.
 */
function beginLogBehind(
  storage: OpenedStorage,
  { caughtUp, membership }: { caughtUp: CaughtUp; membership: Membership },
  { paths, segmentBytes }: MigrateOptions,
  { files, logger }: MigratePorts,
): void {
  const { place } = caughtUp;
  const data = utf8Bytes(v2StoreJson(membership));
  const snapshot = Snapshot.create({ data, metadata: place });
  const segments = segmentBytes === undefined ? {} : { segmentBytes };
  const { position, snapshotDirectory } = storage;
  const log = new LogSession({ ...segments, files, logger, position, snapshotDirectory });
  const commands: LogCommand[] = [];
  const hardState = reaching(storage.hardState, place);
  if (hardState !== storage.hardState)
    commands.push({ kind: 'append', batch: encodeBatch([], hardState) });
  const isRecorded = validSnapshots(files, paths.wal).some(
    ({ index, term }) => index === place.index && term === place.term,
  );
  // Recorded twice, a snapshot would cut off what lies between the two records.
  if (isRecorded) new SnapshotFiles({ files, logger, directory: snapshotDirectory }).save(snapshot);
  else commands.push({ kind: 'snapshot', bytes: Snapshot.encode(snapshot) });
  log.execute([...commands, { kind: 'close' }], () => undefined);
}

/** The hard state with the place committed: its commit index may have been written later. */
function reaching(hardState: HardState, { index, term }: CaughtUp['place']): HardState {
  if (hardState.commit >= index && hardState.term >= term) return hardState;
  const commit = Math.max(hardState.commit, index);
  if (hardState.term >= term) return { ...hardState, commit };
  return { term, vote: 0n, commit };
}

async function writeFile(
  path: string,
  { backend }: OpenedStorage,
  edits: DatabaseEdits,
  { files, yieldTurn }: MigratePorts,
): Promise<void> {
  const file = files.open(path, 'create');
  try {
    await writeDatabase(backendSource(backend), edits, file);
    // What it was written from is given up next.
    await checkPages(BboltFile.open(file), yieldTurn);
  } finally {
    file.close();
  }
}
