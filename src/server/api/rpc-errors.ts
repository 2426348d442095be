/**
 * The one table of what clients are told: gRPC code and exact text, since client libraries
 * recognise errors by their text (compat-facts 2). Every code of the modules below has its row,
 * which the compiler checks.
 */
import type { AuthErrorCode } from '../../auth/index.ts';
import { defined } from '../../base/assert.ts';
import { CodedError } from '../../base/coded-error.ts';
import type { BackendErrorCode } from '../../base/ports/backend.ts';
import { RpcError, type RpcFailure } from '../../grpc/index.ts';
import type { LeaseErrorCode } from '../../lease/index.ts';
import type { MvccErrorCode } from '../../mvcc/index.ts';
import type { ServerErrorCode } from '../errors.ts';
import type { MembershipErrorCode } from '../membership/errors.ts';

type Row = readonly [RpcFailure['code'], string];
/** What only the services themselves can find wrong. */
export type ApiErrorCode =
  | 'API_NOT_CAPABLE'
  | 'API_NOT_FOR_LEARNER'
  | 'API_CLIENT_VERSION'
  | 'API_BAD_MEMBER_URLS'
  | 'API_UNKNOWN_METHOD'
  | 'API_BAD_DOWNGRADE_VERSION'
  | 'API_BAD_DOWNGRADE_TARGET'
  | 'API_NO_CLUSTER_VERSION'
  | 'API_DOWNGRADING';
export type MappedCode =
  | MvccErrorCode
  | LeaseErrorCode
  | AuthErrorCode
  | ServerErrorCode
  | MembershipErrorCode
  | ApiErrorCode
  | Extract<BackendErrorCode, 'BACKEND_CLOSED'>;

