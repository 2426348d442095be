// Generated from proto/raft_internal.proto by tools/codegen (npm run generate); do not edit.
import type { MessageCodec } from '../runtime/codec.ts';
import { Reader } from '../runtime/reader.ts';
import { sharedWriter, type Writer } from '../runtime/writer.ts';
import { V2Request, mergeV2Request, newV2Request, writeV2Request } from './etcdserver.ts';
import { ClusterMemberAttrSetRequest, ClusterVersionSetRequest, DowngradeInfoSetRequest, mergeClusterMemberAttrSetRequest, mergeClusterVersionSetRequest, mergeDowngradeInfoSetRequest, newClusterMemberAttrSetRequest, newClusterVersionSetRequest, newDowngradeInfoSetRequest, writeClusterMemberAttrSetRequest, writeClusterVersionSetRequest, writeDowngradeInfoSetRequest } from './membership.ts';
import { AlarmRequest, AuthDisableRequest, AuthEnableRequest, AuthRoleAddRequest, AuthRoleDeleteRequest, AuthRoleGetRequest, AuthRoleGrantPermissionRequest, AuthRoleListRequest, AuthRoleRevokePermissionRequest, AuthStatusRequest, AuthUserAddRequest, AuthUserChangePasswordRequest, AuthUserDeleteRequest, AuthUserGetRequest, AuthUserGrantRoleRequest, AuthUserListRequest, AuthUserRevokeRoleRequest, CompactionRequest, DeleteRangeRequest, DowngradeVersionTestRequest, LeaseCheckpointRequest, LeaseGrantRequest, LeaseRevokeRequest, PutRequest, RangeRequest, TxnRequest, mergeAlarmRequest, mergeAuthDisableRequest, mergeAuthEnableRequest, mergeAuthRoleAddRequest, mergeAuthRoleDeleteRequest, mergeAuthRoleGetRequest, mergeAuthRoleGrantPermissionRequest, mergeAuthRoleListRequest, mergeAuthRoleRevokePermissionRequest, mergeAuthStatusRequest, mergeAuthUserAddRequest, mergeAuthUserChangePasswordRequest, mergeAuthUserDeleteRequest, mergeAuthUserGetRequest, mergeAuthUserGrantRoleRequest, mergeAuthUserListRequest, mergeAuthUserRevokeRoleRequest, mergeCompactionRequest, mergeDeleteRangeRequest, mergeDowngradeVersionTestRequest, mergeLeaseCheckpointRequest, mergeLeaseGrantRequest, mergeLeaseRevokeRequest, mergePutRequest, mergeRangeRequest, mergeTxnRequest, newAlarmRequest, newAuthDisableRequest, newAuthEnableRequest, newAuthRoleAddRequest, newAuthRoleDeleteRequest, newAuthRoleGetRequest, newAuthRoleGrantPermissionRequest, newAuthRoleListRequest, newAuthRoleRevokePermissionRequest, newAuthStatusRequest, newAuthUserAddRequest, newAuthUserChangePasswordRequest, newAuthUserDeleteRequest, newAuthUserGetRequest, newAuthUserGrantRoleRequest, newAuthUserListRequest, newAuthUserRevokeRoleRequest, newCompactionRequest, newDeleteRangeRequest, newDowngradeVersionTestRequest, newLeaseCheckpointRequest, newLeaseGrantRequest, newLeaseRevokeRequest, newPutRequest, newRangeRequest, newTxnRequest, writeAlarmRequest, writeAuthDisableRequest, writeAuthEnableRequest, writeAuthRoleAddRequest, writeAuthRoleDeleteRequest, writeAuthRoleGetRequest, writeAuthRoleGrantPermissionRequest, writeAuthRoleListRequest, writeAuthRoleRevokePermissionRequest, writeAuthStatusRequest, writeAuthUserAddRequest, writeAuthUserChangePasswordRequest, writeAuthUserDeleteRequest, writeAuthUserGetRequest, writeAuthUserGrantRoleRequest, writeAuthUserListRequest, writeAuthUserRevokeRoleRequest, writeCompactionRequest, writeDeleteRangeRequest, writeDowngradeVersionTestRequest, writeLeaseCheckpointRequest, writeLeaseGrantRequest, writeLeaseRevokeRequest, writePutRequest, writeRangeRequest, writeTxnRequest } from './rpc.ts';

