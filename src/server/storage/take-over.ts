/**
 * Takes over the data directory of a real etcd: its database becomes our state, its log and its
 * .snap files go on as ours. Its files are only read here; they are removed when the member has a
 * state on disk that has all of theirs (`former-files.ts`). README.md has the order, and the crashes.
 */
import type { LogIndex } from '../../base/ids.ts';
import type { FileSystem } from '../../base/ports/file-system.ts';
import type { Logger } from '../../base/ports/logger.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import { loadMeta } from '../../mvcc/index.ts';
import type { Entry, Snapshot } from '../../pb/index.ts';
import { readWal } from '../../wal/index.ts';
import { checkServerVersion, checkStorageVersion, isTooOld } from '../check-version.ts';
import { ServerError } from '../errors.ts';
import { hexId } from '../membership/member.ts';
import { CLUSTER_VERSION_KEY, rowText } from '../membership/stored-membership.ts';
import { type ImportProgress, importImage } from '../snapshot-image/image-import.ts';
import { namingFile, type OpenImage, openImage } from '../snapshot-image/open-image.ts';
import type { StageState } from '../snapshot-image/ports.ts';
import type { StagedImage } from '../snapshot-image/stage-image.ts';
import { checkTogether } from './check-together.ts';
import type { FormerFiles } from './former-files.ts';
import { logIdentity } from './log-identity.ts';
import { MembershipReplay } from './membership-replay.ts';
import { type OpenState, replaced } from './recover-state.ts';

export interface TakeOverOptions {
  readonly former: FormerFiles;
  readonly walDirectory: string;
  /** The newest that the log counts; undefined without any. */
  readonly snapshot: Snapshot | undefined;
  /** Learners that the cluster may have. */
  readonly learnersMax: number | undefined;
}

export interface TakeOverPorts {
  readonly files: FileSystem;
  readonly logger: Logger;
  readonly stage: StageState;
  readonly yieldTurn: () => Promise<void>;
}

/** Rows and bytes between two lines of progress in the log. */
const ROWS_PER_REPORT = 500_000;
const BYTES_PER_REPORT: number = 128 * 1024 * 1024;

/**
 * The state to go on with: `current` if it has as much as the database of etcd, else the imported
 * one, and `current` is closed. When it rejects, with ServerError, WalError, BboltError, ImageError,
 * BackendError or FileError, `current` is still open, and nothing of etcd's has changed.
 */
export async function takeOver(
  current: OpenState,
  options: TakeOverOptions,
  ports: TakeOverPorts,
): Promise<OpenState> {
  const { former, snapshot } = options;
  const { files, logger } = ports;
  const own = current.meta.consistentIndex;
  const found = newestImage(former, snapshot?.metadata.index ?? 0, { own, files });
  if (found === undefined) return current;
  const { path, image } = found;
  try {
    const { index } = image.facts;
    if (own > 0 && index <= own) {
      logger.info('going on from our own state', {
        index: own,
        database: path,
        'its-index': index,
      });
      return current;
    }
    const replay = replayedTo(index, image, options, ports);
    if (index === 0) return current;
    logger.info('taking over the data directory of etcd', {
      database: path,
      'consistent-index': index,
      members: replay.membership.members.map(({ id }) => hexId(id)),
      'cluster-version': replay.membership.version,
      'former-index': own,
    });
    const staged = await imported(found, replay, ports);
    return await replaced(current, staged, ports.yieldTurn);
  } finally {
    image.close();
  }
}

/**
 * The database, or the image that came with a newer snapshot: as etcd, which puts the one in the
 * place of the other at its start. Undefined when `own` state has as much for certain.
 */
function newestImage(
  former: FormerFiles,
  snapshotIndex: LogIndex,
  { own, files }: { own: LogIndex; files: FileSystem },
): { path: string; image: OpenImage } | undefined {
  const { database } = former;
  const image = former.open();
  const index = image?.facts.index ?? 0;
  if (index >= snapshotIndex) return image === undefined ? undefined : { path: database, image };
  image?.close();
  if (own >= snapshotIndex) return undefined;
  const path = former.imageAt(snapshotIndex);
  if (path !== undefined) return imageOfSnapshot(path, snapshotIndex, files);
  const text = `${database} ends with entry ${index}, and the log begins behind entry ${snapshotIndex}`;
  throw refused(`${text}: failed to find database snapshot file`);
}

