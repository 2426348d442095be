/**
 * Random auth commands and requests of users, as etcd's API takes them: users, roles, permissions
 * with ranges that meet, touch and nest, and transactions that some users may do parts of.
 */
import type { Random } from '../../../src/base/ports/random.ts';
import type { Fields } from '../grpc-client.ts';

export interface Step {
  readonly path: string;
  readonly request: Fields;
}

/** `from` to `to`; without `to`, a single key. */
interface Range {
  readonly key: string;
  readonly rangeEnd?: string;
}

const USERS = ['ann', 'bob', 'cid', '\u{ff41}', '\u{1f600}'];
const ROLES = ['read', 'write', 'both', '\u{ff41}', '\u{1f600}'];
const KEYS = ['a', 'b', 'b\0', 'c', 'd', 'e'];
export const LEASES = ['11', '12', '13'];
const DEPTH_MAX = 2;

export function passwordOf(user: string): string {
  return `password of ${user}`;
}

export class AuthWorkload {
  readonly users: readonly string[] = USERS;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)] as T;
  }

  /** One change of users or roles. */
  command(): Step {
    const [user, role] = [this.#pick(USERS), this.#pick(ROLES)];
    switch (this.#random.below(12)) {
      case 0:
      case 1:
        return auth('UserAdd', { name: user, password: passwordOf(user) });
      case 2:
        return auth('UserAdd', { name: user, options: { noPassword: true } });
      case 3:
        return auth('UserDelete', { name: user });
      case 4:
        return auth('UserChangePassword', { name: user, password: passwordOf(user) });
      case 5:
      case 6:
        return auth('UserGrantRole', { user, role });
      case 7:
        return auth('UserRevokeRole', { name: user, role });
      case 8:
        return auth('RoleAdd', { name: role });
      case 9:
        return this.#random.below(3) === 0
          ? auth('RoleDelete', { role })
          : auth('RoleRevokePermission', { role, ...this.#granted() });
      default: {
        const permType = this.#pick(['READ', 'WRITE', 'READWRITE']);
        return auth('RoleGrantPermission', { name: role, perm: { permType, ...this.#granted() } });
      }
    }
  }

  /** One request about keys. */
  request(): Step {
    switch (this.#random.below(6)) {
      case 0:
        return { path: '/etcdserverpb.KV/Put', request: this.#put() };
      case 1:
        return { path: '/etcdserverpb.KV/DeleteRange', request: this.#deletion() };
      case 2:
        return { path: '/etcdserverpb.KV/Range', request: { ...this.#range() } };
      case 3:
        return { path: '/etcdserverpb.Lease/LeaseGrant', request: this.#lease({ TTL: 10_000 }) };
      case 4:
        if (this.#random.below(3) > 0) return this.request();
        return { path: '/etcdserverpb.Lease/LeaseRevoke', request: this.#lease({}) };
      default:
        return { path: '/etcdserverpb.KV/Txn', request: this.#txn(0) };
    }
  }

  #lease(fields: Fields): Fields {
    return { ID: this.#pick(LEASES), ...fields };
  }

  /** Of a permission: of a few, the range ends before it begins. */
  #granted(): Range {
    const range = this.#range();
    const { key, rangeEnd } = range;
    if (rangeEnd === undefined || rangeEnd === '\0' || this.#random.below(8) > 0) return range;
    return { key: rangeEnd, rangeEnd: key };
  }

  /**
   * Of a request; some without end. None that ends before it begins: what etcd says of these, which
   * hold no key, hangs on the shape of a tree.
   */
  #range(): Range {
    const draw = this.#random.below(8);
    const key = this.#pick(KEYS);
    if (draw < 4) return { key };
    if (draw === 4) return { key, rangeEnd: '\0' };
    const other = this.#pick(KEYS);
    if (key === other) return { key };
    return key < other ? { key, rangeEnd: other } : { key: other, rangeEnd: key };
  }

  #put(): Fields {
    const lease = this.#random.below(4) === 0 ? this.#pick(LEASES) : '0';
    const value = `v${this.#random.below(100)}`;
    return { key: this.#pick(KEYS), value, lease, prevKv: this.#random.below(4) === 0 };
  }

  #deletion(): Fields {
    return { ...this.#range(), prevKv: this.#random.below(4) === 0 };
  }

  #txn(depth: number): Fields {
    const compare = { ...this.#range(), target: 'VERSION', result: 'GREATER', version: '0' };
    return {
      compare: this.#random.below(2) === 0 ? [] : [compare],
      success: this.#branch(depth),
      failure: this.#branch(depth),
    };
  }

  /**
   * Without ranges: members up to 3.6 take these out where nobody waits for the answer, before they
   * look at permissions. So of a txn that writes what its user may, and reads what it may not, some
   * real members apply the writes, and come to differ among themselves.
   */
  #branch(depth: number): Fields[] {
    return Array.from({ length: this.#random.below(3) }, () => {
      const draw = this.#random.below(depth < DEPTH_MAX ? 4 : 3);
      if (draw === 3) return { requestTxn: this.#txn(depth + 1) };
      return draw === 2 ? { requestDeleteRange: this.#deletion() } : { requestPut: this.#put() };
    });
  }
}

export function auth(method: string, request: Fields = {}): Step {
  return { path: `/etcdserverpb.Auth/${method}`, request };
}