/** etcdserverpb.RequestHeader. */
export interface RequestHeader {
  ID: bigint;
  username: string;
  authRevision: number;
}

export const RequestHeader: MessageCodec<RequestHeader> = {
  typeName: 'etcdserverpb.RequestHeader',
  fields: [
    { protoName: 'ID', name: 'ID', number: 1, kind: 'uint64', presence: 'implicit' },
    { protoName: 'username', name: 'username', number: 2, kind: 'string', presence: 'implicit' },
    { protoName: 'auth_revision', name: 'authRevision', number: 3, kind: 'uint64', presence: 'implicit', counter: true },
  ],
  create: (partial) => Object.assign(newRequestHeader(), partial),
  decode: (bytes) => RequestHeader.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newRequestHeader();
    mergeRequestHeader(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeRequestHeader(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeRequestHeader,
};

export function newRequestHeader(): RequestHeader {
  return { ID: 0n, username: '', authRevision: 0 };
}

const RequestHeader_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeRequestHeader(m: RequestHeader, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64();
        break;
      }
      case 18: {
        m.username = r.string();
        break;
      }
      case 24: {
        m.authRevision = r.uint64Counter();
        break;
      }
      default:
        r.skipUnknown(tag, RequestHeader_NUMBERS);
    }
  }
}

export function writeRequestHeader(m: RequestHeader, w: Writer): void {
  if (m.authRevision !== 0) {
    w.uint64Counter(m.authRevision);
    w.tag(24);
  }
  if (m.username !== '') {
    w.string(m.username);
    w.tag(18);
  }
  if (m.ID !== 0n) {
    w.uint64(m.ID);
    w.tag(8);
  }
}

/**
 * One of the requests is set. The numbers are part of every log on disk.
 * etcdserverpb.InternalRaftRequest.
 */
export interface InternalRaftRequest {
  /** Where the request id was before there was a header. */
  ID: bigint;
  v2: V2Request | undefined;
  range: RangeRequest | undefined;
  put: PutRequest | undefined;
  deleteRange: DeleteRangeRequest | undefined;
  txn: TxnRequest | undefined;
  compaction: CompactionRequest | undefined;
  leaseGrant: LeaseGrantRequest | undefined;
  leaseRevoke: LeaseRevokeRequest | undefined;
  alarm: AlarmRequest | undefined;
  leaseCheckpoint: LeaseCheckpointRequest | undefined;
  header: RequestHeader | undefined;
  authEnable: AuthEnableRequest | undefined;
  authDisable: AuthDisableRequest | undefined;
  authenticate: InternalAuthenticateRequest | undefined;
  authStatus: AuthStatusRequest | undefined;
  authUserAdd: AuthUserAddRequest | undefined;
  authUserDelete: AuthUserDeleteRequest | undefined;
  authUserGet: AuthUserGetRequest | undefined;
  authUserChangePassword: AuthUserChangePasswordRequest | undefined;
  authUserGrantRole: AuthUserGrantRoleRequest | undefined;
  authUserRevokeRole: AuthUserRevokeRoleRequest | undefined;
  authUserList: AuthUserListRequest | undefined;
  authRoleList: AuthRoleListRequest | undefined;
  authRoleAdd: AuthRoleAddRequest | undefined;
  authRoleDelete: AuthRoleDeleteRequest | undefined;
  authRoleGet: AuthRoleGetRequest | undefined;
  authRoleGrantPermission: AuthRoleGrantPermissionRequest | undefined;
  authRoleRevokePermission: AuthRoleRevokePermissionRequest | undefined;
  clusterVersionSet: ClusterVersionSetRequest | undefined;
  clusterMemberAttrSet: ClusterMemberAttrSetRequest | undefined;
  downgradeInfoSet: DowngradeInfoSetRequest | undefined;
  downgradeVersionTest: DowngradeVersionTestRequest | undefined;
}

