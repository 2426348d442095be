import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AuthError, type AuthStore, NOBODY } from '../../../src/auth/index.ts';
import { EMPTY_BYTES, fromLatin1 } from '../../../src/base/bytes.ts';
import { Bucket } from '../../../src/base/ports/backend.ts';
import { utf8Bytes } from '../../../src/base/utf8.ts';
import {
  AuthUserAddRequest,
  Permission,
  PermissionType,
  User,
  WireError,
} from '../../../src/pb/index.ts';
import { FakeAuthBuckets } from '../../support/auth/fake-auth-buckets.ts';

const HASH = Buffer.from('a bcrypt hash').toString('base64');
const { READ, WRITE, READWRITE } = PermissionType;

function user(name: string, hashedPassword = HASH): AuthUserAddRequest {
  return AuthUserAddRequest.create({ name, hashedPassword });
}

function permission(permType: number, key: string, rangeEnd = ''): Permission {
  return Permission.create({ permType, key: fromLatin1(key), rangeEnd: fromLatin1(rangeEnd) });
}

function fails(code: string, act: () => void): void {
  assert.throws(act, (error) => error instanceof AuthError && error.code === code, code);
}

/** A store with user root in role root, switched on. */
function enabled(): { buckets: FakeAuthBuckets; auth: AuthStore } {
  const buckets = new FakeAuthBuckets();
  const auth = buckets.store();
  auth.addUser(user('root'));
  auth.grantRole({ user: 'root', role: 'root' });
  auth.enable();
  return { buckets, auth };
}

describe('auth store: on and off', () => {
  it('AUTH-I2: empty buckets -> off, with the first revision in its row', () => {
    const buckets = new FakeAuthBuckets();
    const auth = buckets.store();
    assert.deepEqual([auth.isEnabled, auth.revision], [false, 1]);
    assert.deepEqual(buckets.texts(), ['auth authRevision 0000000000000001']);
    buckets.store();
    assert.deepEqual(buckets.texts(), ['auth authRevision 0000000000000001']);
  });

  it('enable -> needs root in role root; the revision stays', () => {
    const auth = new FakeAuthBuckets().store();
    fails('AUTH_ROOT_USER_NOT_FOUND', () => auth.enable());
    auth.addUser(user('root'));
    fails('AUTH_ROOT_ROLE_NOT_GRANTED', () => auth.enable());
    // A role that is not there yet.
    auth.grantRole({ user: 'root', role: 'root' });
    auth.enable();
    auth.enable();
    assert.deepEqual([auth.isEnabled, auth.revision], [true, 3]);
  });

  it('disable -> a new revision, once', () => {
    const { buckets, auth } = enabled();
    auth.disable();
    auth.disable();
    assert.deepEqual([auth.isEnabled, auth.revision], [false, 4]);
    assert.equal(buckets.texts()[0], 'auth authEnabled 00');
    assert.deepEqual(auth.root, NOBODY);
  });

  it('authenticate -> a token for users with a password, while on', () => {
    const { auth } = enabled();
    auth.addUser(AuthUserAddRequest.create({ name: 'cn', options: { noPassword: true } }));
    auth.authenticate('root', 't.1');
    assert.deepEqual(auth.identityOf('t.1'), { username: 'root', revision: auth.revision });
    for (const name of ['cn', 'nobody', '']) {
      fails('AUTH_FAILED', () => auth.authenticate(name, 't.2'));
    }
    assert.equal(auth.identityOf('t.2'), undefined);
    auth.disable();
    fails('AUTH_NOT_ENABLED', () => auth.authenticate('root', 't.3'));
  });

  it('password hash -> of users with a password, while on', () => {
    const { auth } = enabled();
    auth.addUser(AuthUserAddRequest.create({ name: 'cn', options: { noPassword: true } }));
    assert.deepEqual(auth.passwordHash('root'), utf8Bytes('a bcrypt hash'));
    assert.equal(auth.passwordHash('nobody'), undefined);
    fails('AUTH_NO_PASSWORD_USER', () => auth.passwordHash('cn'));
    auth.disable();
    fails('AUTH_NOT_ENABLED', () => auth.passwordHash('root'));
  });

  it('AUTH-I6: a new password, a deleted user, auth off -> their tokens are gone, others stay', () => {
    const { auth } = enabled();
    for (const name of ['a', 'b']) auth.addUser(user(name));
    for (const name of ['a', 'b', 'root']) auth.authenticate(name, `${name}.1`);
    const known = (): (string | undefined)[] =>
      ['a.1', 'b.1', 'root.1'].map((token) => auth.identityOf(token)?.username);
    auth.grantRole({ user: 'a', role: 'root' });
    assert.deepEqual(known(), ['a', 'b', 'root']);
    auth.changePassword({ name: 'a', password: '', hashedPassword: HASH });
    assert.deepEqual(known(), [undefined, 'b', 'root']);
    auth.deleteUser('b');
    assert.deepEqual(known(), [undefined, undefined, 'root']);
    auth.disable();
    assert.deepEqual(known(), [undefined, undefined, undefined]);
  });
});