const TABLE: Record<MappedCode, Row> = {
  MVCC_EMPTY_KEY: ['InvalidArgument', 'etcdserver: key is not provided'],
  MVCC_KEY_NOT_FOUND: ['InvalidArgument', 'etcdserver: key not found'],
  MVCC_VALUE_PROVIDED: ['InvalidArgument', 'etcdserver: value is provided'],
  MVCC_LEASE_PROVIDED: ['InvalidArgument', 'etcdserver: lease is provided'],
  MVCC_TOO_MANY_OPS: ['InvalidArgument', 'etcdserver: too many operations in txn request'],
  MVCC_DUPLICATE_KEY: ['InvalidArgument', 'etcdserver: duplicate key given in txn request'],
  MVCC_INVALID_SORT_OPTION: ['InvalidArgument', 'etcdserver: invalid sort option'],
  MVCC_COMPACTED: ['OutOfRange', 'etcdserver: mvcc: required revision has been compacted'],
  MVCC_FUTURE_REVISION: ['OutOfRange', 'etcdserver: mvcc: required revision is a future revision'],
  MVCC_LEASE_NOT_FOUND: ['NotFound', 'etcdserver: requested lease not found'],
  // TooManyRequests is not in etcd's own error map, so it reaches the wire as Unknown.
  MVCC_TOO_MANY_READS: ['Unknown', 'etcdserver: too many requests'],
  MVCC_CLOSED: ['Unavailable', 'etcdserver: server stopped'],
  // Of a member that stops, or a state whose place another one has taken.
  BACKEND_CLOSED: ['Unavailable', 'etcdserver: server stopped'],
  LEASE_NOT_FOUND: ['NotFound', 'etcdserver: requested lease not found'],
  LEASE_EXISTS: ['FailedPrecondition', 'etcdserver: lease already exists'],
  LEASE_TTL_TOO_LARGE: ['OutOfRange', 'etcdserver: too large lease TTL'],
  LEASE_NOT_PRIMARY: ['Unknown', 'not a primary lessor'],
  SERVER_STOPPED: ['Unavailable', 'etcdserver: server stopped'],
  SERVER_TIMEOUT: ['Unavailable', 'etcdserver: request timed out'],
  // As Go's contexts end: etcd waits for raft to take the request, and passes that on as it is.
  SERVER_NEVER_TAKEN: ['DeadlineExceeded', 'context deadline exceeded'],
  SERVER_TIMEOUT_LEADER_FAILED: [
    'Unavailable',
    'etcdserver: request timed out, possibly due to previous leader failure',
  ],
  SERVER_TIMEOUT_CONNECTION_LOST: [
    'Unavailable',
    'etcdserver: request timed out, possibly due to connection lost',
  ],
  // etcd's own error map lacks this one, too.
  SERVER_TRANSFER_TIMEOUT: [
    'Unknown',
    'etcdserver: request timed out, leader transfer took too long',
  ],
  SERVER_NO_LEADER: ['Unavailable', 'etcdserver: no leader'],
  SERVER_NOT_LEADER: ['FailedPrecondition', 'etcdserver: not leader'],
  SERVER_BAD_LEADER_TRANSFEREE: ['FailedPrecondition', 'etcdserver: bad leader transferee'],
  SERVER_LEADER_CHANGED: ['Unavailable', 'etcdserver: leader changed'],
  SERVER_REQUEST_TOO_LARGE: ['InvalidArgument', 'etcdserver: request is too large'],
  SERVER_TOO_MANY_REQUESTS: ['Unknown', 'etcdserver: too many requests'],
  SERVER_TIMEOUT_WAIT_APPLIED: [
    'Unavailable',
    'etcdserver: request timed out, waiting for the applied index took too long',
  ],
  SERVER_CORRUPT: ['DataLoss', 'etcdserver: corrupt cluster'],
  SERVER_NO_SPACE: ['ResourceExhausted', 'etcdserver: mvcc: database space exceeded'],
  SERVER_REMOVED: ['Unavailable', 'etcdserver: server stopped'],
  SERVER_START_REFUSED: ['Internal', 'etcdserver: the member could not start'],
  // Nor is this one.
  SERVER_NOT_ENOUGH_STARTED: [
    'Unknown',
    'etcdserver: re-configuration failed due to not enough started members',
  ],
  SERVER_UNHEALTHY: ['Unavailable', 'etcdserver: unhealthy cluster'],
  SERVER_LEARNER_NOT_READY: [
    'FailedPrecondition',
    'etcdserver: can only promote a learner member which is in sync with leader',
  ],
  MEMBERSHIP_BAD_JSON: ['Internal', 'etcdserver: bad member'],
  MEMBERSHIP_ID_REMOVED: ['NotFound', 'etcdserver: member not found'],
  MEMBERSHIP_ID_NOT_FOUND: ['NotFound', 'etcdserver: member not found'],
  MEMBERSHIP_ID_EXISTS: ['FailedPrecondition', 'etcdserver: member ID already exist'],
  MEMBERSHIP_PEER_URL_EXISTS: ['FailedPrecondition', 'etcdserver: Peer URLs already exists'],
  MEMBERSHIP_NOT_LEARNER: ['FailedPrecondition', 'etcdserver: can only promote a learner member'],
  MEMBERSHIP_TOO_MANY_LEARNERS: [
    'FailedPrecondition',
    'etcdserver: too many learner members in cluster',
  ],
  AUTH_ROOT_USER_NOT_FOUND: ['FailedPrecondition', 'etcdserver: root user does not exist'],
  AUTH_ROOT_ROLE_NOT_GRANTED: [
    'FailedPrecondition',
    'etcdserver: root user does not have root role',
  ],
  AUTH_USER_EXISTS: ['FailedPrecondition', 'etcdserver: user name already exists'],
  AUTH_USER_EMPTY: ['InvalidArgument', 'etcdserver: user name is empty'],
  AUTH_USER_NOT_FOUND: ['FailedPrecondition', 'etcdserver: user name not found'],
  AUTH_ROLE_EXISTS: ['FailedPrecondition', 'etcdserver: role name already exists'],
  AUTH_ROLE_EMPTY: ['InvalidArgument', 'etcdserver: role name is empty'],
  AUTH_ROLE_NOT_FOUND: ['FailedPrecondition', 'etcdserver: role name not found'],
  AUTH_ROLE_NOT_GRANTED: ['FailedPrecondition', 'etcdserver: role is not granted to the user'],
  AUTH_PERMISSION_NOT_GIVEN: ['InvalidArgument', 'etcdserver: permission not given'],
  AUTH_PERMISSION_NOT_GRANTED: [
    'FailedPrecondition',
    'etcdserver: permission is not granted to the role',
  ],
  AUTH_PERMISSION_DENIED: ['PermissionDenied', 'etcdserver: permission denied'],
  AUTH_OLD_REVISION: ['InvalidArgument', 'etcdserver: revision of auth store is old'],
  AUTH_NOT_ENABLED: ['FailedPrecondition', 'etcdserver: authentication is not enabled'],
  AUTH_FAILED: [
    'InvalidArgument',
    'etcdserver: authentication failed, invalid user ID or password',
  ],
  // Nor is this one.
  AUTH_NO_PASSWORD_USER: [
    'Unknown',
    'auth: authentication failed, password was given for no password user',
  ],
  AUTH_INVALID_TOKEN: ['Unauthenticated', 'etcdserver: invalid auth token'],
  AUTH_INVALID_MANAGEMENT: ['InvalidArgument', 'etcdserver: invalid auth management'],
  API_NOT_CAPABLE: ['FailedPrecondition', 'etcdserver: not capable'],
  API_NOT_FOR_LEARNER: ['FailedPrecondition', 'etcdserver: rpc not supported for learner'],
  API_CLIENT_VERSION: ['InvalidArgument', 'etcdserver: invalid client api version'],
  API_BAD_MEMBER_URLS: ['InvalidArgument', 'etcdserver: given member URLs are invalid'],
  // Nor is this one.
  API_UNKNOWN_METHOD: ['Unknown', 'etcdserver: unknown method'],
  API_BAD_DOWNGRADE_VERSION: [
    'InvalidArgument',
    'etcdserver: wrong downgrade target version format',
  ],
  API_BAD_DOWNGRADE_TARGET: ['InvalidArgument', 'etcdserver: invalid downgrade target version'],
  API_NO_CLUSTER_VERSION: [
    'FailedPrecondition',
    'etcdserver: cluster version not found during downgrade',
  ],
  API_DOWNGRADING: ['FailedPrecondition', 'etcdserver: cluster has a downgrade job in progress'],
};

