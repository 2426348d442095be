/**
 * Users, roles and what they may do, as applied entries say: the same on every member, kept in
 * etcd's buckets. A command that cannot be carried out throws AuthError and changes nothing; what
 * one may not do is answered with the error to refuse it with, not thrown.
 */
import { assert, defined } from '../base/assert.ts';
import { compareBytes } from '../base/bytes.ts';
import type { BucketWriter } from '../base/ports/bucket-writer.ts';
import { utf8Bytes, utf8Text } from '../base/utf8.ts';
import {
  type AuthRoleGrantPermissionRequest,
  type AuthRoleRevokePermissionRequest,
  type AuthUserAddRequest,
  type AuthUserChangePasswordRequest,
  type AuthUserGrantRoleRequest,
  type AuthUserRevokeRoleRequest,
  Permission,
  PermissionType,
  Role,
  User,
  UserAddOptions,
} from '../pb/index.ts';
import { type AuthBuckets, AuthRows, storedAuth } from './auth-rows.ts';
import { fromBase64 } from './base64.ts';
import { AuthError } from './errors.ts';
import { accessOfRoles, FULL_ACCESS, type KeyAccess, noAccess } from './key-access.ts';
import { isGrantable, isInKeyOrder, isSameRange, withPermission } from './role-permissions.ts';
import type { Tokens } from './simple-tokens.ts';

/** The user who may do everything, and the role that lets it. */
export const ROOT = 'root';

/** Who asks, as known when the request was checked. */
export interface Identity {
  /** Empty for nobody. */
  readonly username: string;
  /** Auth revision by which the name was found good; 0 for nobody. */
  readonly revision: number;
}

export const NOBODY: Identity = { username: '', revision: 0 };

export class AuthStore {
  readonly #rows: AuthRows;
  readonly #tokens: Tokens;
  #isEnabled = false;
  #revision = 0;
  #users = new Map<string, User>();
  #roles = new Map<string, Role>();
  /** By user, as far as it has been asked for; dropped whenever users or roles change. */
  readonly #access = new Map<string, KeyAccess>();

  /** `writer` takes the writes to buckets `auth`, `authUsers` and `authRoles`. */
  constructor(writer: BucketWriter, tokens: Tokens) {
    this.#rows = new AuthRows(writer);
    this.#tokens = tokens;
  }

  /**
   * Replaces everything by what the rows say, and writes the first revision if they say nothing.
   * Throws WireError for a damaged row.
   */
  restore(buckets: AuthBuckets): void {
    const { isEnabled, revision, users, roles } = storedAuth(buckets);
    this.#isEnabled = isEnabled;
    this.#revision = revision;
    this.#users = users;
    this.#roles = roles;
    this.#access.clear();
    if (revision === 0) this.#changed();
  }

  get isEnabled(): boolean {
    return this.#isEnabled;
  }

  /** By which the cluster asks itself. */
  get root(): Identity {
    return this.#isEnabled ? { username: ROOT, revision: this.#revision } : NOBODY;
  }

