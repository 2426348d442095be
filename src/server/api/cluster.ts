/** The Cluster service: who is in the cluster, and changes of that. */
import type { UnaryCall } from '../../grpc/index.ts';
import {
  MemberAddRequest,
  MemberAddResponse,
  MemberListRequest,
  MemberListResponse,
  Member as MemberMessage,
  MemberPromoteRequest,
  MemberPromoteResponse,
  MemberRemoveRequest,
  MemberRemoveResponse,
  MemberUpdateRequest,
  MemberUpdateResponse,
  ResponseHeader,
} from '../../pb/index.ts';
import { ConfigError } from '../config/errors.ts';
import { memberUrlTexts } from '../config/member-url.ts';
import type { Member } from '../membership/member.ts';
import type { ReconfigurationDone } from '../node/reconfiguration.ts';
import { type ServiceEntry, unary } from './decoded-request.ts';
import type { MemberView } from './member-view.ts';
import { failureOf, rpcFailure } from './rpc-errors.ts';

export function clusterService(member: MemberView): ServiceEntry[] {
  const { reconfiguration } = member;
  return [
    unary('/etcdserverpb.Cluster/MemberList', MemberListRequest, (call, request) =>
      memberList(call, request, member),
    ),
    unary('/etcdserverpb.Cluster/MemberAdd', MemberAddRequest, (call, request) =>
      memberAdd(call, request, member),
    ),
    unary('/etcdserverpb.Cluster/MemberRemove', MemberRemoveRequest, (call, { ID }) =>
      reconfiguration.remove(ID, answer(call, member, MemberRemoveResponse)),
    ),
    unary('/etcdserverpb.Cluster/MemberUpdate', MemberUpdateRequest, (call, request) => {
      const done = answer(call, member, MemberUpdateResponse);
      const urls = readUrls(call, request.peerURLs);
      // As given: etcd takes any text here, of which its other members then die.
      if (urls !== undefined) reconfiguration.updatePeerURLs(request.ID, request.peerURLs, done);
    }),
    unary('/etcdserverpb.Cluster/MemberPromote', MemberPromoteRequest, (call, { ID }) =>
      reconfiguration.promote(ID, answer(call, member, MemberPromoteResponse)),
    ),
  ];
}

function memberList(call: UnaryCall, request: MemberListRequest, member: MemberView): void {
  const run = (): void => {
    const members = member.cluster.members.map(message);
    call.reply(MemberListResponse.encode({ header: header(member), members }));
  };
  if (request.linearizable) {
    member.linearizable({ run, fail: (error) => call.fail(rpcFailure(error)) });
  } else {
    run();
  }
}

function memberAdd(call: UnaryCall, request: MemberAddRequest, member: MemberView): void {
  const urls = readUrls(call, request.peerURLs);
  if (urls === undefined) return;
  const { reconfiguration } = member;
  const added = reconfiguration.newMember(urls, request.isLearner);
  const encode = (response: Answer): Uint8Array =>
    MemberAddResponse.encode({ ...response, member: message(added) });
  reconfiguration.add(added, answer(call, member, { encode }));
}

/** The texts of peer URLs; undefined when they are none, and the call has failed. */
function readUrls(call: UnaryCall, peerURLs: readonly string[]): string[] | undefined {
  try {
    return memberUrlTexts(peerURLs);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    call.fail(failureOf('API_BAD_MEMBER_URLS'));
    return undefined;
  }
}

/** What the answers to all changes hold. */
interface Answer {
  header: ResponseHeader;
  members: MemberMessage[];
}

function answer(
  call: UnaryCall,
  member: MemberView,
  codec: { encode(response: Answer): Uint8Array },
): ReconfigurationDone {
  return (outcome) => {
    if (outcome.error !== undefined) {
      call.fail(rpcFailure(outcome.error));
    } else {
      const members = outcome.members.map(message);
      call.reply(codec.encode({ header: header(member), members }));
    }
  };
}

/** Headers of this service carry no revision. */
function header({ cluster, raft }: MemberView): ResponseHeader {
  const { id: clusterId, localId: memberId } = cluster;
  return ResponseHeader.create({ clusterId, memberId, raftTerm: raft.term });
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
