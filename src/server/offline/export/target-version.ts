/** The version of etcd that a data directory is made for: its rows, and what stands in the way. */
import { utf8Bytes } from '../../../base/utf8.ts';
import { MetaKey } from '../../../mvcc/index.ts';
import { type Entry, EntryType } from '../../../pb/index.ts';
import { decodeEntry } from '../../apply/entry-data.ts';
import { downgradeJson } from '../../membership/downgrade.ts';
import { CLUSTER_VERSION_KEY, DOWNGRADE_KEY } from '../../membership/stored-membership.ts';
import {
  compareVersions,
  parseVersion,
  type Version,
  versionText,
} from '../../membership/versions.ts';
import { OfflineError } from '../errors.ts';
import type { DatabaseEdits } from '../write-database.ts';

/** The first version that names itself in the store. */
const VERSION_NAMED_SINCE: Version = { major: 3, minor: 6 };
/** That of a state which names none, but the term of its last entry. */
export const VERSION_UNNAMED: Version = { major: 3, minor: 5 };

/** Row `storageVersion`, as that version has it. */
export function schemaEdits(target: Version): DatabaseEdits {
  const key = MetaKey.storageVersion;
  const isNamed = compareVersions(target, VERSION_NAMED_SINCE) >= 0;
  const edit = isNamed
    ? { put: [{ key, value: utf8Bytes(versionText(target)) }] }
    : { without: [key] };
  return new Map([['meta', edit]]);
}

/** The cluster at that version, and no downgrade on its way. */
export function clusterEdits(target: Version): DatabaseEdits {
  const put = [
    { key: CLUSTER_VERSION_KEY, value: utf8Bytes(versionText(target)) },
    { key: DOWNGRADE_KEY, value: utf8Bytes(downgradeJson(undefined)) },
  ];
  return new Map([['cluster', { put }]]);
}

/** Throws OFFLINE_REFUSED, in etcd's words, unless both schemas are known. */
export function checkWay(current: Version, target: Version): void {
  if (current.major !== target.major)
    throw refused('cannot create migration plan: changing major storage version is not supported');
  const newest = VERSION_NAMED_SINCE.minor;
  if (Math.max(current.minor, target.minor) <= newest) return;
  // The step on the way there that nobody knows.
  const isUpgrade = current.minor < target.minor;
  const minor = isUpgrade ? Math.max(current.minor, newest) + 1 : current.minor;
  const version = versionText({ ...target, minor });
  throw refused(`cannot create migration plan: version "${version}" is not supported`);
}

/**
 * The lowest version whose servers can apply all of the entries, by what etcd has `marked` as
 * newer than 3.5; or by the cluster versions that they set, too: a server ends at one above its own.
 */
function versionNeeded(entries: readonly Entry[], by: 'marked' | 'set'): Version | undefined {
  let needed: Version | undefined;
  for (const { type, data } of entries) {
    if (type !== EntryType.EntryNormal || data === undefined || data.length === 0) continue;
    const request = decodeEntry(data);
    const set = by === 'set' ? request?.clusterVersionSet?.ver : undefined;
    const version = parseVersion(request?.downgradeVersionTest?.ver ?? set ?? '');
    if (version === undefined) continue;
    if (needed === undefined || compareVersions(version, needed) > 0) needed = version;
  }
  return needed;
}

/** Throws OFFLINE_REFUSED, in etcd's words, for entries that servers of `target` cannot apply. */
export function checkEntries(
  entries: readonly Entry[],
  target: Version,
  by: 'marked' | 'set',
): void {
  const needed = versionNeeded(entries, by);
  if (needed === undefined || compareVersions(target, needed) >= 0) return;
  const versions = `the target version (${versionText(target)}) is lower than the version (${versionText(needed)})`;
  throw refused(
    `cannot downgrade storage, WAL contains newer entries, as ${versions} detected from WAL logs`,
  );
}

export function shortText({ major, minor }: Version): string {
  return `${major}.${minor}`;
}

function refused(message: string): OfflineError {
  return new OfflineError('OFFLINE_REFUSED', message);
}