describe('auth store: users', () => {
  it('AUTH-I2: rows -> those of etcd, options even when there are none', () => {
    const buckets = new FakeAuthBuckets();
    const auth = buckets.store();
    auth.addUser(user('a', Buffer.from([1, 2]).toString('base64')));
    auth.addUser(AuthUserAddRequest.create({ name: 'b', options: { noPassword: true } }));
    auth.addRole('z');
    auth.addRole('r');
    for (const role of ['z', 'r']) auth.grantRole({ user: 'a', role });
    assert.deepEqual(buckets.texts(), [
      'auth authRevision 0000000000000007',
      'users a 0a0161120201021a01721a017a2200',
      'users b 0a016222020801',
      'roles r 0a0172',
      'roles z 0a017a',
    ]);
  });

  it('add -> refused without a name, twice, with a hash that is no base64', () => {
    const auth = new FakeAuthBuckets().store();
    fails('AUTH_USER_EMPTY', () => auth.addUser(user('')));
    fails('AUTH_NO_PASSWORD_USER', () => auth.addUser(user('a', '%')));
    auth.addUser(user('a'));
    fails('AUTH_USER_EXISTS', () => auth.addUser(user('a')));
    assert.equal(auth.revision, 2);
  });

  it('change password -> the new hash; who had none has none', () => {
    const { buckets, auth } = enabled();
    auth.addUser(AuthUserAddRequest.create({ name: 'cn', options: { noPassword: true } }));
    const before = auth.revision;
    const hashedPassword = Buffer.from('new').toString('base64');
    for (const name of ['root', 'cn']) auth.changePassword({ name, hashedPassword, password: '' });
    const stored = buckets.buckets.rows(Bucket.authUsers).map(({ value }) => User.decode(value));
    assert.deepEqual(
      stored.map(({ password }) => Buffer.from(password).toString()),
      ['', 'new'],
    );
    assert.deepEqual(auth.rolesOf('root'), ['root']);
    assert.equal(auth.revision, before + 2);
    const unknown = { name: 'x', hashedPassword, password: '' };
    fails('AUTH_USER_NOT_FOUND', () => auth.changePassword(unknown));
    const bad = { name: 'root', hashedPassword: '%', password: '' };
    fails('AUTH_NO_PASSWORD_USER', () => auth.changePassword(bad));
  });

  it('grant and revoke -> roles in byte order; granting again changes nothing', () => {
    const auth = new FakeAuthBuckets().store();
    auth.addUser(user('a'));
    // In the order of UTF-16 units the last two would change places.
    const names = ['b', '\u{ff41}', '\u{1f600}'];
    for (const role of names) auth.addRole(role);
    for (const role of names.toReversed()) auth.grantRole({ user: 'a', role });
    const { revision } = auth;
    auth.grantRole({ user: 'a', role: 'b' });
    assert.equal(auth.revision, revision);
    assert.deepEqual(auth.rolesOf('a'), names);
    assert.deepEqual(auth.roles(), names);
    auth.revokeRole({ name: 'a', role: '\u{ff41}' });
    assert.deepEqual(auth.rolesOf('a'), ['b', '\u{1f600}']);
    fails('AUTH_ROLE_NOT_GRANTED', () => auth.revokeRole({ name: 'a', role: '\u{ff41}' }));
    fails('AUTH_ROLE_NOT_FOUND', () => auth.grantRole({ user: 'a', role: 'no' }));
    fails('AUTH_USER_NOT_FOUND', () => auth.grantRole({ user: 'no', role: 'no' }));
    fails('AUTH_USER_NOT_FOUND', () => auth.revokeRole({ name: 'no', role: 'b' }));
    fails('AUTH_USER_NOT_FOUND', () => auth.rolesOf('no'));
    auth.checkInvariants();
  });

  it('root, while on -> is not deleted, nor loses its role; another root role holder may', () => {
    const { auth } = enabled();
    auth.addRole('root');
    auth.addUser(user('admin'));
    auth.grantRole({ user: 'admin', role: 'root' });
    auth.revokeRole({ name: 'admin', role: 'root' });
    fails('AUTH_INVALID_MANAGEMENT', () => auth.deleteUser('root'));
    fails('AUTH_INVALID_MANAGEMENT', () => auth.deleteRole('root'));
    fails('AUTH_INVALID_MANAGEMENT', () => auth.revokeRole({ name: 'root', role: 'root' }));
    auth.disable();
    auth.deleteRole('root');
    assert.deepEqual(auth.rolesOf('root'), []);
    auth.deleteUser('root');
    assert.deepEqual(auth.users(), ['admin']);
    fails('AUTH_USER_NOT_FOUND', () => auth.deleteUser('root'));
  });
});

