/** How long entries take to apply, by what they ask for and whether it succeeded. */
import { exponentialBounds, Histogram } from '../../base/histogram.ts';
import type { InternalRaftRequest } from '../../pb/index.ts';
import type { Outcome } from '../apply/requests.ts';
import type { LabelledHistogram } from './series.ts';

/** 0.1 ms to 52 s. */
export const REQUEST_BOUNDS_S: readonly number[] = exponentialBounds(0.0001, 2, 20);

/** By field of the request, the frequent ones first; the names are etcd's. */
const OPERATIONS: readonly (readonly [keyof InternalRaftRequest, string])[] = [
  ['put', 'Put'],
  ['txn', 'Txn'],
  ['deleteRange', 'DeleteRange'],
  ['leaseGrant', 'LeaseGrant'],
  ['leaseRevoke', 'LeaseRevoke'],
  ['leaseCheckpoint', 'LeaseCheckpoint'],
  ['compaction', 'Compaction'],
  ['range', 'Range'],
  ['alarm', 'Alarm'],
  ['clusterVersionSet', 'ClusterVersionSet'],
  ['clusterMemberAttrSet', 'ClusterMemberAttrSet'],
  ['downgradeInfoSet', 'DowngradeInfoSet'],
  ['authEnable', 'AuthEnable'],
  ['authDisable', 'AuthDisable'],
  ['authenticate', 'Authenticate'],
  ['authUserAdd', 'AuthUserAdd'],
  ['authUserDelete', 'AuthUserDelete'],
  ['authUserGet', 'AuthUserGet'],
  ['authUserChangePassword', 'AuthUserChangePassword'],
  ['authUserGrantRole', 'AuthUserGrantRole'],
  ['authUserRevokeRole', 'AuthUserRevokeRole'],
  ['authUserList', 'AuthUserList'],
  ['authRoleAdd', 'AuthRoleAdd'],
  ['authRoleDelete', 'AuthRoleDelete'],
  ['authRoleGet', 'AuthRoleGet'],
  ['authRoleGrantPermission', 'AuthRoleGrantPermission'],
  ['authRoleRevokePermission', 'AuthRoleRevokePermission'],
  ['authRoleList', 'AuthRoleList'],
];

/** Of one operation. */
interface Durations {
  readonly succeeded: Histogram;
  readonly failed: Histogram;
}

export class ApplyMeters {
  /** Entries that took longer than they should. */
  slow = 0;
  readonly #slowSeconds: number;
  readonly #durations = new Map<string, Durations>();
  #startMs = 0;

  constructor(slowMs: number) {
    this.#slowSeconds = slowMs / 1000;
  }

  began(nowMs: number): void {
    this.#startMs = nowMs;
  }

  ended(request: InternalRaftRequest, outcome: Outcome, nowMs: number): void {
    const seconds = (nowMs - this.#startMs) / 1000;
    const { succeeded, failed } = this.#of(operationOf(request));
    (isSuccess(outcome) ? succeeded : failed).observe(seconds);
    if (seconds > this.#slowSeconds) this.slow++;
  }

  /** Those that have been observed. */
  durations(): LabelledHistogram[] {
    return [...this.#durations].flatMap(([op, { succeeded, failed }]) =>
      [
        { labels: { op, success: 'false', version: 'v3' }, histogram: failed },
        { labels: { op, success: 'true', version: 'v3' }, histogram: succeeded },
      ].filter(({ histogram }) => histogram.count > 0),
    );
  }

  #of(operation: string): Durations {
    let durations = this.#durations.get(operation);
    if (durations === undefined) {
      durations = {
        succeeded: new Histogram(REQUEST_BOUNDS_S),
        failed: new Histogram(REQUEST_BOUNDS_S),
      };
      this.#durations.set(operation, durations);
    }
    return durations;
  }
}

function operationOf(request: InternalRaftRequest): string {
  for (const [field, operation] of OPERATIONS) {
    if (request[field] !== undefined) return operation;
  }
  return 'unknown';
}

/** A compaction that another one forestalled has what it wanted. */
function isSuccess({ error }: Outcome): boolean {
  return error === undefined || error.code === 'MVCC_COMPACTED';
}