  /** Whose token it is, as of now; undefined for one that is not known (any more). */
  identityOf(token: string): Identity | undefined {
    const username = this.#tokens.userOf(token);
    return username === undefined ? undefined : { username, revision: this.#revision };
  }

  /** Grows with every change of users and roles, and when auth is switched off. */
  get revision(): number {
    return this.#revision;
  }

  /** Throws AUTH_ROOT_USER_NOT_FOUND, AUTH_ROOT_ROLE_NOT_GRANTED. Does nothing when it is on. */
  enable(): void {
    if (this.#isEnabled) return;
    const root = this.#users.get(ROOT);
    if (root === undefined) {
      throw new AuthError('AUTH_ROOT_USER_NOT_FOUND', 'root user does not exist');
    }
    if (!isRoot(root)) {
      throw new AuthError('AUTH_ROOT_ROLE_NOT_GRANTED', 'root user does not have root role');
    }
    this.#isEnabled = true;
    this.#rows.putEnabled(true);
  }

  /** Does nothing when it is off. */
  disable(): void {
    if (!this.#isEnabled) return;
    this.#isEnabled = false;
    this.#rows.putEnabled(false);
    this.#tokens.dropAll();
    this.#changed();
  }

  /**
   * The last word on a login whose password a member has found good by now: the token is the
   * user's. Throws AUTH_NOT_ENABLED, and AUTH_FAILED for who is gone, or has no password.
   */
  authenticate(name: string, token: string): void {
    if (!this.#isEnabled) throw new AuthError('AUTH_NOT_ENABLED', 'authentication is not enabled');
    const user = this.#users.get(name);
    if (user === undefined || hasNoPassword(user)) {
      throw new AuthError('AUTH_FAILED', 'authentication failed');
    }
    this.#tokens.assign(token, name);
  }

  /**
   * The bcrypt hash of a user's password; undefined for no such user. Throws AUTH_NOT_ENABLED, and
   * AUTH_NO_PASSWORD_USER for one who has none.
   */
  passwordHash(name: string): Uint8Array | undefined {
    if (!this.#isEnabled) throw new AuthError('AUTH_NOT_ENABLED', 'authentication is not enabled');
    const user = this.#users.get(name);
    if (user !== undefined && hasNoPassword(user)) {
      throw new AuthError('AUTH_NO_PASSWORD_USER', 'the user has no password');
    }
    return user?.password;
  }

  /** Throws AUTH_USER_EMPTY, AUTH_USER_EXISTS, AUTH_NO_PASSWORD_USER for a hash that is none. */
  addUser(request: AuthUserAddRequest): void {
    const { name, options = UserAddOptions.create({}) } = request;
    if (name === '') throw new AuthError('AUTH_USER_EMPTY', 'user name is empty');
    if (this.#users.has(name)) throw new AuthError('AUTH_USER_EXISTS', 'user name already exists');
    const user = User.create({ name: utf8Bytes(name), options });
    this.#putUser(hasNoPassword(user) ? user : { ...user, password: passwordOf(request) });
    this.#changed();
  }

  /** Throws AUTH_USER_NOT_FOUND, AUTH_INVALID_MANAGEMENT for root while auth is on. */
  deleteUser(name: string): void {
    if (this.#isEnabled && name === ROOT) throw invalidManagement();
    const user = this.#user(name);
    this.#users.delete(name);
    this.#rows.removeUser(user);
    this.#tokens.dropUser(name);
    this.#changed();
  }

  /** Throws AUTH_USER_NOT_FOUND, AUTH_NO_PASSWORD_USER for a hash that is none. */
  changePassword(request: AuthUserChangePasswordRequest): void {
    const user = this.#user(request.name);
    // Without a password before, without one now.
    const password = hasNoPassword(user) ? new Uint8Array(0) : passwordOf(request);
    this.#putUser({ ...user, password });
    this.#tokens.dropUser(request.name);
    this.#changed();
  }

  /**
   * Does nothing when the user has the role. Throws AUTH_USER_NOT_FOUND, AUTH_ROLE_NOT_FOUND; but
   * role root may be granted before it exists.
   */
  grantRole({ user: name, role }: AuthUserGrantRoleRequest): void {
    const user = this.#user(name);
    if (role !== ROOT) this.#role(role);
    if (user.roles.includes(role)) return;
    this.#putUser({ ...user, roles: inByteOrder([...user.roles, role]) });
    this.#changed();
  }

  /**
   * Throws AUTH_USER_NOT_FOUND, AUTH_ROLE_NOT_GRANTED, AUTH_INVALID_MANAGEMENT for root's own role
   * while auth is on.
   */
  revokeRole({ name, role }: AuthUserRevokeRoleRequest): void {
    if (this.#isEnabled && name === ROOT && role === ROOT) throw invalidManagement();
    const user = this.#user(name);
    if (!user.roles.includes(role)) {
      throw new AuthError('AUTH_ROLE_NOT_GRANTED', 'role is not granted to the user');
    }
    this.#putUser(withoutRole(user, role));
    this.#changed();
  }

  /** The roles of a user, in byte order. Throws AUTH_USER_NOT_FOUND. */
  rolesOf(name: string): readonly string[] {
    return this.#user(name).roles;
  }

  /** Names in byte order. */
  users(): string[] {
    return inByteOrder([...this.#users.keys()]);
  }

  /** Throws AUTH_ROLE_EMPTY, AUTH_ROLE_EXISTS. */
  addRole(name: string): void {
    if (name === '') throw new AuthError('AUTH_ROLE_EMPTY', 'role name is empty');
    if (this.#roles.has(name)) throw new AuthError('AUTH_ROLE_EXISTS', 'role name already exists');
    this.#putRole(Role.create({ name: utf8Bytes(name) }));
    this.#changed();
  }

  /**
   * Takes it from all users, too. Throws AUTH_ROLE_NOT_FOUND, AUTH_INVALID_MANAGEMENT for root
   * while auth is on.
   */
  deleteRole(name: string): void {
    if (this.#isEnabled && name === ROOT) throw invalidManagement();
    const role = this.#role(name);
    this.#roles.delete(name);
    this.#rows.removeRole(role);
    for (const user of this.#users.values()) {
      if (user.roles.includes(name)) this.#putUser(withoutRole(user, name));
    }
    this.#changed();
  }

  /** Throws AUTH_PERMISSION_NOT_GIVEN, AUTH_INVALID_MANAGEMENT, AUTH_ROLE_NOT_FOUND. */
  grantPermission({ name, perm }: AuthRoleGrantPermissionRequest): void {
    if (perm === undefined) {
      throw new AuthError('AUTH_PERMISSION_NOT_GIVEN', 'permission not given');
    }
    if (!isGrantable(perm)) throw invalidManagement();
    const role = this.#role(name);
    this.#putRole({ ...role, keyPermission: withPermission(role.keyPermission, perm) });
    this.#changed();
  }

  /** Throws AUTH_ROLE_NOT_FOUND, AUTH_PERMISSION_NOT_GRANTED. */
  revokePermission({ role: name, key, rangeEnd }: AuthRoleRevokePermissionRequest): void {
    const role = this.#role(name);
    const keyPermission = role.keyPermission.filter(
      (held) => !isSameRange(held, { key, rangeEnd }),
    );
    if (keyPermission.length === role.keyPermission.length) {
      throw new AuthError('AUTH_PERMISSION_NOT_GRANTED', 'permission is not granted to the role');
    }
    this.#putRole({ ...role, keyPermission });
    this.#changed();
  }

  /** The permissions of a role; of role root, everything. Throws AUTH_ROLE_NOT_FOUND. */
  permissionsOf(name: string): readonly Permission[] {
    const role = this.#role(name);
    return name === ROOT ? [EVERYTHING] : role.keyPermission;
  }

  /** Names in byte order. */
  roles(): string[] {
    return inByteOrder([...this.#roles.keys()]);
  }

  hasRole(name: string, role: string): boolean {
    return this.#users.get(name)?.roles.includes(role) ?? false;
  }

  /** Why the identity may not administer the cluster; undefined when it may, or auth is off. */
  adminRefusal({ username }: Identity): AuthError | undefined {
    if (!this.#isEnabled) return undefined;
    if (username === '') return new AuthError('AUTH_USER_EMPTY', 'user name is empty');
    const user = this.#users.get(username);
    if (user === undefined) return new AuthError('AUTH_USER_NOT_FOUND', 'user name not found');
    return isRoot(user) ? undefined : permissionDenied();
  }

  /** Why what was found of the identity holds no more; undefined while it does. */
  staleness({ revision }: Identity): AuthError | undefined {
    if (!this.#isEnabled || revision >= this.#revision) return undefined;
    return new AuthError('AUTH_OLD_REVISION', 'revision of auth store is old');
  }

  /** What the identity may do with keys, until the next change of anything here. */
  keyAccess(identity: Identity): KeyAccess {
    const { username, revision } = identity;
    if (!this.#isEnabled) return FULL_ACCESS;
    if (revision === 0) return noAccess(new AuthError('AUTH_USER_EMPTY', 'user name is empty'));
    const stale = this.staleness(identity);
    if (stale !== undefined) return noAccess(stale);
    let access = this.#access.get(username);
    if (access === undefined) {
      const user = this.#users.get(username);
      if (user === undefined) return noAccess(permissionDenied());
      access = isRoot(user) ? FULL_ACCESS : accessOfRoles(this.#rolesHeld(user), permissionDenied);
      this.#access.set(username, access);
    }
    return access;
  }

  #rolesHeld(user: User): Role[] {
    return user.roles.flatMap((name) => this.#roles.get(name) ?? []);
  }

  #user(name: string): User {
    const user = this.#users.get(name);
    if (user === undefined) throw new AuthError('AUTH_USER_NOT_FOUND', 'user name not found');
    return user;
  }

  #role(name: string): Role {
    const role = this.#roles.get(name);
    if (role === undefined) throw new AuthError('AUTH_ROLE_NOT_FOUND', 'role name not found');
    return role;
  }

  #putUser(user: User): void {
    this.#users.set(nameOf(user), user);
    this.#rows.putUser(user);
  }

  #putRole(role: Role): void {
    this.#roles.set(nameOf(role), role);
    this.#rows.putRole(role);
  }

  /** Everything that was found good by an earlier revision has to be looked at again. */
  #changed(): void {
    this.#access.clear();
    this.#revision += 1;
    this.#rows.putRevision(this.#revision);
  }

  checkInvariants(): void {
    for (const [name, user] of this.#users) {
      assert(nameOf(user) === name, 'auth: a user is filed under another name');
      assert(user.roles.join('\0') === inByteOrder(user.roles).join('\0'), 'auth: unordered roles');
      assert(new Set(user.roles).size === user.roles.length, 'auth: a role is granted twice');
      const unknown = user.roles.filter((role) => role !== ROOT && !this.#roles.has(role));
      assert(unknown.length === 0, 'auth: a user has a role that does not exist');
    }
    for (const [name, role] of this.#roles) {
      assert(nameOf(role) === name, 'auth: a role is filed under another name');
      assert(isInKeyOrder(role.keyPermission), 'auth: unordered permissions');
    }
    assert(this.#revision > 0, 'auth: no revision');
    assert(!this.#isEnabled || this.hasRole(ROOT, ROOT), 'auth: on, and nobody is root');
  }
}

const EVERYTHING = Permission.create({
  permType: PermissionType.READWRITE,
  rangeEnd: Uint8Array.of(0),
});

function nameOf({ name }: User | Role): string {
  return defined(utf8Text(name), 'auth: names come from strings');
}

function isRoot(user: User): boolean {
  return user.roles.includes(ROOT);
}

function hasNoPassword({ options }: User): boolean {
  return options?.noPassword ?? false;
}

function withoutRole(user: User, role: string): User {
  return { ...user, roles: user.roles.filter((held) => held !== role) };
}

/** The hash that the proposing member made of the password. */
function passwordOf({ hashedPassword }: { readonly hashedPassword: string }): Uint8Array {
  const hash = fromBase64(hashedPassword);
  if (hash === undefined) {
    throw new AuthError('AUTH_NO_PASSWORD_USER', 'the hash of the password is not base64');
  }
  return hash;
}

/** As etcd orders strings; that of JavaScript differs beyond U+FFFF. */
function inByteOrder(names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, bytes: utf8Bytes(name) }))
    .sort((a, b) => compareBytes(a.bytes, b.bytes))
    .map(({ name }) => name);
}

function permissionDenied(): AuthError {
  return new AuthError('AUTH_PERMISSION_DENIED', 'permission denied');
}

function invalidManagement(): AuthError {
  return new AuthError('AUTH_INVALID_MANAGEMENT', 'invalid auth management');
}
