/** The Lease service. Grants and revokes go through raft; keep-alives are the leader's own. */
import type { AuthError, Identity } from '../../auth/index.ts';
import { CodedError } from '../../base/coded-error.ts';
import type { LeaseId } from '../../base/ids.ts';
import { type BidiCall, type Call, RpcError, type UnaryCall } from '../../grpc/index.ts';
import type { LeaseInfo } from '../../lease/index.ts';
import {
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseLeasesRequest,
  LeaseLeasesResponse,
  LeaseRevokeRequest,
  LeaseRevokeResponse,
  LeaseStatus,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
} from '../../pb/index.ts';
import { keyRefusal, leaseRefusal } from '../apply/key-permissions.ts';
import type { LeaderQuestion } from '../node/leader-requests.ts';
import { anonymousRefusal, type Callers } from './callers.ts';
import { answer, decoded, type ServiceEntry, unary } from './decoded-request.ts';
import { completeHeader, fullHeader, type MemberView } from './member-view.ts';
import { rpcFailure, unexpectedFailure } from './rpc-errors.ts';
import { hasRoom } from './space.ts';

/** Keep-alives of one stream that may wait for their answer; beyond, the client is held back. */
export const keepAlivesWaitingMax = 1024;

export function leaseService(member: MemberView, callers: Callers): ServiceEntry[] {
  const service = { member, callers };
  return [
    unary('/etcdserverpb.Lease/LeaseGrant', LeaseGrantRequest, (call, request) =>
      grant(call, request, service),
    ),
    unary('/etcdserverpb.Lease/LeaseRevoke', LeaseRevokeRequest, (call, request) =>
      revoke(call, request, service),
    ),
    unary('/etcdserverpb.Lease/LeaseTimeToLive', LeaseTimeToLiveRequest, (call, request) =>
      timeToLive(call, request, service),
    ),
    unary('/etcdserverpb.Lease/LeaseLeases', LeaseLeasesRequest, (call) => list(call, service)),
    [
      '/etcdserverpb.Lease/LeaseKeepAlive',
      { kind: 'bidi', handler: (call) => new KeepAliveStream(call, service).serve() },
    ],
  ];
}

interface Service {
  readonly member: MemberView;
  readonly callers: Callers;
}

function grant(call: UnaryCall, request: LeaseGrantRequest, { member, callers }: Service): void {
  if (!hasRoom(call, member, { leaseGrant: request })) return;
  const ID = request.ID === 0n ? member.newLeaseId() : request.ID;
  const done = answer<'leaseGrant'>(call, (response) => {
    response.header = completeHeader(member, response.header);
    return LeaseGrantResponse.encode(response);
  });
  callers.admitUser(call, (identity) =>
    member.propose('leaseGrant', { ...request, ID }, done, identity),
  );
}

function revoke(call: UnaryCall, request: LeaseRevokeRequest, service: Service): void {
  const { member } = service;
  const done = answer<'leaseRevoke'>(call, (response) => {
    response.header = completeHeader(member, response.header);
    return LeaseRevokeResponse.encode(response);
  });
  admitHolder(call, request.ID, service, (identity) =>
    member.propose('leaseRevoke', request, done, identity),
  );
}

/** Goes on for who may write all keys of the lease. */
function admitHolder(
  call: Call,
  ID: LeaseId,
  { member, callers }: Service,
  goOn: (identity: Identity) => void,
): void {
  const refusalOf = (identity: Identity): AuthError | undefined =>
    anonymousRefusal(identity, member.auth) ??
    keyRefusal({ leaseRevoke: { ID } }, identity, member);
  callers.admit(call, refusalOf, goOn);
}

function timeToLive(call: UnaryCall, request: LeaseTimeToLiveRequest, service: Service): void {
  const { member, callers } = service;
  callers.admitUser(call, (identity) => {
    const mayShow = (): boolean => {
      if (!request.keys) return true;
      const refusal =
        leaseRefusal([request.ID], identity, member) ?? member.auth.staleness(identity);
      if (refusal !== undefined) call.fail(rpcFailure(refusal));
      return refusal === undefined;
    };
    // Again behind the leader's answer: rights may have changed meanwhile.
    if (mayShow()) askTimeToLive(call, request, member, mayShow);
  });
}

