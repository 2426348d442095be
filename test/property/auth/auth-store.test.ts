/** The auth store against a dumb model: plain lists, searched at each question. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AuthError, type AuthStore } from '../../../src/auth/index.ts';
import { fromLatin1 } from '../../../src/base/bytes.ts';
import { AuthUserAddRequest, Permission, PermissionType } from '../../../src/pb/index.ts';
import { FakeAuthBuckets } from '../../support/auth/fake-auth-buckets.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);
const KEYS = ['a', 'b', 'c', 'd'];

const user = fc.constantFrom('root', 'u', 'v');
const role = fc.constantFrom('root', 'r', 's');
const key = fc.constantFrom(...KEYS);
const rangeEnd = fc.constantFrom('', '\0', ...KEYS);
const permType = fc.constantFrom(0, 1, 2);
const step = fc.oneof(
  fc.record({ do: fc.constantFrom('addUser' as const, 'deleteUser' as const), user }),
  fc.record({ do: fc.constantFrom('addRole' as const, 'deleteRole' as const), role }),
  fc.record({ do: fc.constantFrom('grant' as const, 'revoke' as const), user, role }),
  fc.record({ do: fc.constant('permit' as const), role, key, rangeEnd, permType }),
  fc.record({ do: fc.constant('forbid' as const), role, key, rangeEnd }),
  fc.record({ do: fc.constantFrom('enable' as const, 'disable' as const, 'restart' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface ModelPermission {
  readonly role: string;
  readonly key: string;
  readonly rangeEnd: string;
  permType: number;
}

/** What became of a step: whether it was carried out, and whether that makes a new revision. */
type Result = 'refused' | 'unchanged' | 'changed';

/** What exists and who holds what. */
class Model {
  isEnabled = false;
  revision = 1;
  readonly users: string[] = [];
  readonly roles: string[] = [];
  #grants: { user: string; role: string }[] = [];
  #permissions: ModelPermission[] = [];

  perform(one: Step): Result {
    const result = this.#perform(one);
    if (result === 'changed') this.revision += 1;
    return result;
  }

  #perform(one: Step): Result {
    switch (one.do) {
      case 'addUser':
      case 'addRole':
        return this.#add(one.do === 'addUser' ? this.users : this.roles, nameIn(one));
      case 'deleteUser':
      case 'deleteRole':
        return this.#delete(one.do === 'deleteUser' ? this.users : this.roles, nameIn(one));
      case 'grant':
      case 'revoke':
        return this.#change(one);
      case 'permit':
        return this.#permit(one);
      case 'forbid':
        return this.#forbid(one);
      case 'enable':
        return this.#enable();
      case 'disable':
        return this.#disable();
      case 'restart':
        return 'unchanged';
    }
  }

  #enable(): Result {
    if (!this.isEnabled && !this.holds('root', 'root')) return 'refused';
    this.isEnabled = true;
    return 'unchanged';
  }

  #disable(): Result {
    const wasEnabled = this.isEnabled;
    this.isEnabled = false;
    return wasEnabled ? 'changed' : 'unchanged';
  }

  #add(names: string[], name: string): Result {
    if (names.includes(name)) return 'refused';
    names.push(name);
    return 'changed';
  }

  #delete(names: string[], name: string): Result {
    const isKept = this.isEnabled && name === 'root';
    const at = names.indexOf(name);
    if (isKept || at < 0) return 'refused';
    names.splice(at, 1);
    const field = names === this.users ? 'user' : 'role';
    this.#grants = this.#grants.filter((grant) => grant[field] !== name);
    if (names === this.roles) {
      this.#permissions = this.#permissions.filter((other) => other.role !== name);
    }
    return 'changed';
  }

  #forbid(one: Step & { do: 'forbid' }): Result {
    const rest = this.#permissions.filter((other) => !isSame(other, one));
    if (rest.length === this.#permissions.length) return 'refused';
    this.#permissions = rest;
    return 'changed';
  }

  #change({ do: what, user: name, role: held }: Step & { do: 'grant' | 'revoke' }): Result {
    const isHeld = this.holds(name, held);
    if (what === 'grant') {
      const isKnown = this.users.includes(name) && (held === 'root' || this.roles.includes(held));
      if (!isKnown) return 'refused';
      if (isHeld) return 'unchanged';
      this.#grants.push({ user: name, role: held });
      return 'changed';
    }
    if (!isHeld || (this.isEnabled && name === 'root' && held === 'root')) return 'refused';
    this.#grants = this.#grants.filter((grant) => grant.user !== name || grant.role !== held);
    return 'changed';
  }

  #permit(one: Step & { do: 'permit' }): Result {
    const isRange = one.rangeEnd === '' || one.rangeEnd === '\0' || one.key < one.rangeEnd;
    if (!isRange || !this.roles.includes(one.role)) return 'refused';
    // In the order in which they came, which for those of one key is that of the rows.
    const first = this.#permissions.find(({ role: r, key: k }) => r === one.role && k === one.key);
    if (first !== undefined && isSame(first, one)) first.permType = one.permType;
    else this.#permissions.push({ ...one });
    return 'changed';
  }

  holds(name: string, held: string): boolean {
    return this.#grants.some((grant) => grant.user === name && grant.role === held);
  }

  permissions(held: string): ModelPermission[] {
    return this.#permissions.filter((one) => one.role === held);
  }

  /** Whether the user may read (0) or write (1) the key. */
  may(name: string, asked: string, type: number): boolean {
    if (!this.isEnabled) return true;
    if (this.holds(name, 'root')) return true;
    return this.#permissions.some(
      ({ role: held, key: start, rangeEnd: end, permType: given }) =>
        this.holds(name, held) &&
        (given === 2 || given === type) &&
        (end === '' ? asked === start : asked >= start && (end === '\0' || asked < end)),
    );
  }
}

