import { ServerError } from './errors.ts';
import { CLUSTER_VERSION_UNSURE, isLower, versionText } from './membership/versions.ts';
import { CLUSTER_VERSION } from './version.ts';

/** Members of older clusters cannot apply what this server proposes. */
export const CLUSTER_VERSION_MIN = '3.5.0';
/** A member without others has nobody who would have to. */
const CLUSTER_VERSION_MIN_ALONE = '3.4.0';

/**
 * Throws SERVER_START_REFUSED when the cluster is at a version that this server does not have, or
 * that its members, if there are others, cannot share with it.
 */
export function checkServerVersion(clusterVersion: string | undefined, isAlone = false): void {
  if (isLower(CLUSTER_VERSION, clusterVersion)) {
    throw refused('invalid downgrade; server version is lower than determined cluster version');
  }
  if (isTooOld(clusterVersion, isAlone)) {
    const versions = `cluster version ${clusterVersion} is lower than ${versionMin(isAlone)}`;
    throw refused(`${versions}: some member is too old for this server`);
  }
}

/** Whether it is decided, and too low for this server. */
export function isTooOld(clusterVersion: string | undefined, isAlone: boolean): boolean {
  const isSure = isLower(versionText(CLUSTER_VERSION_UNSURE), clusterVersion);
  return isSure && isLower(clusterVersion, versionMin(isAlone));
}

function versionMin(isAlone: boolean): string {
  return isAlone ? CLUSTER_VERSION_MIN_ALONE : CLUSTER_VERSION_MIN;
}

/** Throws SERVER_START_REFUSED for state with a schema that this server does not have. */
export function checkStorageVersion(storageVersion: string | undefined): void {
  if (isLower(CLUSTER_VERSION, storageVersion)) {
    throw refused(`cannot read the storage: version "${storageVersion}" is not supported`);
  }
}

function refused(message: string): ServerError {
  return new ServerError('SERVER_START_REFUSED', message);
}