function askTimeToLive(
  call: UnaryCall,
  { ID, keys }: LeaseTimeToLiveRequest,
  member: MemberView,
  mayShow: () => boolean,
): void {
  const { clock, atLeader } = member;
  const question: LeaderQuestion<LeaseInfo | undefined> = {
    here: () => member.lessor.timeToLive(ID, clock.monotonicMs(), keys),
    there: (leader, peerURLs) => leader.timeToLive(peerURLs, ID, keys),
  };
  atLeader.ask(question, (answer) => {
    if (answer.error !== undefined) {
      call.fail(unexpectedFailure(answer.error, member));
      return;
    }
    if (!mayShow()) return;
    const info = answer.value;
    const response = LeaseTimeToLiveResponse.create({
      header: fullHeader(member),
      ID,
      TTL: info?.remainingTtlS ?? -1,
      grantedTTL: info?.grantedTtlS ?? 0,
      keys: info?.keys ?? [],
    });
    call.reply(LeaseTimeToLiveResponse.encode(response));
  });
}

/** All leases, for who may read all that they hold. */
function list(call: UnaryCall, { member, callers }: Service): void {
  callers.admitUser(call, (identity) => {
    const ids = member.lessor.list();
    const refusal = leaseRefusal(ids, identity, member);
    if (refusal !== undefined) return call.fail(rpcFailure(refusal));
    const leases = ids.map((ID) => LeaseStatus.create({ ID }));
    call.reply(LeaseLeasesResponse.encode({ header: fullHeader(member), leases }));
  });
}

interface KeepAlive {
  readonly ID: bigint;
  readonly header: LeaseKeepAliveResponse['header'];
  ttlS: number | undefined;
}

/** One response for each request, in order. */
class KeepAliveStream {
  readonly #call: BidiCall;
  readonly #service: Service;
  readonly #member: MemberView;
  /** In the order of coming, and of answering. */
  readonly #waiting: KeepAlive[] = [];
  #isHeldBack = false;
  #isHalfClosed = false;

  constructor(call: BidiCall, service: Service) {
    this.#call = call;
    this.#service = service;
    this.#member = service.member;
  }

  serve(): void {
    this.#call.onMessage((bytes) => this.#accept(bytes));
    this.#call.onHalfClose(() => {
      this.#isHalfClosed = true;
      this.#endWhenDone();
    });
    this.#call.onDrain(() => this.#letOn());
  }

  #accept(bytes: Uint8Array): void {
    const request = decoded(LeaseKeepAliveRequest, bytes, 'stream');
    if (request instanceof RpcError) {
      this.#call.fail(request);
      return;
    }
    // The header is of before the renewal: a revision after it could be one that the lease's
    // revocation made.
    const header = fullHeader(this.#member);
    const keepAlive: KeepAlive = { ID: request.ID, header, ttlS: undefined };
    this.#waiting.push(keepAlive);
    if (this.#waiting.length >= keepAlivesWaitingMax) this.#holdBack();
    admitHolder(this.#call, request.ID, this.#service, () => this.#renew(keepAlive));
  }

  #renew(keepAlive: KeepAlive): void {
    const { ID } = keepAlive;
    const { clock, atLeader } = this.#member;
    const question: LeaderQuestion<number> = {
      here: () => this.#member.lessor.renew(ID, clock.monotonicMs()),
      there: (leader, peerURLs) => leader.renew(peerURLs, ID),
    };
    atLeader.ask(question, ({ value, error }) => {
      if (error !== undefined && !isNotFound(error)) {
        this.#call.fail(unexpectedFailure(error, this.#member));
        return;
      }
      keepAlive.ttlS = value ?? 0;
      this.#answerInOrder();
    });
  }

  #answerInOrder(): void {
    let hasRoom = true;
    for (;;) {
      const [next] = this.#waiting;
      if (next?.ttlS === undefined) break;
      this.#waiting.shift();
      const { header, ID, ttlS: TTL } = next;
      const response = LeaseKeepAliveResponse.create({ header, ID, TTL });
      hasRoom = this.#call.send(LeaseKeepAliveResponse.encode(response));
    }
    if (!hasRoom) this.#holdBack();
    else if (this.#waiting.length < keepAlivesWaitingMax) this.#letOn();
    this.#endWhenDone();
  }

  #holdBack(): void {
    if (this.#isHeldBack) return;
    this.#isHeldBack = true;
    this.#call.pause();
  }

  #letOn(): void {
    if (!this.#isHeldBack) return;
    this.#isHeldBack = false;
    this.#call.resume();
  }

  #endWhenDone(): void {
    if (!this.#isHalfClosed || this.#waiting.length > 0) return;
    this.#call.end();
  }
}

function isNotFound(error: Error): boolean {
  return error instanceof CodedError && error.code === 'LEASE_NOT_FOUND';
}
