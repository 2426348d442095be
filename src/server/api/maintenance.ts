/** The Maintenance service, as far as it is built: status and alarms. */
import type { UnaryCall } from '../../grpc/index.ts';
import {
  AlarmAction,
  type AlarmMember,
  AlarmRequest,
  AlarmResponse,
  AlarmType,
  DowngradeInfo,
  StatusRequest,
  StatusResponse,
} from '../../pb/index.ts';
import { ETCD_VERSION } from '../version.ts';
import { answer, type ServiceEntry, unary } from './decoded-request.ts';
import { completeHeader, fullHeader, type MemberView } from './member-view.ts';
import { rpcFailure, unexpectedFailure } from './rpc-errors.ts';

/** What a quota of 0 stands for. */
const QUOTA_BYTES_DEFAULT = 2 * 1024 * 1024 * 1024;

export function maintenanceService(
  options: { quotaBytes: number },
  member: MemberView,
): ServiceEntry[] {
  return [
    unary('/etcdserverpb.Maintenance/Status', StatusRequest, (call) => {
      const { quotaBytes } = options;
      member
        .backendBytes()
        .then((dbBytes) =>
          call.reply(StatusResponse.encode(status({ quotaBytes, dbBytes }, member))),
        )
        .catch((error: unknown) => call.fail(unexpectedFailure(error, member)));
    }),
    unary('/etcdserverpb.Maintenance/Alarm', AlarmRequest, (call, request) =>
      alarm(call, request, member),
    ),
  ];
}

function status(
  { quotaBytes, dbBytes }: { quotaBytes: number; dbBytes: number },
  member: MemberView,
): StatusResponse {
  const { raft, alarms, cluster } = member;
  const noLeader = raft.leader === 0n ? ['etcdserver: no leader'] : [];
  return StatusResponse.create({
    header: fullHeader(member),
    version: ETCD_VERSION,
    dbSize: dbBytes,
    dbSizeInUse: dbBytes,
    leader: raft.leader,
    raftIndex: raft.committedIndex,
    raftTerm: raft.term,
    raftAppliedIndex: raft.appliedIndex,
    errors: [...noLeader, ...alarms.list(AlarmType.NONE).map(alarmText)],
    isLearner: cluster.member(cluster.localId)?.isLearner ?? false,
    storageVersion: cluster.storageVersion ?? '',
    dbSizeQuota: quotaBytes === 0 ? QUOTA_BYTES_DEFAULT : quotaBytes,
    downgradeInfo: DowngradeInfo.create({}),
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

function alarm(call: UnaryCall, request: AlarmRequest, member: MemberView): void {
  const encode = (response: AlarmResponse): Uint8Array => {
    response.header = completeHeader(member, response.header);
    return AlarmResponse.encode(response);
  };
  if (request.action === AlarmAction.GET) {
    member.linearizable({
      run: () =>
        call.reply(encode(AlarmResponse.create({ alarms: member.alarms.list(request.alarm) }))),
      fail: (error) => call.fail(rpcFailure(error)),
    });
    return;
  }
  member.propose('alarm', request, answer(call, encode));
}
