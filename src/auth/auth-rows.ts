/** The buckets of auth: their rows, as etcd writes them. */
import { equalBytes, readU64Be, writeU64Be } from '../base/bytes.ts';
import { type BackendRow, Bucket } from '../base/ports/backend.ts';
import type { BucketWriter } from '../base/ports/bucket-writer.ts';
import { utf8Bytes, utf8Text } from '../base/utf8.ts';
import { Role, User, WireError } from '../pb/index.ts';

/** All rows of the three buckets. */
export interface AuthBuckets {
  readonly auth: Iterable<BackendRow>;
  readonly users: Iterable<BackendRow>;
  readonly roles: Iterable<BackendRow>;
}

/** What the rows say. */
export interface StoredAuth {
  readonly isEnabled: boolean;
  /** 0 before anything is stored. */
  readonly revision: number;
  /** By name. */
  readonly users: Map<string, User>;
  readonly roles: Map<string, Role>;
}

const ENABLED = utf8Bytes('authEnabled');
const REVISION = utf8Bytes('authRevision');

/** Owns nothing of the rows' bytes but what it copies. Throws WireError for a damaged row. */
export function storedAuth({ auth, users, roles }: AuthBuckets): StoredAuth {
  let isEnabled = false;
  let revision = 0;
  for (const { key, value } of auth) {
    if (equalBytes(key, ENABLED)) isEnabled = value.length === 1 && value[0] === 1;
    if (equalBytes(key, REVISION)) revision = storedRevision(value);
  }
  return { isEnabled, revision, users: byName(users, User), roles: byName(roles, Role) };
}

function storedRevision(value: Uint8Array): number {
  if (value.length !== 8)
    throw new WireError('WIRE_TRUNCATED', 'the auth revision has not 8 bytes');
  return readU64Be(value, 0);
}

function byName<Row>(
  rows: Iterable<BackendRow>,
  codec: { decode(bytes: Uint8Array): Row },
): Map<string, Row> {
  const found = new Map<string, Row>();
  for (const { key, value } of rows) {
    const name = utf8Text(key);
    if (name === undefined) throw new WireError('WIRE_UTF8', 'a name is not UTF-8');
    found.set(name, codec.decode(Uint8Array.from(value)));
  }
  return found;
}

export class AuthRows {
  readonly #writer: BucketWriter;

  constructor(writer: BucketWriter) {
    this.#writer = writer;
  }

  putEnabled(isEnabled: boolean): void {
    this.#writer.put(Bucket.auth, ENABLED, Uint8Array.of(isEnabled ? 1 : 0));
  }

  putRevision(revision: number): void {
    const value = new Uint8Array(8);
    writeU64Be(value, 0, revision);
    this.#writer.put(Bucket.auth, REVISION, value);
  }

  putUser(user: User): void {
    this.#writer.put(Bucket.authUsers, user.name, User.encode(user));
  }

  removeUser(user: User): void {
    this.#writer.remove(Bucket.authUsers, user.name);
  }

  putRole(role: Role): void {
    this.#writer.put(Bucket.authRoles, role.name, Role.encode(role));
  }

  removeRole(role: Role): void {
    this.#writer.remove(Bucket.authRoles, role.name);
  }
}
