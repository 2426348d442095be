/**
 * Where the 3.6 line, which we build, answers otherwise than the 3.5 oracle, and everything a
 * comparison rewrites before it compares. Any other difference fails.
 *
 * Rewritten for etcdctl: lease ids (`run-script.ts`, withoutIds), remaining seconds and order of the keys of
 * a lease, the duration that `endpoint health` prints, and ids of members that were added, with the order
 * that follows from them (`etcdctl-script.ts`, `membership.live.test.ts`); in etcdctl's own log lines the
 * time, its own address and a pointer (`run-script.ts`, withoutClientNoise).
 *
 * Rewritten for raw gRPC calls: lease ids that the member chose, remaining seconds, order of the keys
 * of a lease (`grpc-calls/lease.ts`); sizes of the backend, and the raft index once alarms were looked
 * at (`grpc-calls/member.ts`); the reason why bytes are no message, and the order in which watchers of
 * one stream get the events of one revision (`run-grpc-script.ts`). Steps that 3.5 must not get, since
 * it dies or goes another way, say so where they are (`only36`).
 *
 * Ranges that are sorted have at most 12 rows: etcd's sort is stable only up to there.
 */
import type { StepOutput } from './run-script.ts';

interface KnownDifference {
  readonly why: string;
  readonly command: RegExp;
  readonly etcd: RegExp;
  readonly ours: RegExp;
}

const KNOWN: readonly KnownDifference[] = [
  {
    why: '3.5 makes a voter of a learner whose URLs are changed',
    command: /^member list$/,
    etcd: /^ID, unstarted, , http:\/\/127\.0\.0\.1:4, , false$/m,
    ours: /^ID, unstarted, , http:\/\/127\.0\.0\.1:4, , true$/m,
  },
];

/** Whether `mine` differs from real 3.5's output just as this table says it must. */
export function expectedDifference(step: StepOutput, mine: string): boolean {
  return KNOWN.some(
    (known) =>
      known.command.test(step.command) && known.etcd.test(step.output) && known.ours.test(mine),
  );
}

/** One value in the answers to some steps that differs, exactly so. */
export interface KnownGrpcDifference {
  readonly why: string;
  /** The line of the oracle it is against; all when unset. */
  readonly line?: '3.5';
  readonly step: RegExp;
  /** A field of the answer, or `code` or `text` of a failure. */
  readonly at: string;
  /** The values; a pattern where they depend on the run. */
  readonly etcd: unknown;
  readonly ours: unknown;
}

const SINCE_36 = 'Status says more since 3.6';

export const KNOWN_GRPC: readonly KnownGrpcDifference[] = [
  ...(
    [
      ['version', '3.5.30', '3.6.14'],
      ['storageVersion', '', '3.6.0'],
      ['dbSizeQuota', '0', '2147483648'],
      ['downgradeInfo', null, { enabled: false, targetVersion: '' }],
    ] as const
  ).map(([field, etcd, ours]) => ({
    why: SINCE_36,
    line: '3.5' as const,
    step: /^Maintenance\/Status /,
    at: field,
    etcd,
    ours,
  })),
  {
    why: 'HashKV tells the revision since 3.6',
    line: '3.5',
    step: /^Maintenance\/HashKV /,
    at: 'hashRevision',
    etcd: '0',
    ours: /^-?\d+$/,
  },
  {
    why: 'Hash takes in what 3.6 keeps of the cluster, which 3.5 does not have',
    line: '3.5',
    step: /^Maintenance\/Hash /,
    at: 'hash',
    etcd: /^\d+$/,
    ours: /^\d+$/,
  },
  {
    why: 'a group that ends with the number of another: 3.7 refuses it as we do, 3.6 only counts',
    step: /^Lease\/LeaseTimeToLive 6 bytes d308ac021001$/,
    at: 'code',
    etcd: undefined,
    ours: 13,
  },
];
