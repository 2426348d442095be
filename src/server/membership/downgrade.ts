/**
 * The way of a cluster to an older version, as its row in the backend tells it: while it is enabled,
 * the leader lowers the cluster version to the target instead of raising it (compat-facts 9).
 */
import { MembershipError } from './errors.ts';
import { goJson } from './member.ts';
import { parseVersion } from './versions.ts';

/** The row of a cluster on its way to `target`, or on none. */
export function downgradeJson(target: string | undefined): string {
  const enabled = target !== undefined;
  return `{"target-version":${goJson(target ?? '')},"enabled":${enabled}}`;
}

/**
 * The target in a row, undefined when no downgrade is enabled. Throws MembershipError for a row that
 * is not etcd's.
 */
export function parseDowngrade(json: string): string | undefined {
  let row: unknown;
  try {
    row = JSON.parse(json);
  } catch (cause) {
    throw badRow(json, cause);
  }
  if (typeof row !== 'object' || row === null) throw badRow(json);
  const { enabled, 'target-version': target } = row as Record<string, unknown>;
  if (enabled !== true) return undefined;
  if (typeof target !== 'string' || parseVersion(target) === undefined) throw badRow(json);
  return target;
}

function badRow(json: string, cause?: unknown): MembershipError {
  return new MembershipError('MEMBERSHIP_BAD_JSON', `not a downgrade: ${json}`, cause);
}
