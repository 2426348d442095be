// Generated from proto/*.proto by tools/codegen (npm run generate); do not edit.
import type { ServiceDescriptor } from '../runtime/codec.ts';
import { ElectionService } from './election.ts';
import { HealthService } from './health.ts';
import { LockService } from './lock.ts';
import { KVService } from './rpc.ts';
import { WatchService } from './rpc.ts';
import { LeaseService } from './rpc.ts';
import { ClusterService } from './rpc.ts';
import { MaintenanceService } from './rpc.ts';
import { AuthService } from './rpc.ts';

export { Permission, PermissionType, Role, User, UserAddOptions } from './auth.ts';
export { CampaignRequest, CampaignResponse, ElectionService, LeaderKey, LeaderRequest, LeaderResponse, ProclaimRequest, ProclaimResponse, ResignRequest, ResignResponse } from './election.ts';
export { V2Request, WalMetadata } from './etcdserver.ts';
export { HealthCheckRequest, HealthCheckResponse, HealthListEntry, HealthListRequest, HealthListResponse, HealthService, ServingStatus } from './health.ts';
export { Event, EventType, KeyValue } from './kv.ts';
export { Lease, LeaseInternalRequest, LeaseInternalResponse } from './lease.ts';
export { LockRequest, LockResponse, LockService, UnlockRequest, UnlockResponse } from './lock.ts';
export { Attributes, ClusterMemberAttrSetRequest, ClusterVersionSetRequest, DowngradeInfoSetRequest, MembershipMember, RaftAttributes } from './membership.ts';
export { ConfChange, ConfChangeSingle, ConfChangeTransition, ConfChangeType, ConfChangeV2, ConfState, Entry, EntryType, HardState, Message, MessageType, Snapshot, SnapshotMetadata } from './raft.ts';
export { InternalAuthenticateRequest, InternalRaftRequest, RequestHeader } from './raft-internal.ts';
export { WalRecord, WalSnapshot } from './record.ts';
export { AlarmAction, AlarmMember, AlarmRequest, AlarmResponse, AlarmType, AuthDisableRequest, AuthDisableResponse, AuthEnableRequest, AuthEnableResponse, AuthRoleAddRequest, AuthRoleAddResponse, AuthRoleDeleteRequest, AuthRoleDeleteResponse, AuthRoleGetRequest, AuthRoleGetResponse, AuthRoleGrantPermissionRequest, AuthRoleGrantPermissionResponse, AuthRoleListRequest, AuthRoleListResponse, AuthRoleRevokePermissionRequest, AuthRoleRevokePermissionResponse, AuthService, AuthStatusRequest, AuthStatusResponse, AuthUserAddRequest, AuthUserAddResponse, AuthUserChangePasswordRequest, AuthUserChangePasswordResponse, AuthUserDeleteRequest, AuthUserDeleteResponse, AuthUserGetRequest, AuthUserGetResponse, AuthUserGrantRoleRequest, AuthUserGrantRoleResponse, AuthUserListRequest, AuthUserListResponse, AuthUserRevokeRoleRequest, AuthUserRevokeRoleResponse, AuthenticateRequest, AuthenticateResponse, ClusterService, CompactionRequest, CompactionResponse, Compare, CompareResult, CompareTarget, DefragmentRequest, DefragmentResponse, DeleteRangeRequest, DeleteRangeResponse, DowngradeAction, DowngradeInfo, DowngradeRequest, DowngradeResponse, DowngradeVersionTestRequest, FilterType, HashKVRequest, HashKVResponse, HashRequest, HashResponse, KVService, LeaseCheckpoint, LeaseCheckpointRequest, LeaseCheckpointResponse, LeaseGrantRequest, LeaseGrantResponse, LeaseKeepAliveRequest, LeaseKeepAliveResponse, LeaseLeasesRequest, LeaseLeasesResponse, LeaseRevokeRequest, LeaseRevokeResponse, LeaseService, LeaseStatus, LeaseTimeToLiveRequest, LeaseTimeToLiveResponse, MaintenanceService, Member, MemberAddRequest, MemberAddResponse, MemberListRequest, MemberListResponse, MemberPromoteRequest, MemberPromoteResponse, MemberRemoveRequest, MemberRemoveResponse, MemberUpdateRequest, MemberUpdateResponse, MoveLeaderRequest, MoveLeaderResponse, PutRequest, PutResponse, RangeRequest, RangeResponse, RangeStreamResponse, RequestOp, ResponseHeader, ResponseOp, SnapshotRequest, SnapshotResponse, SortOrder, SortTarget, StatusRequest, StatusResponse, TxnRequest, TxnResponse, WatchCancelRequest, WatchCreateRequest, WatchProgressRequest, WatchRequest, WatchResponse, WatchService } from './rpc.ts';
export { SnapshotFile } from './snap.ts';

/** Every gRPC service there is. */
export const SERVICES: readonly ServiceDescriptor[] = [ElectionService, HealthService, LockService, KVService, WatchService, LeaseService, ClusterService, MaintenanceService, AuthService];
