import { ServerError } from './errors.ts';
import { isLower } from './membership/versions.ts';
import { CLUSTER_VERSION } from './version.ts';

/** Throws SERVER_START_REFUSED when the cluster is at a version that this server does not have. */
export function checkServerVersion(clusterVersion: string | undefined): void {
  if (!isLower(CLUSTER_VERSION, clusterVersion)) return;
  const text = 'invalid downgrade; server version is lower than determined cluster version';
  throw new ServerError('SERVER_START_REFUSED', text);
}

/** Throws SERVER_START_REFUSED for state with a schema that this server does not have. */
export function checkStorageVersion(storageVersion: string | undefined): void {
  if (!isLower(CLUSTER_VERSION, storageVersion)) return;
  const text = `cannot read the storage: version "${storageVersion}" is not supported`;
  throw new ServerError('SERVER_START_REFUSED', text);
}
