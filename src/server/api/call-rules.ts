/**
 * What every call has to pass before its handler sees it, in the order of etcd's interceptors:
 * the cluster knows its version, this member may answer, the client's version is counted, and
 * there is a leader if the client insists. Streams are then open until they end (compat-facts 3).
 */
import {
  type Call,
  RpcError,
  type RpcFailure,
  type ServiceMethod,
  type ServiceTable,
} from '../../grpc/index.ts';
import { RangeRequest } from '../../pb/index.ts';
import { NO_MEMBER } from '../../raft/index.ts';
import type { Cluster } from '../membership/cluster.ts';
import type { CallKind, ClientRequests } from './client-requests.ts';
import { decoded } from './decoded-request.ts';
import type { RaftStatus } from './member-view.ts';
import type { OpenCalls } from './open-calls.ts';
import { failureOf } from './rpc-errors.ts';

export interface CallRulePorts {
  readonly member: {
    readonly cluster: Pick<Cluster, 'version' | 'localId' | 'member'>;
    readonly raft: Pick<RaftStatus, 'leader'>;
  };
  readonly calls: OpenCalls;
  readonly requests: ClientRequests;
}

/** The table with every handler behind the rules. */
export function withCallRules(table: ServiceTable, ports: CallRulePorts): ServiceTable {
  const rules = new CallRules(ports);
  return new Map([...table].map(([path, method]) => [path, rules.around(path, method)]));
}

class CallRules {
  readonly #ports: CallRulePorts;

  constructor(ports: CallRulePorts) {
    this.#ports = ports;
  }

  around(path: string, method: ServiceMethod): ServiceMethod {
    const { kind } = method;
    switch (kind) {
      case 'unary': {
        const { handler } = method;
        return {
          kind,
          handler: (call, request) => {
            if (this.#admits(call, 'unary', path, request)) handler(call, request);
          },
        };
      }
      case 'server-stream': {
        const { handler } = method;
        return {
          kind,
          handler: (call, request) => {
            if (this.#opens(call, path)) handler(call, request);
          },
        };
      }
      case 'bidi': {
        const { handler } = method;
        return {
          kind,
          handler: (call) => {
            if (this.#opens(call, path)) handler(call);
          },
        };
      }
    }
  }

  #opens(call: Call, path: string): boolean {
    if (!this.#admits(call, 'stream', path)) return false;
    this.#ports.calls.add(call, { leader: needsLeader(call) });
    return true;
  }

  /** False when the call was refused, and has ended. `request` is that of a unary call. */
  #admits(call: Call, kind: CallKind, path: string, request?: Uint8Array): boolean {
    const refusal = this.#refusal(call, kind, path, request);
    if (refusal !== undefined) call.fail(refusal);
    return refusal === undefined;
  }

  #refusal(
    call: Call,
    kind: CallKind,
    path: string,
    request: Uint8Array | undefined,
  ): RpcFailure | undefined {
    const { requests, member } = this.#ports;
    const { cluster, raft } = member;
    if (cluster.version === undefined) return failureOf('API_NOT_CAPABLE');
    const isLearner = cluster.member(cluster.localId)?.isLearner ?? false;
    if (isLearner && !learnerServes(path, request)) return failureOf('API_NOT_FOR_LEARNER');
    const isCounted = requests.count(kind, call.metadata('client-api-version'));
    if (!isCounted) return failureOf('API_CLIENT_VERSION');
    return raft.leader === NO_MEMBER && needsLeader(call)
      ? failureOf('SERVER_NO_LEADER')
      : undefined;
  }
}

function needsLeader(call: Call): boolean {
  return call.metadata('hasleader') === 'true';
}

/** A learner may be far behind, so it serves only what asks for no more than its own state. */
function learnerServes(path: string, request: Uint8Array | undefined): boolean {
  if (path === '/etcdserverpb.Maintenance/Snapshot') return true;
  if (path === '/etcdserverpb.Maintenance/Status') return true;
  if (path !== '/etcdserverpb.KV/Range' || request === undefined) return false;
  const range = decoded(RangeRequest, request, 'unary');
  // One that cannot be read is for the handler to refuse.
  return range instanceof RpcError || range.serializable;
}
