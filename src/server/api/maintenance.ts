/** The Maintenance service: what operators ask of one member, and the alarms of all. */
import type { Identity } from '../../auth/index.ts';
import type { UnaryCall } from '../../grpc/index.ts';
import { MvccError, type Outcome } from '../../mvcc/index.ts';
import {
  AlarmAction,
  AlarmRequest,
  AlarmResponse,
  DefragmentRequest,
  DefragmentResponse,
  DowngradeRequest,
  HashKVRequest,
  HashKVResponse,
  HashRequest,
  HashResponse,
  MoveLeaderRequest,
  MoveLeaderResponse,
  StatusRequest,
  StatusResponse,
} from '../../pb/index.ts';
import { ServerError } from '../errors.ts';
import type { Callers } from './callers.ts';
import { answer, type ServiceEntry, unary } from './decoded-request.ts';
import { downgrade } from './downgrade.ts';
import { status } from './maintenance-status.ts';
import { completeHeader, fullHeader, type MemberView } from './member-view.ts';
import { rpcFailure, unexpectedFailure } from './rpc-errors.ts';

export function maintenanceService(member: MemberView, callers: Callers): ServiceEntry[] {
  const { meters } = member;
  return [
    unary('/etcdserverpb.Maintenance/Status', StatusRequest, (call) =>
      call.reply(StatusResponse.encode(status(member))),
    ),
    unary('/etcdserverpb.Maintenance/Alarm', AlarmRequest, (call, request) =>
      request.action === AlarmAction.GET
        ? callers.admitUser(call, (identity) => alarm(call, request, member, identity))
        : callers.admitRoot(call, (identity) => alarm(call, request, member, identity)),
    ),
    unary('/etcdserverpb.Maintenance/Hash', HashRequest, (call) =>
      settle(
        { call, member },
        meters.stateHashes.measured(() => member.store.hashState()),
        (hash) => HashResponse.encode(HashResponse.create({ header: fullHeader(member), hash })),
      ),
    ),
    unary('/etcdserverpb.Maintenance/HashKV', HashKVRequest, (call, { revision }) =>
      settle(
        { call, member },
        meters.revisionHashes.measured(() => member.store.hashKv(revision)),
        (hashed) =>
          HashKVResponse.encode({
            header: fullHeader(member, hashed.currentRevision),
            hash: hashed.hash,
            compactRevision: hashed.compactRevision,
            hashRevision: hashed.revision,
          }),
      ),
    ),
    unary('/etcdserverpb.Maintenance/Defragment', DefragmentRequest, (call) =>
      // Alone among the responses it has no header.
      settle({ call, member }, member.defragment(), () =>
        DefragmentResponse.encode(DefragmentResponse.create({})),
      ),
    ),
    unary('/etcdserverpb.Maintenance/MoveLeader', MoveLeaderRequest, (call, { targetID }) =>
      moveLeader(call, targetID, member),
    ),
    unary('/etcdserverpb.Maintenance/Downgrade', DowngradeRequest, (call, request) =>
      downgrade(call, request, member),
    ),
  ];
}

/** Answers when the work in the background has ended. */
function settle<T>(
  { call, member }: { call: UnaryCall; member: MemberView },
  work: Promise<Outcome<T>>,
  encode: (result: T) => Uint8Array,
): void {
  work
    .then((result) => {
      if (result instanceof MvccError) call.fail(rpcFailure(result));
      else call.reply(encode(result));
    })
    .catch((error: unknown) => call.fail(unexpectedFailure(error, member)));
}

function alarm(
  call: UnaryCall,
  request: AlarmRequest,
  member: MemberView,
  identity: Identity,
): void {
  const encode = (response: AlarmResponse): Uint8Array => {
    response.header = completeHeader(member, response.header);
    return AlarmResponse.encode(response);
  };
  // An entry with an action that members do not know stops real ones.
  const isKnown = Object.values<number>(AlarmAction).includes(request.action);
  // Asking for alarms goes through the log, too, as in etcd: it ends as other proposals do.
  if (isKnown) member.propose('alarm', request, answer(call, encode), identity);
  else call.reply(encode(AlarmResponse.create({})));
}

/** Answers when the other member leads. */
function moveLeader(call: UnaryCall, target: bigint, member: MemberView): void {
  const { raft, cluster } = member;
  if (!raft.isLeader) {
    call.fail(rpcFailure(new ServerError('SERVER_NOT_LEADER', 'not leader')));
    return;
  }
  const transferee = cluster.member(target);
  if (transferee === undefined || transferee.isLearner) {
    const error = new ServerError('SERVER_BAD_LEADER_TRANSFEREE', 'bad leader transferee');
    call.fail(rpcFailure(error));
    return;
  }
  member.moveLeader(target, (error) => {
    if (error !== undefined) call.fail(rpcFailure(error));
    else call.reply(MoveLeaderResponse.encode(MoveLeaderResponse.create({})));
  });
}
