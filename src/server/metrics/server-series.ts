/** The member in its cluster, its proposals, reads and alarms: `etcd_server_*`. */

import { AlarmType } from '../../pb/index.ts';
import type { Member } from '../member.ts';
import { hexId } from '../membership/member.ts';
import { buildFacts } from '../version.ts';
import {
  counter,
  gauge,
  type HistogramSeries,
  info,
  type LabelledHistogram,
  type NumberSeries,
  type SeriesGroup,
} from './series.ts';

/** What of a member is shown here. */
export type ServerFacts = Pick<
  Member,
  'raft' | 'cluster' | 'alarms' | 'quota' | 'meters' | 'pendingProposals'
>;

export function serverSeries(member: ServerFacts): SeriesGroup {
  const { meters } = member;
  return {
    series: [
      ...identitySeries(member),
      ...leaderSeries(member),
      ...promotionSeries(member),
      ...proposalSeries(member),
      gauge(
        'etcd_server_quota_backend_bytes',
        'Current backend storage quota size in bytes.',
        () => member.quota.bytes,
      ),
      counter(
        'etcd_server_health_success',
        'The total number of successful health checks',
        () => meters.health.successes,
      ),
      counter(
        'etcd_server_health_failures',
        'The total number of failed health checks',
        () => meters.health.failures,
      ),
      durations(
        'etcd_server_apply_duration_seconds',
        'The latency distributions of v2 apply called by backend.',
        { labelNames: ['op', 'success', 'version'], read: () => meters.applies.durations() },
      ),
      durations('etcd_server_range_duration_seconds', 'The latency distributions of txn.Range', {
        labelNames: ['success'],
        read: () => meters.ranges.durations(),
      }),
      alarmSeries(member),
    ],
  };
}

function identitySeries(member: ServerFacts): NumberSeries[] {
  const facts = buildFacts();
  return [
    info(
      'etcd_server_id',
      "Server or member ID in hexadecimal format. 1 for 'server_id' label with current ID.",
      ['server_id', () => hexId(member.cluster.localId)],
    ),
    info(
      'etcd_server_version',
      "Which version is running. 1 for 'server_version' label with current version.",
      ['server_version', () => facts.etcdVersion],
    ),
    info(
      'etcd_server_go_version',
      "Which Go version server is running with. 1 for 'server_go_version' label with current version.",
      ['server_go_version', () => facts.goVersion],
    ),
    info(
      'etcd_cluster_version',
      "Which version is running. 1 for 'cluster_version' label with current cluster version",
      ['cluster_version', () => member.cluster.version?.split('.').slice(0, 2).join('.')],
    ),
  ];
}

function leaderSeries(member: ServerFacts): NumberSeries[] {
  const { raft } = member;
  return [
    gauge(
      'etcd_server_has_leader',
      'Whether or not a leader exists. 1 is existence, 0 is not.',
      () => Number(raft.leader !== 0n),
    ),
    gauge(
      'etcd_server_is_leader',
      'Whether or not this member is a leader. 1 if is, 0 otherwise.',
      () => Number(raft.isLeader),
    ),
    gauge(
      'etcd_server_is_learner',
      'Whether or not this member is a learner. 1 if is, 0 otherwise.',
      () => Number(isLearner(member.cluster)),
    ),
    counter(
      'etcd_server_leader_changes_seen_total',
      'The number of leader changes seen.',
      () => raft.leaderChanges,
    ),
    counter(
      'etcd_server_heartbeat_send_failures_total',
      'The total number of leader heartbeat send failures (likely overloaded from slow disk).',
      () => raft.lateHeartbeats,
    ),
  ];
}

function isLearner(cluster: ServerFacts['cluster']): boolean {
  return cluster.member(cluster.localId)?.isLearner ?? false;
}

