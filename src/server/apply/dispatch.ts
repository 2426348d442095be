/** One request out of the log -> its effect on the replicated state and its outcome. */
import { type Identity, NOBODY } from '../../auth/index.ts';
import type { LogIndex } from '../../base/ids.ts';
import { LeaseError } from '../../lease/index.ts';
import { MvccError } from '../../mvcc/index.ts';
import {
  AlarmAction,
  type AlarmRequest,
  AlarmResponse,
  AlarmType,
  type InternalRaftRequest,
  type LeaseCheckpointRequest,
  LeaseCheckpointResponse,
  type LeaseGrantRequest,
  LeaseGrantResponse,
  type LeaseRevokeRequest,
  LeaseRevokeResponse,
  ResponseHeader,
} from '../../pb/index.ts';
import type { Cluster } from '../membership/cluster.ts';
import { alarmRefusal } from './alarm-gate.ts';
import { applyAuth } from './auth-requests.ts';
import { keyRefusal } from './key-permissions.ts';
import type { ReplicatedState } from './replicated-state.ts';
import type { Outcome, ResponseOf } from './requests.ts';
import { UnsupportedEntryError } from './unsupported-entry-error.ts';

/** What an entry tells beside its request. */
export interface EntryContext {
  readonly index: LogIndex;
  /** Monotonic time; it reaches nothing that is replicated. */
  readonly nowMs: number;
}

/** Applies one request. A user's mistake comes back as the outcome's error, never as an exception. */
export function applyRequest(
  request: InternalRaftRequest,
  state: ReplicatedState,
  { index, nowMs }: EntryContext,
): Outcome {
  const identity = identityOf(request);
  const refusal = alarmRefusal(request, state.alarms) ?? keyRefusal(request, identity, state);
  if (refusal !== undefined) return { error: refusal };
  return (
    applyKv(request, state) ??
    applyLease(request, state, nowMs) ??
    applyCluster(request, state) ??
    applyAuth(request, state, { identity, index }) ??
    unsupported(request)
  );
}

function identityOf({ header }: InternalRaftRequest): Identity {
  return header === undefined
    ? NOBODY
    : { username: header.username, revision: header.authRevision };
}

function applyKv(request: InternalRaftRequest, state: ReplicatedState): Outcome | undefined {
  const { store } = state;
  if (request.put !== undefined) return outcomeOf(store.put(request.put));
  if (request.txn !== undefined) return outcomeOf(store.txn(request.txn));
  if (request.deleteRange !== undefined) return outcomeOf(store.deleteRange(request.deleteRange));
  if (request.compaction !== undefined) return outcomeOf(store.compact(request.compaction));
  return undefined;
}

function applyLease(
  request: InternalRaftRequest,
  state: ReplicatedState,
  nowMs: number,
): Outcome | undefined {
  try {
    if (request.leaseGrant !== undefined) {
      return { response: grant(request.leaseGrant, state, nowMs) };
    }
    if (request.leaseRevoke !== undefined) {
      return { response: revoke(request.leaseRevoke, state) };
    }
    if (request.leaseCheckpoint !== undefined) {
      return { response: checkpoint(request.leaseCheckpoint, state) };
    }
  } catch (error) {
    if (error instanceof LeaseError) return { error };
    throw error;
  }
  return undefined;
}

function grant(
  request: LeaseGrantRequest,
  state: ReplicatedState,
  nowMs: number,
): LeaseGrantResponse {
  const ttlS = state.lessor.grant(request.ID, request.TTL, nowMs);
  return LeaseGrantResponse.create({ header: headerOf(state), ID: request.ID, TTL: ttlS });
}

/** The keys go first, in one revision; then the lease. */
function revoke(request: LeaseRevokeRequest, state: ReplicatedState): LeaseRevokeResponse {
  const keys = state.lessor.keys(request.ID);
  state.store.deleteKeys(keys);
  state.lessor.revoke(request.ID);
  return LeaseRevokeResponse.create({ header: headerOf(state) });
}

function checkpoint(
  request: LeaseCheckpointRequest,
  state: ReplicatedState,
): LeaseCheckpointResponse {
  for (const { ID, remainingTTL } of request.checkpoints) {
    state.lessor.checkpoint(ID, remainingTTL, true);
  }
  return LeaseCheckpointResponse.create({ header: headerOf(state) });
}

function applyCluster(request: InternalRaftRequest, state: ReplicatedState): Outcome | undefined {
  if (request.alarm !== undefined) return { response: applyAlarm(request.alarm, state) };
  // Tests of etcd put it into logs, to see that it keeps them from being taken for older ones.
  if (request.downgradeVersionTest !== undefined) return { response: undefined };
  return changeCluster(request, state.cluster) ? { response: undefined } : undefined;
}

/** Whether it is one of the requests that change the members and the version; if so, it has. */
export function changeCluster(request: InternalRaftRequest, cluster: Cluster): boolean {
  if (request.clusterVersionSet !== undefined) {
    cluster.setVersion(request.clusterVersionSet.ver);
    return true;
  }
  if (request.clusterMemberAttrSet !== undefined) {
    const { memberID, memberAttributes } = request.clusterMemberAttrSet;
    cluster.publish(memberID, {
      name: memberAttributes?.name ?? '',
      clientURLs: memberAttributes?.clientUrls ?? [],
    });
    return true;
  }
  if (request.downgradeInfoSet !== undefined) {
    const { enabled, ver } = request.downgradeInfoSet;
    cluster.setDowngrade(enabled ? ver : undefined);
    return true;
  }
  return false;
}

function applyAlarm(request: AlarmRequest, { alarms }: ReplicatedState): AlarmResponse {
  switch (request.action) {
    case AlarmAction.GET:
      return AlarmResponse.create({ alarms: alarms.list(request.alarm) });
    case AlarmAction.ACTIVATE:
      if (request.alarm === AlarmType.NONE) return AlarmResponse.create({});
      return AlarmResponse.create({ alarms: [alarms.activate(request.memberID, request.alarm)] });
    case AlarmAction.DEACTIVATE: {
      const cleared = alarms.deactivate(request.memberID, request.alarm);
      return AlarmResponse.create({ alarms: cleared === undefined ? [] : [cleared] });
    }
    default:
      return AlarmResponse.create({});
  }
}

function unsupported(request: InternalRaftRequest): never {
  const field = Object.entries(request).find(
    ([name, value]) => value !== undefined && name !== 'ID' && name !== 'header',
  );
  throw new UnsupportedEntryError(field?.[0] ?? 'an empty request');
}

function headerOf({ store }: ReplicatedState): ResponseHeader {
  return ResponseHeader.create({ revision: store.currentRevision });
}

function outcomeOf(
  result: ResponseOf['put' | 'txn' | 'deleteRange' | 'compaction'] | MvccError,
): Outcome {
  return result instanceof MvccError ? { error: result } : { response: result };
}