export const InternalRaftRequest: MessageCodec<InternalRaftRequest> = {
  typeName: 'etcdserverpb.InternalRaftRequest',
  fields: [
    { protoName: 'ID', name: 'ID', number: 1, kind: 'uint64', presence: 'implicit' },
    { protoName: 'v2', name: 'v2', number: 2, kind: 'message', presence: 'optional', message: () => V2Request },
    { protoName: 'range', name: 'range', number: 3, kind: 'message', presence: 'optional', message: () => RangeRequest },
    { protoName: 'put', name: 'put', number: 4, kind: 'message', presence: 'optional', message: () => PutRequest },
    { protoName: 'delete_range', name: 'deleteRange', number: 5, kind: 'message', presence: 'optional', message: () => DeleteRangeRequest },
    { protoName: 'txn', name: 'txn', number: 6, kind: 'message', presence: 'optional', message: () => TxnRequest },
    { protoName: 'compaction', name: 'compaction', number: 7, kind: 'message', presence: 'optional', message: () => CompactionRequest },
    { protoName: 'lease_grant', name: 'leaseGrant', number: 8, kind: 'message', presence: 'optional', message: () => LeaseGrantRequest },
    { protoName: 'lease_revoke', name: 'leaseRevoke', number: 9, kind: 'message', presence: 'optional', message: () => LeaseRevokeRequest },
    { protoName: 'alarm', name: 'alarm', number: 10, kind: 'message', presence: 'optional', message: () => AlarmRequest },
    { protoName: 'lease_checkpoint', name: 'leaseCheckpoint', number: 11, kind: 'message', presence: 'optional', message: () => LeaseCheckpointRequest },
    { protoName: 'header', name: 'header', number: 100, kind: 'message', presence: 'optional', message: () => RequestHeader },
    { protoName: 'auth_enable', name: 'authEnable', number: 1000, kind: 'message', presence: 'optional', message: () => AuthEnableRequest },
    { protoName: 'auth_disable', name: 'authDisable', number: 1011, kind: 'message', presence: 'optional', message: () => AuthDisableRequest },
    { protoName: 'authenticate', name: 'authenticate', number: 1012, kind: 'message', presence: 'optional', message: () => InternalAuthenticateRequest },
    { protoName: 'auth_status', name: 'authStatus', number: 1013, kind: 'message', presence: 'optional', message: () => AuthStatusRequest },
    { protoName: 'auth_user_add', name: 'authUserAdd', number: 1100, kind: 'message', presence: 'optional', message: () => AuthUserAddRequest },
    { protoName: 'auth_user_delete', name: 'authUserDelete', number: 1101, kind: 'message', presence: 'optional', message: () => AuthUserDeleteRequest },
    { protoName: 'auth_user_get', name: 'authUserGet', number: 1102, kind: 'message', presence: 'optional', message: () => AuthUserGetRequest },
    { protoName: 'auth_user_change_password', name: 'authUserChangePassword', number: 1103, kind: 'message', presence: 'optional', message: () => AuthUserChangePasswordRequest },
    { protoName: 'auth_user_grant_role', name: 'authUserGrantRole', number: 1104, kind: 'message', presence: 'optional', message: () => AuthUserGrantRoleRequest },
    { protoName: 'auth_user_revoke_role', name: 'authUserRevokeRole', number: 1105, kind: 'message', presence: 'optional', message: () => AuthUserRevokeRoleRequest },
    { protoName: 'auth_user_list', name: 'authUserList', number: 1106, kind: 'message', presence: 'optional', message: () => AuthUserListRequest },
    { protoName: 'auth_role_list', name: 'authRoleList', number: 1107, kind: 'message', presence: 'optional', message: () => AuthRoleListRequest },
    { protoName: 'auth_role_add', name: 'authRoleAdd', number: 1200, kind: 'message', presence: 'optional', message: () => AuthRoleAddRequest },
    { protoName: 'auth_role_delete', name: 'authRoleDelete', number: 1201, kind: 'message', presence: 'optional', message: () => AuthRoleDeleteRequest },
    { protoName: 'auth_role_get', name: 'authRoleGet', number: 1202, kind: 'message', presence: 'optional', message: () => AuthRoleGetRequest },
    { protoName: 'auth_role_grant_permission', name: 'authRoleGrantPermission', number: 1203, kind: 'message', presence: 'optional', message: () => AuthRoleGrantPermissionRequest },
    { protoName: 'auth_role_revoke_permission', name: 'authRoleRevokePermission', number: 1204, kind: 'message', presence: 'optional', message: () => AuthRoleRevokePermissionRequest },
    { protoName: 'cluster_version_set', name: 'clusterVersionSet', number: 1300, kind: 'message', presence: 'optional', message: () => ClusterVersionSetRequest },
    { protoName: 'cluster_member_attr_set', name: 'clusterMemberAttrSet', number: 1301, kind: 'message', presence: 'optional', message: () => ClusterMemberAttrSetRequest },
    { protoName: 'downgrade_info_set', name: 'downgradeInfoSet', number: 1302, kind: 'message', presence: 'optional', message: () => DowngradeInfoSetRequest },
    { protoName: 'downgrade_version_test', name: 'downgradeVersionTest', number: 9900, kind: 'message', presence: 'optional', message: () => DowngradeVersionTestRequest },
  ],
  create: (partial) => Object.assign(newInternalRaftRequest(), partial),
  decode: (bytes) => InternalRaftRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newInternalRaftRequest();
    mergeInternalRaftRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeInternalRaftRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeInternalRaftRequest,
};