const UNMAPPED: RpcFailure = { code: 'Internal', message: 'etcdserver: internal error' };

const FAILURES: ReadonlyMap<string, RpcFailure> = new Map(
  Object.entries(TABLE).map(([name, [code, message]]) => [name, { code, message }]),
);

/** What the client is told when something is wrong that has a row. */
export function failureOf(code: MappedCode): RpcFailure {
  return defined(FAILURES.get(code), 'every mapped code has its row');
}

/** What the client is told of `error`. One without a row is Internal: its text stays here. */
export function rpcFailure(error: unknown): RpcFailure {
  if (error instanceof RpcError) return error;
  return (error instanceof CodedError ? FAILURES.get(String(error.code)) : undefined) ?? UNMAPPED;
}

/**
 * What the client is told of an error that nobody expects. One without a row is a bug of ours or
 * a disk that fails: it ends the member.
 */
export function unexpectedFailure(
  error: unknown,
  member: { fatal(error: unknown): void },
): RpcFailure {
  const failure = rpcFailure(error);
  if (failure === UNMAPPED) member.fatal(error);
  return failure;
}

/** Every mapped code with its failure, for the test that holds them against etcd's table. */
export function mappedFailures(): ReadonlyMap<string, RpcFailure> {
  return FAILURES;
}
