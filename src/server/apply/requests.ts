/** What can stand in a raft entry, and what applying it gives back to the request that proposed it. */
import type { CodedError } from '../../base/coded-error.ts';
import type {
  AlarmRequest,
  AlarmResponse,
  ClusterMemberAttrSetRequest,
  ClusterVersionSetRequest,
  CompactionRequest,
  CompactionResponse,
  DeleteRangeRequest,
  DeleteRangeResponse,
  DowngradeInfoSetRequest,
  LeaseCheckpointRequest,
  LeaseCheckpointResponse,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseRevokeRequest,
  LeaseRevokeResponse,
  PutRequest,
  PutResponse,
  TxnRequest,
  TxnResponse,
} from '../../pb/index.ts';

/** By field name of InternalRaftRequest. */
export interface RequestOf {
  put: PutRequest;
  deleteRange: DeleteRangeRequest;
  txn: TxnRequest;
  compaction: CompactionRequest;
  leaseGrant: LeaseGrantRequest;
  leaseRevoke: LeaseRevokeRequest;
  leaseCheckpoint: LeaseCheckpointRequest;
  alarm: AlarmRequest;
  clusterVersionSet: ClusterVersionSetRequest;
  clusterMemberAttrSet: ClusterMemberAttrSetRequest;
  downgradeInfoSet: DowngradeInfoSetRequest;
}

/** Responses carry at most a revision in their header; the API layer fills in the rest. */
export interface ResponseOf {
  put: PutResponse;
  deleteRange: DeleteRangeResponse;
  txn: TxnResponse;
  compaction: CompactionResponse;
  leaseGrant: LeaseGrantResponse;
  leaseRevoke: LeaseRevokeResponse;
  leaseCheckpoint: LeaseCheckpointResponse;
  alarm: AlarmResponse;
  clusterVersionSet: undefined;
  clusterMemberAttrSet: undefined;
  downgradeInfoSet: undefined;
}

export type RequestKind = keyof RequestOf;

export type Outcome<K extends RequestKind = RequestKind> =
  | { readonly error: CodedError<string> }
  | { readonly error?: undefined; readonly response: ResponseOf[K] };
