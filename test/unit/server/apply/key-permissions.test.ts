import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AuthStore, type Identity, NOBODY } from '../../../../src/auth/index.ts';
import { Bucket } from '../../../../src/base/ports/backend.ts';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import { Lessor } from '../../../../src/lease/index.ts';
import {
  AuthUserAddRequest,
  Compare,
  DeleteRangeRequest,
  Permission,
  PermissionType,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '../../../../src/pb/index.ts';
import { type KeyRequest, keyRefusal } from '../../../../src/server/apply/key-permissions.ts';
import { FakeAuthBuckets } from '../../../support/auth/fake-auth-buckets.ts';
import { FakeBucket } from '../../../support/fake-bucket.ts';

const key = utf8Bytes;
const { READ, WRITE, READWRITE } = PermissionType;
const [OWN, FOREIGN, UNKNOWN] = [1n, 2n, 3n];

/** User u reads r, writes w, and does both with b. Lease 1 holds w and b, lease 2 x as well. */
function setUp() {
  const auth: AuthStore = new FakeAuthBuckets().store();
  for (const name of ['root', 'u']) auth.addUser(AuthUserAddRequest.create({ name }));
  auth.addRole('role');
  const grants = [
    [READ, 'r'],
    [WRITE, 'w'],
    [READWRITE, 'b'],
  ] as const;
  for (const [permType, name] of grants) {
    const perm = Permission.create({ permType, key: key(name), rangeEnd: key(`${name}~`) });
    auth.grantPermission({ name: 'role', perm });
  }
  auth.grantRole({ user: 'u', role: 'role' });
  auth.grantRole({ user: 'root', role: 'root' });
  auth.enable();
  const lessor = new Lessor({ ttlSMin: 1 }, new FakeBucket(Bucket.lease));
  for (const [id, keys] of [
    [OWN, ['w', 'b']],
    [FOREIGN, ['b~', 'w1', 'x']],
  ] as const) {
    lessor.grant(id, 100, 0);
    for (const name of keys) lessor.attach(id, key(name));
  }
  const user: Identity = { username: 'u', revision: auth.revision };
  return { auth, lessor, user };
}

const put = (name: string, more: Partial<PutRequest> = {}): PutRequest =>
  PutRequest.create({ key: key(name), ...more });
const range = (name: string, end = ''): RangeRequest =>
  RangeRequest.create({ key: key(name), rangeEnd: key(end) });
const deletion = (name: string, end = '', prevKv = false): DeleteRangeRequest =>
  DeleteRangeRequest.create({ key: key(name), rangeEnd: key(end), prevKv });
const compare = (name: string, end = ''): Compare =>
  Compare.create({ key: key(name), rangeEnd: key(end) });
const op = (fields: Partial<RequestOp>): RequestOp => RequestOp.create(fields);
const txn = (fields: Partial<TxnRequest>): TxnRequest => TxnRequest.create(fields);

const TABLE: [string, KeyRequest, isAllowed: boolean][] = [
  ['a put', { put: put('w') }, true],
  ['a put elsewhere', { put: put('x') }, false],
  ['a put where one reads', { put: put('r') }, false],
  ['a put that shows the former value', { put: put('w', { prevKv: true }) }, false],
  ['the same where one reads, too', { put: put('b', { prevKv: true }) }, true],
  ['a put under a lease with keys of one alone', { put: put('w', { lease: OWN }) }, true],
  ['a put under one with keys of others', { put: put('w', { lease: FOREIGN }) }, false],
  ['a put under one that is not there', { put: put('w', { lease: UNKNOWN }) }, true],
  ['a deletion', { deleteRange: deletion('w', 'w1') }, true],
  ['a deletion beyond', { deleteRange: deletion('w', 'x') }, false],
  ['a deletion that shows the values', { deleteRange: deletion('w', 'w1', true) }, false],
  ['the same where one reads, too', { deleteRange: deletion('b', 'b1', true) }, true],
  ['the revocation of a lease', { leaseRevoke: { ID: OWN } }, true],
  ['that of a lease with keys of others', { leaseRevoke: { ID: FOREIGN } }, false],
  ['that of none', { leaseRevoke: { ID: UNKNOWN } }, true],
  ['a txn of nothing', { txn: txn({}) }, true],
  ['a txn that compares', { txn: txn({ compare: [compare('r', 'r1')] }) }, true],
  ['a txn that compares elsewhere', { txn: txn({ compare: [compare('w')] }) }, false],
  [
    'a txn of what is allowed',
    {
      txn: txn({
        success: [op({ requestPut: put('w') }), op({ requestRange: range('r') })],
        failure: [op({ requestDeleteRange: deletion('w') }), op({})],
      }),
    },
    true,
  ],
  ['a put in the first branch', { txn: txn({ success: [op({ requestPut: put('x') })] }) }, false],
  ['a put in the other', { txn: txn({ failure: [op({ requestPut: put('x') })] }) }, false],
  ['a range in a branch', { txn: txn({ failure: [op({ requestRange: range('w') })] }) }, false],
  [
    'a deletion in a branch',
    { txn: txn({ success: [op({ requestDeleteRange: deletion('w', '\0') })] }) },
    false,
  ],
  [
    'a nested comparison',
    { txn: txn({ success: [op({ requestTxn: txn({ compare: [compare('w')] }) })] }) },
    false,
  ],
  [
    'a nested put',
    {
      txn: txn({
        failure: [op({ requestTxn: txn({ success: [op({ requestPut: put('x') })] }) })],
      }),
    },
    false,
  ],
  ['what is not about keys', {}, true],
];

describe('key permissions', () => {
  for (const [name, request, isAllowed] of TABLE) {
    it(`APPLY-I9: ${name} -> ${isAllowed ? 'allowed' : 'refused'}; to root and without auth allowed`, () => {
      const { auth, lessor, user } = setUp();
      const code = (identity: Identity): string | undefined =>
        keyRefusal(request, identity, { auth, lessor })?.code;
      assert.equal(code(user), isAllowed ? undefined : 'AUTH_PERMISSION_DENIED');
      assert.equal(code(auth.root), undefined);
      auth.disable();
      assert.equal(code(NOBODY), undefined);
    });
  }

  it('APPLY-I9: nobody, or who was found good earlier -> refused, but for leases without keys', () => {
    const { auth, lessor, user } = setUp();
    lessor.grant(9n, 100, 0);
    const code = (request: KeyRequest, identity: Identity): string | undefined =>
      keyRefusal(request, identity, { auth, lessor })?.code;
    assert.equal(code({ put: put('w') }, NOBODY), 'AUTH_USER_EMPTY');
    assert.equal(code({ leaseRevoke: { ID: 9n } }, NOBODY), undefined);
    auth.addRole('another');
    assert.equal(code({ put: put('w') }, user), 'AUTH_OLD_REVISION');
    const root = { username: 'root', revision: 1 };
    assert.equal(code({ put: put('w') }, root), 'AUTH_OLD_REVISION');
    // Leases that end are revoked even if users have changed meanwhile.
    assert.equal(code({ leaseRevoke: { ID: FOREIGN } }, root), undefined);
  });
});