export function newInternalRaftRequest(): InternalRaftRequest {
  return { ID: 0n, v2: undefined, range: undefined, put: undefined, deleteRange: undefined, txn: undefined, compaction: undefined, leaseGrant: undefined, leaseRevoke: undefined, alarm: undefined, leaseCheckpoint: undefined, header: undefined, authEnable: undefined, authDisable: undefined, authenticate: undefined, authStatus: undefined, authUserAdd: undefined, authUserDelete: undefined, authUserGet: undefined, authUserChangePassword: undefined, authUserGrantRole: undefined, authUserRevokeRole: undefined, authUserList: undefined, authRoleList: undefined, authRoleAdd: undefined, authRoleDelete: undefined, authRoleGet: undefined, authRoleGrantPermission: undefined, authRoleRevokePermission: undefined, clusterVersionSet: undefined, clusterMemberAttrSet: undefined, downgradeInfoSet: undefined, downgradeVersionTest: undefined };
}

const InternalRaftRequest_NUMBERS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 100, 1000, 1011, 1012, 1013, 1100, 1101, 1102, 1103, 1104, 1105, 1106, 1107, 1200, 1201, 1202, 1203, 1204, 1300, 1301, 1302, 9900];

export function mergeInternalRaftRequest(m: InternalRaftRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64();
        break;
      }
      case 18: {
        if (m.v2 === undefined) m.v2 = newV2Request();
        const outer = r.enter();
        mergeV2Request(m.v2, r);
        r.leave(outer);
        break;
      }
      case 26: {
        if (m.range === undefined) m.range = newRangeRequest();
        const outer = r.enter();
        mergeRangeRequest(m.range, r);
        r.leave(outer);
        break;
      }
      case 34: {
        if (m.put === undefined) m.put = newPutRequest();
        const outer = r.enter();
        mergePutRequest(m.put, r);
        r.leave(outer);
        break;
      }
      case 42: {
        if (m.deleteRange === undefined) m.deleteRange = newDeleteRangeRequest();
        const outer = r.enter();
        mergeDeleteRangeRequest(m.deleteRange, r);
        r.leave(outer);
        break;
      }
      case 50: {
        if (m.txn === undefined) m.txn = newTxnRequest();
        const outer = r.enter();
        mergeTxnRequest(m.txn, r);
        r.leave(outer);
        break;
      }
      case 58: {
        if (m.compaction === undefined) m.compaction = newCompactionRequest();
        const outer = r.enter();
        mergeCompactionRequest(m.compaction, r);
        r.leave(outer);
        break;
      }
      case 66: {
        if (m.leaseGrant === undefined) m.leaseGrant = newLeaseGrantRequest();
        const outer = r.enter();
        mergeLeaseGrantRequest(m.leaseGrant, r);
        r.leave(outer);
        break;
      }
      case 74: {
        if (m.leaseRevoke === undefined) m.leaseRevoke = newLeaseRevokeRequest();
        const outer = r.enter();
        mergeLeaseRevokeRequest(m.leaseRevoke, r);
        r.leave(outer);
        break;
      }
      case 82: {
        if (m.alarm === undefined) m.alarm = newAlarmRequest();
        const outer = r.enter();
        mergeAlarmRequest(m.alarm, r);
        r.leave(outer);
        break;
      }
      case 90: {
        if (m.leaseCheckpoint === undefined) m.leaseCheckpoint = newLeaseCheckpointRequest();
        const outer = r.enter();
        mergeLeaseCheckpointRequest(m.leaseCheckpoint, r);
        r.leave(outer);
        break;
      }
      case 802: {
        if (m.header === undefined) m.header = newRequestHeader();
        const outer = r.enter();
        mergeRequestHeader(m.header, r);
        r.leave(outer);
        break;
      }
      case 8002: {
        if (m.authEnable === undefined) m.authEnable = newAuthEnableRequest();
        const outer = r.enter();
        mergeAuthEnableRequest(m.authEnable, r);
        r.leave(outer);
        break;
      }
      case 8090: {
        if (m.authDisable === undefined) m.authDisable = newAuthDisableRequest();
        const outer = r.enter();
        mergeAuthDisableRequest(m.authDisable, r);
        r.leave(outer);
        break;
      }
      case 8098: {
        if (m.authenticate === undefined) m.authenticate = newInternalAuthenticateRequest();
        const outer = r.enter();
        mergeInternalAuthenticateRequest(m.authenticate, r);
        r.leave(outer);
        break;
      }
      case 8106: {
        if (m.authStatus === undefined) m.authStatus = newAuthStatusRequest();
        const outer = r.enter();
        mergeAuthStatusRequest(m.authStatus, r);
        r.leave(outer);
        break;
      }
      case 8802: {
        if (m.authUserAdd === undefined) m.authUserAdd = newAuthUserAddRequest();
        const outer = r.enter();
        mergeAuthUserAddRequest(m.authUserAdd, r);
        r.leave(outer);
        break;
      }
      case 8810: {
        if (m.authUserDelete === undefined) m.authUserDelete = newAuthUserDeleteRequest();
        const outer = r.enter();
        mergeAuthUserDeleteRequest(m.authUserDelete, r);
        r.leave(outer);
        break;
      }
      case 8818: {
        if (m.authUserGet === undefined) m.authUserGet = newAuthUserGetRequest();
        const outer = r.enter();
        mergeAuthUserGetRequest(m.authUserGet, r);
        r.leave(outer);
        break;
      }
      case 8826: {
        if (m.authUserChangePassword === undefined) m.authUserChangePassword = newAuthUserChangePasswordRequest();
        const outer = r.enter();
        mergeAuthUserChangePasswordRequest(m.authUserChangePassword, r);
        r.leave(outer);
        break;
      }
      case 8834: {
        if (m.authUserGrantRole === undefined) m.authUserGrantRole = newAuthUserGrantRoleRequest();
        const outer = r.enter();
        mergeAuthUserGrantRoleRequest(m.authUserGrantRole, r);
        r.leave(outer);
        break;
      }
      case 8842: {
        if (m.authUserRevokeRole === undefined) m.authUserRevokeRole = newAuthUserRevokeRoleRequest();
        const outer = r.enter();
        mergeAuthUserRevokeRoleRequest(m.authUserRevokeRole, r);
        r.leave(outer);
        break;
      }
      case 8850: {
        if (m.authUserList === undefined) m.authUserList = newAuthUserListRequest();
        const outer = r.enter();
        mergeAuthUserListRequest(m.authUserList, r);
        r.leave(outer);
        break;
      }
      case 8858: {
        if (m.authRoleList === undefined) m.authRoleList = newAuthRoleListRequest();
        const outer = r.enter();
        mergeAuthRoleListRequest(m.authRoleList, r);
        r.leave(outer);
        break;
      }
      case 9602: {
        if (m.authRoleAdd === undefined) m.authRoleAdd = newAuthRoleAddRequest();
        const outer = r.enter();
        mergeAuthRoleAddRequest(m.authRoleAdd, r);
        r.leave(outer);
        break;
      }
      case 9610: {
        if (m.authRoleDelete === undefined) m.authRoleDelete = newAuthRoleDeleteRequest();
        const outer = r.enter();
        mergeAuthRoleDeleteRequest(m.authRoleDelete, r);
        r.leave(outer);
        break;
      }
      case 9618: {
        if (m.authRoleGet === undefined) m.authRoleGet = newAuthRoleGetRequest();
        const outer = r.enter();
        mergeAuthRoleGetRequest(m.authRoleGet, r);
        r.leave(outer);
        break;
      }
      case 9626: {
        if (m.authRoleGrantPermission === undefined) m.authRoleGrantPermission = newAuthRoleGrantPermissionRequest();
        const outer = r.enter();
        mergeAuthRoleGrantPermissionRequest(m.authRoleGrantPermission, r);
        r.leave(outer);
        break;
      }
      case 9634: {
        if (m.authRoleRevokePermission === undefined) m.authRoleRevokePermission = newAuthRoleRevokePermissionRequest();
        const outer = r.enter();
        mergeAuthRoleRevokePermissionRequest(m.authRoleRevokePermission, r);
        r.leave(outer);
        break;
      }
      case 10402: {
        if (m.clusterVersionSet === undefined) m.clusterVersionSet = newClusterVersionSetRequest();
        const outer = r.enter();
        mergeClusterVersionSetRequest(m.clusterVersionSet, r);
        r.leave(outer);
        break;
      }
      case 10410: {
        if (m.clusterMemberAttrSet === undefined) m.clusterMemberAttrSet = newClusterMemberAttrSetRequest();
        const outer = r.enter();
        mergeClusterMemberAttrSetRequest(m.clusterMemberAttrSet, r);
        r.leave(outer);
        break;
      }
      case 10418: {
        if (m.downgradeInfoSet === undefined) m.downgradeInfoSet = newDowngradeInfoSetRequest();
        const outer = r.enter();
        mergeDowngradeInfoSetRequest(m.downgradeInfoSet, r);
        r.leave(outer);
        break;
      }
      case 79202: {
        if (m.downgradeVersionTest === undefined) m.downgradeVersionTest = newDowngradeVersionTestRequest();
        const outer = r.enter();
        mergeDowngradeVersionTestRequest(m.downgradeVersionTest, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, InternalRaftRequest_NUMBERS);
    }
  }
}

