/** What can stand in a raft entry, and what applying it gives back to the request that proposed it. */
import type { CodedError } from '../../base/coded-error.ts';
import type {
  AlarmRequest,
  AlarmResponse,
  AuthDisableRequest,
  AuthDisableResponse,
  AuthEnableRequest,
  AuthEnableResponse,
  AuthenticateResponse,
  AuthRoleAddRequest,
  AuthRoleAddResponse,
  AuthRoleDeleteRequest,
  AuthRoleDeleteResponse,
  AuthRoleGetRequest,
  AuthRoleGetResponse,
  AuthRoleGrantPermissionRequest,
  AuthRoleGrantPermissionResponse,
  AuthRoleListRequest,
  AuthRoleListResponse,
  AuthRoleRevokePermissionRequest,
  AuthRoleRevokePermissionResponse,
  AuthStatusRequest,
  AuthStatusResponse,
  AuthUserAddRequest,
  AuthUserAddResponse,
  AuthUserChangePasswordRequest,
  AuthUserChangePasswordResponse,
  AuthUserDeleteRequest,
  AuthUserDeleteResponse,
  AuthUserGetRequest,
  AuthUserGetResponse,
  AuthUserGrantRoleRequest,
  AuthUserGrantRoleResponse,
  AuthUserListRequest,
  AuthUserListResponse,
  AuthUserRevokeRoleRequest,
  AuthUserRevokeRoleResponse,
  ClusterMemberAttrSetRequest,
  ClusterVersionSetRequest,
  CompactionRequest,
  CompactionResponse,
  DeleteRangeRequest,
  DeleteRangeResponse,
  DowngradeInfoSetRequest,
  InternalAuthenticateRequest,
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
export interface AuthRequestOf {
  authEnable: AuthEnableRequest;
  authDisable: AuthDisableRequest;
  authStatus: AuthStatusRequest;
  authenticate: InternalAuthenticateRequest;
  authUserAdd: AuthUserAddRequest;
  authUserGet: AuthUserGetRequest;
  authUserList: AuthUserListRequest;
  authUserDelete: AuthUserDeleteRequest;
  authUserChangePassword: AuthUserChangePasswordRequest;
  authUserGrantRole: AuthUserGrantRoleRequest;
  authUserRevokeRole: AuthUserRevokeRoleRequest;
  authRoleAdd: AuthRoleAddRequest;
  authRoleGet: AuthRoleGetRequest;
  authRoleList: AuthRoleListRequest;
  authRoleDelete: AuthRoleDeleteRequest;
  authRoleGrantPermission: AuthRoleGrantPermissionRequest;
  authRoleRevokePermission: AuthRoleRevokePermissionRequest;
}

export interface AuthResponseOf {
  authEnable: AuthEnableResponse;
  authDisable: AuthDisableResponse;
  authStatus: AuthStatusResponse;
  authenticate: AuthenticateResponse;
  authUserAdd: AuthUserAddResponse;
  authUserGet: AuthUserGetResponse;
  authUserList: AuthUserListResponse;
  authUserDelete: AuthUserDeleteResponse;
  authUserChangePassword: AuthUserChangePasswordResponse;
  authUserGrantRole: AuthUserGrantRoleResponse;
  authUserRevokeRole: AuthUserRevokeRoleResponse;
  authRoleAdd: AuthRoleAddResponse;
  authRoleGet: AuthRoleGetResponse;
  authRoleList: AuthRoleListResponse;
  authRoleDelete: AuthRoleDeleteResponse;
  authRoleGrantPermission: AuthRoleGrantPermissionResponse;
  authRoleRevokePermission: AuthRoleRevokePermissionResponse;
}

export interface RequestOf extends AuthRequestOf {
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
export interface ResponseOf extends AuthResponseOf {
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
