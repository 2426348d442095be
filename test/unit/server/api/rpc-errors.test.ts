import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvariantError } from '../../../../src/base/assert.ts';
import { BackendError } from '../../../../src/base/ports/backend.ts';
import { RpcError } from '../../../../src/grpc/index.ts';
import { MvccError } from '../../../../src/mvcc/index.ts';
import {
  type MappedCode,
  mappedFailures,
  rpcFailure,
  unexpectedFailure,
} from '../../../../src/server/api/rpc-errors.ts';

/** What etcd 3.6 tells its clients (compat-facts 2), for every code of ours. */
const ETCD: Record<MappedCode, [string, string]> = {
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
  MVCC_TOO_MANY_READS: ['Unknown', 'etcdserver: too many requests'],
  MVCC_CLOSED: ['Unavailable', 'etcdserver: server stopped'],
  BACKEND_CLOSED: ['Unavailable', 'etcdserver: server stopped'],
  LEASE_NOT_FOUND: ['NotFound', 'etcdserver: requested lease not found'],
  LEASE_EXISTS: ['FailedPrecondition', 'etcdserver: lease already exists'],
  LEASE_TTL_TOO_LARGE: ['OutOfRange', 'etcdserver: too large lease TTL'],
  LEASE_NOT_PRIMARY: ['Unknown', 'not a primary lessor'],
  SERVER_STOPPED: ['Unavailable', 'etcdserver: server stopped'],
  SERVER_NEVER_TAKEN: ['DeadlineExceeded', 'context deadline exceeded'],
  SERVER_TIMEOUT_LEADER_FAILED: [
    'Unavailable',
    'etcdserver: request timed out, possibly due to previous leader failure',
  ],
  SERVER_TIMEOUT_CONNECTION_LOST: [
    'Unavailable',
    'etcdserver: request timed out, possibly due to connection lost',
  ],
  SERVER_TRANSFER_TIMEOUT: [
    'Unknown',
    'etcdserver: request timed out, leader transfer took too long',
  ],
  SERVER_TIMEOUT: ['Unavailable', 'etcdserver: request timed out'],
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
  SERVER_NOT_ENOUGH_STARTED: [
    'Unknown',
    'etcdserver: re-configuration failed due to not enough started members',
  ],
  SERVER_UNHEALTHY: ['Unavailable', 'etcdserver: unhealthy cluster'],
  SERVER_LEARNER_NOT_READY: [
    'FailedPrecondition',
    'etcdserver: can only promote a learner member which is in sync with leader',
  ],
  MEMBERSHIP_TOO_MANY_LEARNERS: [
    'FailedPrecondition',
    'etcdserver: too many learner members in cluster',
  ],
  API_BAD_MEMBER_URLS: ['InvalidArgument', 'etcdserver: given member URLs are invalid'],
  MEMBERSHIP_ID_REMOVED: ['NotFound', 'etcdserver: member not found'],
  MEMBERSHIP_ID_NOT_FOUND: ['NotFound', 'etcdserver: member not found'],
  MEMBERSHIP_ID_EXISTS: ['FailedPrecondition', 'etcdserver: member ID already exist'],
  MEMBERSHIP_PEER_URL_EXISTS: ['FailedPrecondition', 'etcdserver: Peer URLs already exists'],
  MEMBERSHIP_NOT_LEARNER: ['FailedPrecondition', 'etcdserver: can only promote a learner member'],
  API_NOT_CAPABLE: ['FailedPrecondition', 'etcdserver: not capable'],
  API_NOT_FOR_LEARNER: ['FailedPrecondition', 'etcdserver: rpc not supported for learner'],
  API_CLIENT_VERSION: ['InvalidArgument', 'etcdserver: invalid client api version'],
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
  AUTH_NO_PASSWORD_USER: [
    'Unknown',
    'auth: authentication failed, password was given for no password user',
  ],
  AUTH_INVALID_TOKEN: ['Unauthenticated', 'etcdserver: invalid auth token'],
  AUTH_INVALID_MANAGEMENT: ['InvalidArgument', 'etcdserver: invalid auth management'],
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
  // No request of a client ends so; etcd has no such errors.
  SERVER_START_REFUSED: ['Internal', 'etcdserver: the member could not start'],
  MEMBERSHIP_BAD_JSON: ['Internal', 'etcdserver: bad member'],
};

describe('rpc errors', () => {
  it('API-I1: every code -> the code and text of etcd', () => {
    const table = Object.fromEntries(
      [...mappedFailures()].map(([name, { code, message }]) => [name, [code, message]]),
    );
    assert.deepEqual(table, ETCD);
  });

  it('API-I1: text of ours -> never sent', () => {
    const error = new MvccError('MVCC_COMPACTED', 'compacted at 7 already');
    assert.deepEqual(rpcFailure(error), {
      code: 'OutOfRange',
      message: 'etcdserver: mvcc: required revision has been compacted',
    });
    const own = new RpcError('Internal', 'as it is');
    assert.equal(rpcFailure(own), own);
  });

  it('API-I2: a bug or a failing disk -> Internal without its text, and the member ends', () => {
    const fatals: unknown[] = [];
    const member = { fatal: (error: unknown) => fatals.push(error) };
    for (const error of [new InvariantError('x'), new BackendError('BACKEND_IO', 'x'), 'x']) {
      assert.deepEqual(unexpectedFailure(error, member), {
        code: 'Internal',
        message: 'etcdserver: internal error',
      });
    }
    assert.equal(fatals.length, 3);
    unexpectedFailure(new MvccError('MVCC_CLOSED', 'x'), member);
    assert.equal(fatals.length, 3, 'an error with a row is none of these');
  });
});
