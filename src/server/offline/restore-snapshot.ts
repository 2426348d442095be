/** Makes the data directory of a member of a new cluster out of a snapshot file. */
import { createHash } from 'node:crypto';
import { defined } from '../../base/assert.ts';
import { EMPTY_BYTES, equalBytes } from '../../base/bytes.ts';
import type { MemberId, Revision } from '../../base/ids.ts';
import type { FileHandle } from '../../base/ports/file-system.ts';
import type { Logger } from '../../base/ports/logger.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import { BboltFile } from '../../bbolt/index.ts';
import { MetaKey, readRevisionKey, revisionKey } from '../../mvcc/index.ts';
import { ConfState, type SnapshotMetadata } from '../../pb/index.ts';
import { bootstrapLog } from '../../raft/index.ts';
import type { InitialCluster } from '../config/initial-cluster.ts';
import { urlTexts } from '../config/member-url.ts';
import { clusterId, memberId } from '../membership/ids.ts';
import { hexId, type Member, memberJson } from '../membership/member.ts';
import { foundingEdits, placeRows } from './database-edits.ts';
import { fileSource } from './database-source.ts';
import { OfflineError } from './errors.ts';
import { checkFree, type DataDirPlan, type DataDirPorts, writeDataDir } from './write-data-dir.ts';
import { type BucketEdit, type DatabaseEdits, writeDatabase } from './write-database.ts';

/** A snapshot file ends with the SHA-256 of what is before; its length tells. */
const DIGEST_BYTES = 32;
const SECTOR_BYTES = 512;
const READ_BYTES: number = 1 << 20;

export interface RestoreOptions {
  readonly path: string;
  readonly dataDir: string;
  readonly walDir: string | undefined;
  readonly cluster: InitialCluster;
  readonly token: string;
  /** The file may have no digest, or a wrong one. */
  readonly skipsDigest: boolean;
  /** The revision goes up by so much, and all before is marked as compacted; 0 changes nothing. */
  readonly bumpsRevision: number;
  /** Size of the log's segment; tests use a small one. */
  readonly segmentBytes?: number;
  /** What log lines tell of the directory. */
  readonly logFields: Readonly<Record<string, unknown>>;
}

/**
 * Rejects with OFFLINE_REFUSED when there is something in the way or the file is not what it says,
 * FileError, BboltError and WalError; nothing of the directory is left then.
 */
export async function restoreSnapshot(options: RestoreOptions, ports: DataDirPorts): Promise<void> {
  const { files, logger } = ports;
  checkFree(options, files);
  logger.info('restoring snapshot', options.logFields);
  if (files.stat(options.path)?.isDirectory === true) {
    throw refused(`read ${options.path}: is a directory`);
  }
  const handle = files.open(options.path, 'read');
  try {
    if (!options.skipsDigest || handle.sizeBytes() < DIGEST_BYTES) checkDigest(handle);
    const plan = planOf(options, BboltFile.open(handle), logger);
    await writeDataDir(plan, ports);
  } finally {
    handle.close();
  }
  logger.info('restored snapshot', options.logFields);
}

function checkDigest(file: FileHandle): void {
  const sizeBytes = file.sizeBytes();
  if (sizeBytes < DIGEST_BYTES) throw refused(`seek ${file.path}: invalid argument`);
  if (sizeBytes % SECTOR_BYTES !== DIGEST_BYTES) {
    throw refused('snapshot missing hash but --skip-hash-check=false');
  }
  const end = sizeBytes - DIGEST_BYTES;
  const hash = createHash('sha256');
  const buffer = new Uint8Array(READ_BYTES);
  for (let at = 0; at < end; ) {
    const read = file.read(buffer.subarray(0, Math.min(READ_BYTES, end - at)), at);
    if (read === 0) throw refused(`${file.path} became shorter while it was read`);
    hash.update(buffer.subarray(0, read));
    at += read;
  }
  const expected = new Uint8Array(DIGEST_BYTES);
  file.read(expected, end);
  const found = new Uint8Array(hash.digest());
  if (equalBytes(expected, found)) return;
  throw refused(`expected sha256 [${expected.join(' ')}], got [${found.join(' ')}]`);
}

function planOf(options: RestoreOptions, file: BboltFile, logger: Logger): DataDirPlan {
  const members = foundersOf(options);
  const { entries, hardState } = bootstrapLog(
    members.map((member) => ({ id: member.id, context: utf8Bytes(memberJson(member)) })),
  );
  const ids = members.map(({ id }) => id);
  const { commit: index, term } = hardState;
  const place = { index, term, confState: ConfState.create({ voters: ids }) };
  const edits = editsOf({ file, members, place, bumpsRevision: options.bumpsRevision }, logger);
  const cluster = clusterId(ids);
  for (const member of members) logAdded(cluster, member, logger);
  const { name } = options.cluster.own;
  const own = defined(
    members.find((member) => member.name === name),
    'the cluster holds this member',
  );
  return {
    ...options,
    member: own.id,
    cluster,
    place,
    // etcd has the first member voted for; who did does not matter in a term that is over.
    hardState: { ...hardState, vote: ids[0] ?? 0n },
    entries,
    membership: { members, removed: [], version: undefined },
    database: (output) => writeDatabase(fileSource(file), edits, output),
  };
}

/** By ascending ids. */
function foundersOf({ cluster, token }: RestoreOptions): Member[] {
  const members = cluster.members.map(({ name, peerUrls }): Member => {
    const peerURLs = urlTexts(peerUrls);
    const id: MemberId = memberId(peerURLs, token);
    return { id, peerURLs, isLearner: false, name, clientURLs: [] };
  });
  return members.sort((a, b) => (a.id < b.id ? -1 : 1));
}

interface Restored {
  readonly file: BboltFile;
  readonly members: readonly Member[];
  readonly place: SnapshotMetadata;
  readonly bumpsRevision: number;
}

function editsOf({ file, members, place, bumpsRevision }: Restored, logger: Logger): DatabaseEdits {
  logger.info('Trimming membership information from the backend...');
  const meta = placeRows(place);
  const edits = new Map<string, BucketEdit>([...foundingEdits(members), ['meta', meta]]);
  if (bumpsRevision === 0) return edits;
  const last = file.bucket(utf8Bytes('key'))?.last();
  const latest: Revision = last === undefined ? 0 : readRevisionKey(last.key).main;
  const bumped = latest + bumpsRevision;
  if (!Number.isSafeInteger(bumped)) {
    throw refused(`revision ${latest} cannot be higher by ${bumpsRevision}`);
  }
  logger.info('bumping latest revision', {
    'latest-revision': latest,
    'bump-amount': bumpsRevision,
    'new-latest-revision': bumped,
  });
  logger.info('marking revision compacted', { revision: bumped });
  const row = revisionKey(bumped, 0);
  edits.set('key', { put: [{ key: row, value: EMPTY_BYTES }] });
  const compacted = { key: MetaKey.scheduledCompactRev, value: row };
  edits.set('meta', { put: [...(meta.put ?? []), compacted] });
  return edits;
}

function logAdded(cluster: bigint, { id, peerURLs }: Member, logger: Logger): void {
  logger.info('added member', {
    'cluster-id': hexId(cluster),
    'local-member-id': '0',
    'added-peer-id': hexId(id),
    'added-peer-peer-urls': peerURLs,
    'added-peer-is-learner': false,
  });
}

function refused(message: string): OfflineError {
  return new OfflineError('OFFLINE_REFUSED', message);
}