export function writeInternalRaftRequest(m: InternalRaftRequest, w: Writer): void {
  if (m.downgradeVersionTest !== undefined) {
    const mark = w.length;
    writeDowngradeVersionTestRequest(m.downgradeVersionTest, w);
    w.delimit(mark);
    w.tag(79202);
  }
  if (m.downgradeInfoSet !== undefined) {
    const mark = w.length;
    writeDowngradeInfoSetRequest(m.downgradeInfoSet, w);
    w.delimit(mark);
    w.tag(10418);
  }
  if (m.clusterMemberAttrSet !== undefined) {
    const mark = w.length;
    writeClusterMemberAttrSetRequest(m.clusterMemberAttrSet, w);
    w.delimit(mark);
    w.tag(10410);
  }
  if (m.clusterVersionSet !== undefined) {
    const mark = w.length;
    writeClusterVersionSetRequest(m.clusterVersionSet, w);
    w.delimit(mark);
    w.tag(10402);
  }
  if (m.authRoleRevokePermission !== undefined) {
    const mark = w.length;
    writeAuthRoleRevokePermissionRequest(m.authRoleRevokePermission, w);
    w.delimit(mark);
    w.tag(9634);
  }
  if (m.authRoleGrantPermission !== undefined) {
    const mark = w.length;
    writeAuthRoleGrantPermissionRequest(m.authRoleGrantPermission, w);
    w.delimit(mark);
    w.tag(9626);
  }
  if (m.authRoleGet !== undefined) {
    const mark = w.length;
    writeAuthRoleGetRequest(m.authRoleGet, w);
    w.delimit(mark);
    w.tag(9618);
  }
  if (m.authRoleDelete !== undefined) {
    const mark = w.length;
    writeAuthRoleDeleteRequest(m.authRoleDelete, w);
    w.delimit(mark);
    w.tag(9610);
  }
  if (m.authRoleAdd !== undefined) {
    const mark = w.length;
    writeAuthRoleAddRequest(m.authRoleAdd, w);
    w.delimit(mark);
    w.tag(9602);
  }
  if (m.authRoleList !== undefined) {
    const mark = w.length;
    writeAuthRoleListRequest(m.authRoleList, w);
    w.delimit(mark);
    w.tag(8858);
  }
  if (m.authUserList !== undefined) {
    const mark = w.length;
    writeAuthUserListRequest(m.authUserList, w);
    w.delimit(mark);
    w.tag(8850);
  }
  if (m.authUserRevokeRole !== undefined) {
    const mark = w.length;
    writeAuthUserRevokeRoleRequest(m.authUserRevokeRole, w);
    w.delimit(mark);
    w.tag(8842);
  }
  if (m.authUserGrantRole !== undefined) {
    const mark = w.length;
    writeAuthUserGrantRoleRequest(m.authUserGrantRole, w);
    w.delimit(mark);
    w.tag(8834);
  }
  if (m.authUserChangePassword !== undefined) {
    const mark = w.length;
    writeAuthUserChangePasswordRequest(m.authUserChangePassword, w);
    w.delimit(mark);
    w.tag(8826);
  }
  if (m.authUserGet !== undefined) {
    const mark = w.length;
    writeAuthUserGetRequest(m.authUserGet, w);
    w.delimit(mark);
    w.tag(8818);
  }
  if (m.authUserDelete !== undefined) {
    const mark = w.length;
    writeAuthUserDeleteRequest(m.authUserDelete, w);
    w.delimit(mark);
    w.tag(8810);
  }
  if (m.authUserAdd !== undefined) {
    const mark = w.length;
    writeAuthUserAddRequest(m.authUserAdd, w);
    w.delimit(mark);
    w.tag(8802);
  }
  if (m.authStatus !== undefined) {
    const mark = w.length;
    writeAuthStatusRequest(m.authStatus, w);
    w.delimit(mark);
    w.tag(8106);
  }
  if (m.authenticate !== undefined) {
    const mark = w.length;
    writeInternalAuthenticateRequest(m.authenticate, w);
    w.delimit(mark);
    w.tag(8098);
  }
  if (m.authDisable !== undefined) {
    const mark = w.length;
    writeAuthDisableRequest(m.authDisable, w);
    w.delimit(mark);
    w.tag(8090);
  }
  if (m.authEnable !== undefined) {
    const mark = w.length;
    writeAuthEnableRequest(m.authEnable, w);
    w.delimit(mark);
    w.tag(8002);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeRequestHeader(m.header, w);
    w.delimit(mark);
    w.tag(802);
  }
  if (m.leaseCheckpoint !== undefined) {
    const mark = w.length;
    writeLeaseCheckpointRequest(m.leaseCheckpoint, w);
    w.delimit(mark);
    w.tag(90);
  }
  if (m.alarm !== undefined) {
    const mark = w.length;
    writeAlarmRequest(m.alarm, w);
    w.delimit(mark);
    w.tag(82);
  }
  if (m.leaseRevoke !== undefined) {
    const mark = w.length;
    writeLeaseRevokeRequest(m.leaseRevoke, w);
    w.delimit(mark);
    w.tag(74);
  }
  if (m.leaseGrant !== undefined) {
    const mark = w.length;
    writeLeaseGrantRequest(m.leaseGrant, w);
    w.delimit(mark);
    w.tag(66);
  }
  if (m.compaction !== undefined) {
    const mark = w.length;
    writeCompactionRequest(m.compaction, w);
    w.delimit(mark);
    w.tag(58);
  }
  if (m.txn !== undefined) {
    const mark = w.length;
    writeTxnRequest(m.txn, w);
    w.delimit(mark);
    w.tag(50);
  }
  if (m.deleteRange !== undefined) {
    const mark = w.length;
    writeDeleteRangeRequest(m.deleteRange, w);
    w.delimit(mark);
    w.tag(42);
  }
  if (m.put !== undefined) {
    const mark = w.length;
    writePutRequest(m.put, w);
    w.delimit(mark);
    w.tag(34);
  }
  if (m.range !== undefined) {
    const mark = w.length;
    writeRangeRequest(m.range, w);
    w.delimit(mark);
    w.tag(26);
  }
  if (m.v2 !== undefined) {
    const mark = w.length;
    writeV2Request(m.v2, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.ID !== 0n) {
    w.uint64(m.ID);
    w.tag(8);
  }
}

/**
 * An Authenticate whose password has been checked: the password is left out of the log.
 * etcdserverpb.InternalAuthenticateRequest.
 */
export interface InternalAuthenticateRequest {
  name: string;
  password: string;
  simpleToken: string;
}

export const InternalAuthenticateRequest: MessageCodec<InternalAuthenticateRequest> = {
  typeName: 'etcdserverpb.InternalAuthenticateRequest',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'string', presence: 'implicit' },
    { protoName: 'password', name: 'password', number: 2, kind: 'string', presence: 'implicit' },
    { protoName: 'simple_token', name: 'simpleToken', number: 3, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newInternalAuthenticateRequest(), partial),
  decode: (bytes) => InternalAuthenticateRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newInternalAuthenticateRequest();
    mergeInternalAuthenticateRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeInternalAuthenticateRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeInternalAuthenticateRequest,
};

export function newInternalAuthenticateRequest(): InternalAuthenticateRequest {
  return { name: '', password: '', simpleToken: '' };
}

const InternalAuthenticateRequest_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeInternalAuthenticateRequest(m: InternalAuthenticateRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.password = r.string();
        break;
      }
      case 26: {
        m.simpleToken = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, InternalAuthenticateRequest_NUMBERS);
    }
  }
}

export function writeInternalAuthenticateRequest(m: InternalAuthenticateRequest, w: Writer): void {
  if (m.simpleToken !== '') {
    w.string(m.simpleToken);
    w.tag(26);
  }
  if (m.password !== '') {
    w.string(m.password);
    w.tag(18);
  }
  if (m.name !== '') {
    w.string(m.name);
    w.tag(10);
  }
}
