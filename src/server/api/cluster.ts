/** The Cluster service, as far as it is built: who is in the cluster. */
import type { UnaryCall } from '../../grpc/index.ts';
import {
  MemberListRequest,
  MemberListResponse,
  Member as MemberMessage,
  ResponseHeader,
} from '../../pb/index.ts';
import type { Member } from '../membership/member.ts';
import { type ServiceEntry, unary } from './decoded-request.ts';
import type { MemberView } from './member-view.ts';
import { rpcFailure } from './rpc-errors.ts';

export function clusterService(member: MemberView): ServiceEntry[] {
  return [
    unary('/etcdserverpb.Cluster/MemberList', MemberListRequest, (call, request) =>
      memberList(call, request, member),
    ),
  ];
}

function memberList(call: UnaryCall, request: MemberListRequest, member: MemberView): void {
  const run = (): void => call.reply(MemberListResponse.encode(listed(member)));
  if (request.linearizable) {
    member.linearizable({ run, fail: (error) => call.fail(rpcFailure(error)) });
  } else {
    run();
  }
}

function listed(member: MemberView): MemberListResponse {
  const { cluster, raft } = member;
  return MemberListResponse.create({
    // Headers of this service carry no revision.
    header: ResponseHeader.create({
      clusterId: cluster.id,
      memberId: cluster.localId,
      raftTerm: raft.term,
    }),
    members: cluster.members.map(message),
  });
}

function message(member: Member): MemberMessage {
  return MemberMessage.create({
    ID: member.id,
    name: member.name,
    peerURLs: [...member.peerURLs],
    clientURLs: [...member.clientURLs],
    isLearner: member.isLearner,
  });
}
