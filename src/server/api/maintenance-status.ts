/** What Maintenance.Status tells of this member. */
import { type AlarmMember, AlarmType, DowngradeInfo, StatusResponse } from '../../pb/index.ts';
import { ETCD_VERSION } from '../version.ts';
import { fullHeader, type MemberView } from './member-view.ts';

export function status(member: MemberView): StatusResponse {
  const { raft, alarms, cluster, size, quota } = member;
  const noLeader = raft.leader === 0n ? ['etcdserver: no leader'] : [];
  return StatusResponse.create({
    header: fullHeader(member),
    version: ETCD_VERSION,
    dbSize: size.totalBytes,
    dbSizeInUse: size.inUseBytes,
    leader: raft.leader,
    raftIndex: raft.committedIndex,
    raftTerm: raft.term,
    raftAppliedIndex: raft.appliedIndex,
    errors: [...noLeader, ...alarms.list(AlarmType.NONE).map(alarmText)],
    isLearner: cluster.member(cluster.localId)?.isLearner ?? false,
    storageVersion: cluster.storageVersion ?? '',
    dbSizeQuota: quota.bytes,
    downgradeInfo: DowngradeInfo.create({
      enabled: cluster.downgradeTarget !== undefined,
      targetVersion: cluster.downgradeTarget ?? '',
    }),
  });
}

/** An alarm in protobuf's text form, as etcd prints it, blank at the end included. */
function alarmText(alarm: AlarmMember): string {
  const name =
    Object.entries(AlarmType).find(([, value]) => value === alarm.alarm)?.[0] ??
    String(alarm.alarm);
  const id = alarm.memberID === 0n ? '' : `memberID:${alarm.memberID} `;
  return alarm.alarm === AlarmType.NONE ? id : `${id}alarm:${name} `;
}