describe('auth store: roles', () => {
  it('grant permission -> in the order of keys; the type of a range that is held changes', () => {
    const auth = new FakeAuthBuckets().store();
    auth.addRole('r');
    for (const perm of [
      permission(READ, 'b'),
      permission(READ, 'a', 'c'),
      permission(WRITE, 'b', 'c'),
      permission(READWRITE, 'b'),
    ]) {
      auth.grantPermission({ name: 'r', perm });
    }
    assert.deepEqual(auth.permissionsOf('r'), [
      permission(READ, 'a', 'c'),
      permission(READWRITE, 'b'),
      permission(WRITE, 'b', 'c'),
    ]);
    // Only the first permission of a key is looked at, as in etcd.
    auth.grantPermission({ name: 'r', perm: permission(READ, 'b', 'c') });
    assert.equal(auth.permissionsOf('r').length, 4);
    auth.revokePermission({ role: 'r', key: fromLatin1('b'), rangeEnd: fromLatin1('c') });
    assert.deepEqual(auth.permissionsOf('r'), [
      permission(READ, 'a', 'c'),
      permission(READWRITE, 'b'),
    ]);
    auth.checkInvariants();
  });

  it('grant permission -> refused without one, for a range without keys, for no role', () => {
    const auth = new FakeAuthBuckets().store();
    const grant = (perm?: Permission, name = 'r') => auth.grantPermission({ name, perm });
    fails('AUTH_PERMISSION_NOT_GIVEN', () => grant());
    for (const bad of [
      permission(READ, ''),
      permission(READ, '', '\0'),
      permission(READ, 'b', 'a'),
    ]) {
      fails('AUTH_INVALID_MANAGEMENT', () => grant(bad));
    }
    fails('AUTH_INVALID_MANAGEMENT', () => grant(permission(READ, 'b', 'b')));
    fails('AUTH_ROLE_NOT_FOUND', () => grant(permission(READ, 'b', '\0'), 'r'));
    auth.addRole('r');
    grant(permission(READ, 'b', '\0'));
    const none = { role: 'r', key: fromLatin1('b'), rangeEnd: EMPTY_BYTES };
    fails('AUTH_PERMISSION_NOT_GRANTED', () => auth.revokePermission(none));
    fails('AUTH_ROLE_NOT_FOUND', () => auth.revokePermission({ ...none, role: 'x' }));
    fails('AUTH_ROLE_NOT_FOUND', () => auth.permissionsOf('x'));
  });

  it('delete -> gone from all users; role root shows everything', () => {
    const auth = new FakeAuthBuckets().store();
    fails('AUTH_ROLE_EMPTY', () => auth.addRole(''));
    auth.addRole('r');
    fails('AUTH_ROLE_EXISTS', () => auth.addRole('r'));
    for (const name of ['a', 'b']) {
      auth.addUser(user(name));
      auth.grantRole({ user: name, role: 'r' });
    }
    const { revision } = auth;
    auth.deleteRole('r');
    assert.equal(auth.revision, revision + 1);
    assert.deepEqual([auth.rolesOf('a'), auth.rolesOf('b'), auth.roles()], [[], [], []]);
    fails('AUTH_ROLE_NOT_FOUND', () => auth.deleteRole('r'));
    auth.addRole('root');
    assert.deepEqual(auth.permissionsOf('root'), [permission(READWRITE, '', '\0')]);
    auth.checkInvariants();
  });
});