function promotionSeries({ meters }: ServerFacts): NumberSeries[] {
  const { promotions } = meters;
  return [
    counter(
      'etcd_server_learner_promote_successes',
      'The total number of successful learner promotions while this member is leader.',
      () => promotions.successes,
    ),
    {
      type: 'counter',
      name: 'etcd_server_learner_promote_failures',
      help: 'The total number of failed learner promotions (likely learner not ready) while this member is leader.',
      labelNames: ['Reason'],
      read: () =>
        [...promotions.failures].map(([code, value]) => ({
          labels: { Reason: PROMOTION_FAILURES[code] ?? code },
          value,
        })),
    },
  ];
}

/** Texts of etcd's errors inside of its server, of which clients get other ones. */
const PROMOTION_FAILURES: Readonly<Record<string, string>> = {
  MEMBERSHIP_ID_NOT_FOUND: 'membership: ID not found',
  MEMBERSHIP_ID_REMOVED: 'membership: ID removed',
  MEMBERSHIP_NOT_LEARNER: 'membership: can only promote a learner member',
  SERVER_LEARNER_NOT_READY:
    'etcdserver: can only promote a learner member which is in sync with leader',
  SERVER_NOT_ENOUGH_STARTED:
    'etcdserver: re-configuration failed due to not enough started members',
  SERVER_TIMEOUT: 'etcdserver: request timed out',
  SERVER_TIMEOUT_LEADER_FAILED:
    'etcdserver: request timed out, possibly due to previous leader failure',
  SERVER_TIMEOUT_CONNECTION_LOST: 'etcdserver: request timed out, possibly due to connection lost',
  SERVER_TIMEOUT_WAIT_APPLIED:
    'etcdserver: request timed out, waiting for the applied index took too long',
  SERVER_NEVER_TAKEN: 'context deadline exceeded',
  SERVER_STOPPED: 'etcdserver: server stopped',
};

function proposalSeries(member: ServerFacts): NumberSeries[] {
  const { raft, meters } = member;
  return [
    gauge(
      'etcd_server_proposals_committed_total',
      'The total number of consensus proposals committed.',
      () => raft.committedIndex,
    ),
    gauge(
      'etcd_server_proposals_applied_total',
      'The total number of consensus proposals applied.',
      () => raft.appliedIndex,
    ),
    gauge(
      'etcd_server_proposals_pending',
      'The current number of pending proposals to commit.',
      () => member.pendingProposals,
    ),
    counter(
      'etcd_server_proposals_failed_total',
      'The total number of failed proposals seen.',
      () => meters.failedProposals,
    ),
    counter(
      'etcd_server_slow_apply_total',
      'The total number of slow apply requests (likely overloaded from slow disk).',
      () => meters.applies.slow + meters.ranges.slow,
    ),
    counter(
      'etcd_server_slow_read_indexes_total',
      "The total number of pending read indexes not in sync with leader's or timed out read index requests.",
      () => raft.readIndexes.slowRounds,
    ),
    counter(
      'etcd_server_read_indexes_failed_total',
      'The total number of failed read indexes seen.',
      () => raft.readIndexes.failedRounds,
    ),
  ];
}

function alarmSeries(member: ServerFacts): NumberSeries {
  return {
    type: 'gauge',
    name: 'etcd_debugging_server_alarms',
    help: "Alarms for every member in cluster. 1 for 'server_id' label with current ID. 2 for 'alarm_type' label with type of this alarm",
    labelNames: ['alarm_type', 'server_id'],
    read: () =>
      member.alarms.list(AlarmType.NONE).map(({ alarm, memberID }) => ({
        labels: { alarm_type: alarmName(alarm), server_id: hexId(memberID) },
        value: 1,
      })),
  };
}

function alarmName(type: AlarmType): string {
  const found = Object.entries(AlarmType).find(([, value]) => value === type);
  return found?.[0] ?? String(type);
}

function durations(
  name: string,
  help: string,
  source: { readonly labelNames: readonly string[]; readonly read: () => LabelledHistogram[] },
): HistogramSeries {
  return { type: 'histogram', name, help, ...source };
}