function imageOfSnapshot(
  path: string,
  index: LogIndex,
  files: FileSystem,
): { path: string; image: OpenImage } {
  const image = openImage(files, path);
  if (image.facts.index >= index) return { path, image };
  image.close();
  const ends = `database file (${path} index ${image.facts.index})`;
  throw refused(`${ends} does not match with snapshot (index ${index})`);
}

type Replayed = Pick<MembershipReplay, 'place' | 'membership'>;

/** What the log says of entry `index`; refuses what we must not, or cannot, go on with. */
function replayedTo(
  index: LogIndex,
  image: OpenImage,
  { walDirectory, snapshot, learnersMax }: TakeOverOptions,
  { files }: TakeOverPorts,
): Replayed {
  checkStorageVersion(image.facts.storageVersion);
  const { index: begins, term } = snapshot?.metadata ?? { index: 0, term: 0 };
  const log = readWal({ files, directory: walDirectory, start: { index: begins, term } });
  checkTogether(index, { begins, last: begins + log.entries.length });
  const { nodeID: local, clusterID: cluster } = logIdentity(log.metadata);
  const replay = new MembershipReplay(
    learnersMax === undefined ? { cluster, local } : { cluster, local, learnersMax },
    snapshot,
  );
  const { place, membership } = replayAll(replay, log.entries, index);
  checkCluster(replay);
  return { place, membership: { ...membership, version: membership.version ?? kept(image) } };
}

/**
 * The version of a cluster that began with a restored snapshot, whose log does not tell it: other
 * members of it may be of etcd and hold it for decided. One that is too low for us is decided anew.
 */
function kept({ file }: OpenImage): string | undefined {
  const row = file.bucket(utf8Bytes('cluster'))?.get(CLUSTER_VERSION_KEY);
  const version = row === undefined ? undefined : rowText(row);
  return isTooOld(version, false) ? undefined : version;
}

function replayAll(replay: MembershipReplay, entries: readonly Entry[], index: LogIndex): Replayed {
  let found: Replayed = { place: replay.place, membership: replay.membership };
  for (const entry of entries) {
    replay.apply(entry);
    if (entry.index === index) found = { place: replay.place, membership: replay.membership };
  }
  return found;
}

/** By the end of the log: what is in it is going to be applied. */
function checkCluster({ cluster }: MembershipReplay): void {
  const { version, isAlone, members } = cluster;
  if (isAlone || !isTooOld(version, isAlone)) {
    checkServerVersion(version, isAlone);
    return;
  }
  const found = `the cluster has ${members.length} members and is at ${version}`;
  throw refused(`${found}: upgrade all of them to etcd 3.5 first`);
}

async function imported(
  { path, image }: { path: string; image: OpenImage },
  { place, membership }: Replayed,
  { stage, logger, yieldTurn }: TakeOverPorts,
): Promise<StagedImage> {
  const staged = await stage();
  const { backend } = staged;
  const report = new Reporter(logger);
  try {
    const onProgress = (progress: ImportProgress): void => report.progress(progress);
    await importImage(image.file, place, { backend, yieldTurn, membership, onProgress });
    report.end();
    return { ...staged, place, meta: await loadMeta(backend) };
  } catch (error) {
    await staged.discard();
    throw namingFile(error, path);
  }
}

class Reporter {
  readonly #logger: Logger;
  #last: ImportProgress = { rows: 0, bytes: 0 };
  #reported: ImportProgress = this.#last;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  progress(progress: ImportProgress): void {
    this.#last = progress;
    const { rows, bytes } = this.#reported;
    if (progress.rows - rows < ROWS_PER_REPORT && progress.bytes - bytes < BYTES_PER_REPORT) return;
    this.#reported = progress;
    this.#logger.info('importing the database of etcd', { ...progress });
  }

  end(): void {
    this.#logger.info('imported the database of etcd', { ...this.#last });
  }
}

function refused(message: string): ServerError {
  return new ServerError('SERVER_START_REFUSED', message);
}