describe('auth store: who may', () => {
  const range = (key: string, rangeEnd = '') => ({
    key: utf8Bytes(key),
    rangeEnd: utf8Bytes(rangeEnd),
  });

  function withReader() {
    const { buckets, auth } = enabled();
    auth.addUser(user('u'));
    auth.addRole('r');
    auth.grantRole({ user: 'u', role: 'r' });
    auth.grantPermission({ name: 'r', perm: permission(READ, 'a', 'c') });
    auth.grantPermission({ name: 'r', perm: permission(WRITE, 'b', 'd') });
    return { buckets, auth, as: (username: string) => ({ username, revision: auth.revision }) };
  }

  it('off -> anyone, anything', () => {
    const auth = new FakeAuthBuckets().store();
    assert.equal(auth.adminRefusal(NOBODY), undefined);
    const access = auth.keyAccess(NOBODY);
    assert.equal(access.refusalToRead(range('a')), undefined);
    assert.equal(access.refusalToWrite(range('a', '\0')), undefined);
  });

  it('root -> everything; nobody -> nothing', () => {
    const { auth, as } = withReader();
    assert.equal(auth.adminRefusal(as('root')), undefined);
    assert.equal(auth.keyAccess(as('root')).refusalToWrite(range('\0', '\0')), undefined);
    assert.deepEqual(auth.root, as('root'));
    assert.equal(auth.adminRefusal(NOBODY)?.code, 'AUTH_USER_EMPTY');
    assert.equal(auth.keyAccess(NOBODY).refusalToRead(range('a'))?.code, 'AUTH_USER_EMPTY');
    assert.equal(auth.adminRefusal(as('x'))?.code, 'AUTH_USER_NOT_FOUND');
    assert.equal(auth.keyAccess(as('x')).refusalToRead(range('a'))?.code, 'AUTH_PERMISSION_DENIED');
    assert.equal(auth.adminRefusal(as('u'))?.code, 'AUTH_PERMISSION_DENIED');
  });

  it('AUTH-I3: permissions of each type -> reads and writes apart; both only where both are', () => {
    const { auth, as } = withReader();
    const access = auth.keyAccess(as('u'));
    assert.equal(access.refusalToRead(range('a', 'c')), undefined);
    assert.equal(access.refusalToRead(range('c'))?.code, 'AUTH_PERMISSION_DENIED');
    assert.equal(access.refusalToWrite(range('b', 'd')), undefined);
    assert.equal(access.refusalToWrite(range('a'))?.code, 'AUTH_PERMISSION_DENIED');
  });

  it('AUTH-I4: any change -> who was found good before it is refused', () => {
    const { auth, as } = withReader();
    const [before, root] = [as('u'), as('root')];
    auth.addRole('other');
    for (const old of [before, root]) {
      assert.equal(auth.keyAccess(old).refusalToRead(range('a'))?.code, 'AUTH_OLD_REVISION');
    }
    // Commands of root do not look at it.
    assert.equal(auth.adminRefusal(root), undefined);
    assert.equal(auth.keyAccess(as('u')).refusalToRead(range('a')), undefined);
    auth.revokeRole({ name: 'u', role: 'r' });
    const access = auth.keyAccess(as('u'));
    assert.equal(access.refusalToRead(range('a'))?.code, 'AUTH_PERMISSION_DENIED');
  });

  it('AUTH-I2: a restart -> the same rights', () => {
    const { buckets, as } = withReader();
    const restarted = buckets.store();
    assert.equal(restarted.isEnabled, true);
    assert.equal(restarted.keyAccess(as('u')).refusalToRead(range('a', 'c')), undefined);
    assert.equal(restarted.hasRole('u', 'r'), true);
    assert.equal(restarted.hasRole('x', 'r'), false);
  });
});

describe('auth store: damaged rows', () => {
  it('a row that is no user, a name that is no text, a short revision -> WireError', () => {
    for (const [bucket, key, value] of [
      [Bucket.authUsers, 'a', '\xff'],
      [Bucket.authRoles, '\xff', ''],
      [Bucket.auth, 'authRevision', '\x01'],
    ] as const) {
      const rows = new FakeAuthBuckets();
      rows.buckets.put(bucket, fromLatin1(key), fromLatin1(value));
      assert.throws(() => rows.store(), WireError);
    }
  });
});