function nameIn(one: { user: string } | { role: string }): string {
  return 'user' in one ? one.user : one.role;
}

function isSame(
  a: { role: string; key: string; rangeEnd: string },
  b: { role: string; key: string; rangeEnd: string },
): boolean {
  return a.role === b.role && a.key === b.key && a.rangeEnd === b.rangeEnd;
}

class Run {
  readonly #buckets = new FakeAuthBuckets();
  readonly #model = new Model();
  #auth: AuthStore = this.#buckets.store();
  allowed = 0;

  play(steps: readonly Step[]): void {
    for (const one of steps) {
      const expected = this.#model.perform(one) !== 'refused';
      assert.equal(this.#perform(one), expected, JSON.stringify(one));
      this.#auth.checkInvariants();
      this.#compare();
    }
  }

  #perform(one: Step): boolean {
    try {
      this.#carryOut(one);
      return true;
    } catch (error) {
      if (error instanceof AuthError) return false;
      throw error;
    }
  }

  #carryOut(one: Step): void {
    const auth = this.#auth;
    switch (one.do) {
      case 'addUser':
        return auth.addUser(AuthUserAddRequest.create({ name: one.user }));
      case 'deleteUser':
        return auth.deleteUser(one.user);
      case 'addRole':
        return auth.addRole(one.role);
      case 'deleteRole':
        return auth.deleteRole(one.role);
      case 'grant':
        return auth.grantRole({ user: one.user, role: one.role });
      case 'revoke':
        return auth.revokeRole({ name: one.user, role: one.role });
      case 'permit': {
        const perm = Permission.create({ permType: one.permType, ...bytesOf(one) });
        return auth.grantPermission({ name: one.role, perm });
      }
      case 'forbid':
        return auth.revokePermission({ role: one.role, ...bytesOf(one) });
      case 'enable':
        return auth.enable();
      case 'disable':
        return auth.disable();
      case 'restart':
        this.#auth = this.#buckets.store();
    }
  }

  #compare(): void {
    const [auth, model] = [this.#auth, this.#model];
    assert.equal(auth.isEnabled, model.isEnabled);
    assert.equal(auth.revision, model.revision);
    assert.deepEqual(auth.users(), [...model.users].sort());
    assert.deepEqual(auth.roles(), [...model.roles].sort());
    for (const name of auth.roles()) {
      if (name !== 'root') this.#comparePermissions(name);
    }
    for (const name of auth.users()) this.#compareAccess(name);
  }

  #comparePermissions(name: string): void {
    const expected = this.#model
      .permissions(name)
      .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
    assert.deepEqual(
      this.#auth.permissionsOf(name),
      expected.map((one) => Permission.create({ permType: one.permType, ...bytesOf(one) })),
    );
  }

  #compareAccess(name: string): void {
    const access = this.#auth.keyAccess({ username: name, revision: this.#auth.revision });
    for (const asked of KEYS) {
      const range = bytesOf({ key: asked, rangeEnd: '' });
      const mayRead = access.refusalToRead(range) === undefined;
      const mayWrite = access.refusalToWrite(range) === undefined;
      assert.equal(mayRead, this.#model.may(name, asked, PermissionType.READ), `${name} ${asked}`);
      assert.equal(mayWrite, this.#model.may(name, asked, PermissionType.WRITE));
      if (this.#auth.isEnabled && mayRead) this.allowed += 1;
    }
    const isRoot = this.#auth.adminRefusal({ username: name, revision: 1 }) === undefined;
    assert.equal(isRoot, !this.#model.isEnabled || this.#model.holds(name, 'root'));
  }
}

function bytesOf(range: { key: string; rangeEnd: string }): {
  key: Uint8Array;
  rangeEnd: Uint8Array;
} {
  return { key: fromLatin1(range.key), rangeEnd: fromLatin1(range.rangeEnd) };
}

describe('auth store against lists', () => {
  it('AUTH-I5: any sequence of commands and restarts -> the same answers, lists and rights', () => {
    let allowed = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
        const run = new Run();
        run.play(steps);
        allowed += run.allowed;
      }),
      { seed: SEED, numRuns: 200 },
    );
    assert.ok(allowed > 1000, `${allowed} keys could be read while auth was on`);
  });
});
