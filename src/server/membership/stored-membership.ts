/** The membership as its rows in the backend tell it. */
import { equalBytes } from '../../base/bytes.ts';
import type { MemberId } from '../../base/ids.ts';
import {
  type Backend,
  type BackendRow,
  type BackendView,
  Bucket,
} from '../../base/ports/backend.ts';
import type { BucketWriter } from '../../base/ports/bucket-writer.ts';
import { utf8Bytes, utf8Text } from '../../base/utf8.ts';
import { parseDowngrade } from './downgrade.ts';
import { MembershipError } from './errors.ts';
import { hexId, type Member, memberJson, parseMember, plain } from './member.ts';

export const CLUSTER_VERSION_KEY: Uint8Array = utf8Bytes('clusterVersion');
export const DOWNGRADE_KEY: Uint8Array = utf8Bytes('downgrade');
/** The value of every row in the bucket of removed members. */
export const REMOVED_VALUE: Uint8Array = utf8Bytes('removed');
const SCAN_ROWS = 256;

export interface Membership {
  readonly members: readonly Member[];
  readonly removed: readonly MemberId[];
  /** The cluster version, `"3.6.0"`; undefined until the cluster has decided. */
  readonly version: string | undefined;
  /** The cluster version that a downgrade leads to, `"3.5.0"`; undefined while there is none. */
  readonly downgradeTarget: string | undefined;
}

/** The membership as of now or as of `view`. Throws MembershipError for rows that are not etcd's. */
export async function storedMembership(
  backend: Pick<Backend, 'scan'>,
  view?: BackendView,
): Promise<Membership> {
  const members = await allRows(backend, Bucket.members, view);
  const removed = await allRows(backend, Bucket.membersRemoved, view);
  const facts = await allRows(backend, Bucket.cluster, view);
  const version = factOf(facts, CLUSTER_VERSION_KEY);
  const downgrade = factOf(facts, DOWNGRADE_KEY);
  return {
    members: members.map(memberOf),
    removed: removed.map(({ key }) => idOf(key)),
    version,
    downgradeTarget: downgrade === undefined ? undefined : parseDowngrade(downgrade),
  };
}

/** Writes members, removed ids and the version of the cluster as {@link storedMembership} reads them. */
export function writeMembership(
  writer: BucketWriter,
  { members, removed, version }: Membership,
): void {
  for (const member of members) {
    writer.put(Bucket.members, utf8Bytes(hexId(member.id)), utf8Bytes(memberJson(member)));
  }
  for (const id of removed) {
    writer.put(Bucket.membersRemoved, utf8Bytes(hexId(id)), REMOVED_VALUE);
  }
  if (version !== undefined) {
    writer.put(Bucket.cluster, CLUSTER_VERSION_KEY, utf8Bytes(version));
  }
}

/** Whether it is one of the rows that {@link writeMembership} writes. */
export function isMembershipRow(bucket: Bucket, key: Uint8Array): boolean {
  if (bucket === Bucket.cluster) return equalBytes(key, CLUSTER_VERSION_KEY);
  return bucket === Bucket.members || bucket === Bucket.membersRemoved;
}

/** The id that a row is filed under. */
function idOf(key: Uint8Array): MemberId {
  const text = rowText(key);
  if (/^[0-9a-f]{1,16}$/.test(text)) return BigInt(`0x${text}`);
  throw new MembershipError('MEMBERSHIP_BAD_JSON', `not the id of a member: ${text}`);
}

function memberOf({ key, value }: BackendRow): Member {
  const member = plain(parseMember(rowText(value)));
  const id = idOf(key);
  if (id === member.id) return member;
  const text = `the row of member ${hexId(id)} holds member ${hexId(member.id)}`;
  throw new MembershipError('MEMBERSHIP_BAD_JSON', text);
}

function factOf(rows: readonly BackendRow[], key: Uint8Array): string | undefined {
  const row = rows.find((found) => equalBytes(found.key, key));
  return row === undefined ? undefined : rowText(row.value);
}

/** Every row of a small bucket, as of now or as of `view`. */
export async function allRows(
  backend: Pick<Backend, 'scan'>,
  bucket: Bucket,
  view?: BackendView,
): Promise<BackendRow[]> {
  const cursor = backend.scan(view === undefined ? { bucket } : { bucket, view });
  const rows: BackendRow[] = [];
  try {
    for (;;) {
      const slice = await cursor.next(SCAN_ROWS);
      if (slice.length === 0) return rows;
      rows.push(...slice);
    }
  } finally {
    await cursor.close();
  }
}

export function rowText(bytes: Uint8Array): string {
  const decoded = utf8Text(bytes);
  if (decoded === undefined) {
    throw new MembershipError('MEMBERSHIP_BAD_JSON', 'membership row is not valid UTF-8');
  }
  return decoded;
}
