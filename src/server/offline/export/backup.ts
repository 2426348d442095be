/**
 * Copies a stopped member's data directory for `--force-new-cluster`, as `etcdutl backup` of 3.5
 * does: what says who is in the cluster is replaced by one member that cannot be reached, and
 * entries that would change it by empty ones, so that none moves. The layout is a real etcd's
 * whichever the source has; entries that its state does not hold are in the log of the copy.
 */
import { utf8Bytes, utf8Text } from '../../../base/utf8.ts';
import {
  ConfState,
  type Entry,
  EntryType,
  type Snapshot,
  SnapshotMetadata,
} from '../../../pb/index.ts';
import { decodeRequest } from '../../apply/entry-data.ts';
import { goJson, type Member } from '../../membership/member.ts';
import { v2StoreJson } from '../../membership/v2-store-json.ts';
import { logIdentity } from '../../storage/log-identity.ts';
import type { DataDirPaths } from '../data-dir-paths.ts';
import { foundingEdits, placeRows } from '../database-edits.ts';
import type { DatabaseSource } from '../database-source.ts';
import { OfflineError } from '../errors.ts';
import { openStoppedState } from '../open-data-dir.ts';
import { readStoppedLog, type StoppedLog } from '../stopped-log.ts';
import { writeDataDir } from '../write-data-dir.ts';
import { type DatabaseEdits, writeDatabase } from '../write-database.ts';
import type { MigratePorts } from './migrate-own.ts';

export interface BackupOptions {
  /** Of the member. */
  readonly paths: DataDirPaths;
  readonly backupDir: string;
  /** Inside `backupDir` unless given. */
  readonly backupWalDir: string | undefined;
  /** Whether to take the keys along; without them it is what v2 needed. */
  readonly withV3: boolean;
  /** The time, of which the id of the new member is made. */
  readonly wallMs: number;
  /** Size of the log's segment; tests use a small one. */
  readonly segmentBytes?: number;
}

/** Rejects with OFFLINE_REFUSED, and with what reading the one and writing the other reject with. */
export async function backup(options: BackupOptions, ports: MigratePorts): Promise<void> {
  const { paths, withV3, backupDir: dataDir, backupWalDir: walDir, segmentBytes } = options;
  const state = await openStoppedState(paths, ports);
  try {
    const log = readStoppedLog(paths, ports.files);
    const { nodeID: member, clusterID: cluster } = logIdentity(log.metadata);
    const stranger = strangerOf(options.wallMs);
    const source = withV3 ? state.source : NO_ROWS;
    const edits = withV3 ? editsFor(stranger) : editsOfNothing(stranger, log);
    await writeDataDir(
      {
        ...(segmentBytes === undefined ? {} : { segmentBytes }),
        ...beginningOf(log, stranger),
        dataDir,
        walDir,
        member,
        cluster,
        hardState: log.hardState,
        entries: log.entries.map((entry) => (isKept(entry, withV3) ? entry : emptied(entry))),
        database: (file) => writeDatabase(source, edits, file),
      },
      ports,
    );
  } finally {
    await state.close();
  }
}

/** The member that the copy names, at an address where none is. */
function strangerOf(wallMs: number): Member {
  return {
    // As etcd makes ids: the time in 40 bits, and a count behind it.
    id: (BigInt.asUintN(40, BigInt(wallMs)) << 8n) + 1n,
    peerURLs: ['http://use-flag--force-new-cluster:2080'],
    isLearner: false,
    name: 'etcdctl-v2-backup',
    clientURLs: [],
  };
}

const NO_ROWS: DatabaseSource = { buckets: [], rows: async function* () {} };

/** Nobody but the stranger is in the cluster, which has no version yet. */
function editsFor(stranger: Member): DatabaseEdits {
  return new Map([...foundingEdits([stranger]), ['cluster', { without: 'all' }]]);
}

function editsOfNothing(stranger: Member, { hardState }: StoppedLog): DatabaseEdits {
  const { commit: index, term } = hardState;
  const place = placeRows({ index, term, confState: votersOf(stranger) });
  return new Map([...editsFor(stranger), ['meta', place]]);
}

function votersOf(stranger: Member): ConfState {
  return ConfState.create({ voters: [stranger.id] });
}

/** Where the copy's log begins, with the stranger in the place of all members. */
function beginningOf({ snapshot }: StoppedLog, stranger: Member) {
  const membership = { members: [stranger], removed: [], version: undefined };
  const { index, term } = snapshot?.metadata ?? { index: 0, term: 0 };
  const confState = votersOf(stranger);
  const document = snapshot === undefined ? undefined : translated(snapshot, stranger);
  return { membership, document, place: SnapshotMetadata.create({ index, term, confState }) };
}

interface Node {
  readonly Children: Record<string, Node> | null;
}

/** The snapshot's document with other members; everything else in it stays. */
function translated({ data }: Snapshot, stranger: Member): Uint8Array {
  const membership = { members: [stranger], removed: [], version: undefined };
  const own = childrenOf(parsed(utf8Bytes(v2StoreJson(membership))));
  const document = parsed(data ?? new Uint8Array(0));
  const cluster = childrenOf(document);
  cluster['members'] = own['members'] as Node;
  const removed = cluster['removed_members'];
  if (removed !== undefined) cluster['removed_members'] = { ...removed, Children: {} };
  return utf8Bytes(goJson(document));
}

function parsed(document: Uint8Array): { readonly Root: Node } {
  try {
    return JSON.parse(utf8Text(document) ?? '') as { Root: Node };
  } catch (cause) {
    throw new OfflineError('OFFLINE_REFUSED', 'cannot translate v2store', cause);
  }
}

/** What the document tells of the cluster. */
function childrenOf({ Root }: { readonly Root: Node }): Record<string, Node> {
  const children = Root.Children?.['0']?.Children ?? undefined;
  if (children !== undefined) return children;
  throw new OfflineError('OFFLINE_REFUSED', 'cannot translate v2store');
}

const ATTRIBUTES_PATH = /\/0\/members\/[0-9A-Fa-f]{1,16}\/attributes/;

/** Entries that change who is in the cluster are not, nor, without v3, requests of v3. */
function isKept({ type, data }: Entry, withV3: boolean): boolean {
  if (type === EntryType.EntryConfChange) return false;
  if (type !== EntryType.EntryNormal || data === undefined || data.length === 0) return true;
  const request = decodeRequest(data);
  if ('path' in request) return request.method !== 'PUT' || !ATTRIBUTES_PATH.test(request.path);
  if (request.clusterMemberAttrSet !== undefined) return false;
  return withV3 || request.header === undefined;
}

/** As a leader's first one: nothing moves. */
function emptied({ index, term }: Entry): Entry {
  return { type: EntryType.EntryNormal, term, index, data: undefined };
}
