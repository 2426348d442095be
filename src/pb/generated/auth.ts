// Generated from proto/auth.proto by tools/codegen (npm run generate); do not edit.
import { EMPTY_BYTES } from '../../base/bytes.ts';
import type { MessageCodec } from '../runtime/codec.ts';
import { Reader } from '../runtime/reader.ts';
import { sharedWriter, type Writer } from '../runtime/writer.ts';

/** authpb.Permission.Type; a decoded value may have no name here. */
export type PermissionType = number;
export const PermissionType = {
  READ: 0,
  WRITE: 1,
  READWRITE: 2,
} as const;

/** authpb.UserAddOptions. */
export interface UserAddOptions {
  noPassword: boolean;
}

export const UserAddOptions: MessageCodec<UserAddOptions> = {
  typeName: 'authpb.UserAddOptions',
  fields: [
    { protoName: 'no_password', name: 'noPassword', number: 1, kind: 'bool', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newUserAddOptions(), partial),
  decode: (bytes) => UserAddOptions.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newUserAddOptions();
    mergeUserAddOptions(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeUserAddOptions(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeUserAddOptions,
};

export function newUserAddOptions(): UserAddOptions {
  return { noPassword: false };
}

const UserAddOptions_NUMBERS: readonly number[] = [1];

export function mergeUserAddOptions(m: UserAddOptions, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.noPassword = r.bool();
        break;
      }
      default:
        r.skipUnknown(tag, UserAddOptions_NUMBERS);
    }
  }
}

export function writeUserAddOptions(m: UserAddOptions, w: Writer): void {
  if (m.noPassword) {
    w.bool(m.noPassword);
    w.tag(8);
  }
}

/** authpb.User. */
export interface User {
  name: Uint8Array;
  password: Uint8Array;
  roles: string[];
  options: UserAddOptions | undefined;
}

export const User: MessageCodec<User> = {
  typeName: 'authpb.User',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'bytes', presence: 'implicit' },
    { protoName: 'password', name: 'password', number: 2, kind: 'bytes', presence: 'implicit' },
    { protoName: 'roles', name: 'roles', number: 3, kind: 'string', presence: 'repeated' },
    { protoName: 'options', name: 'options', number: 4, kind: 'message', presence: 'optional', message: () => UserAddOptions },
  ],
  create: (partial) => Object.assign(newUser(), partial),
  decode: (bytes) => User.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newUser();
    mergeUser(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeUser(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeUser,
};

export function newUser(): User {
  return { name: EMPTY_BYTES, password: EMPTY_BYTES, roles: [], options: undefined };
}

const User_NUMBERS: readonly number[] = [1, 2, 3, 4];

export function mergeUser(m: User, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.bytes();
        break;
      }
      case 18: {
        m.password = r.bytes();
        break;
      }
      case 26: {
        m.roles.push(r.string());
        break;
      }
      case 34: {
        if (m.options === undefined) m.options = newUserAddOptions();
        const outer = r.enter();
        mergeUserAddOptions(m.options, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, User_NUMBERS);
    }
  }
}

export function writeUser(m: User, w: Writer): void {
  if (m.options !== undefined) {
    const mark = w.length;
    writeUserAddOptions(m.options, w);
    w.delimit(mark);
    w.tag(34);
  }
  for (let i = m.roles.length - 1; i >= 0; i--) {
    w.string(m.roles[i] as string);
    w.tag(26);
  }
  if (m.password.length !== 0) {
    w.bytes(m.password);
    w.tag(18);
  }
  if (m.name.length !== 0) {
    w.bytes(m.name);
    w.tag(10);
  }
}

/** authpb.Permission. */
export interface Permission {
  permType: PermissionType;
  key: Uint8Array;
  /** Empty: the single key. One zero byte: no upper bound. */
  rangeEnd: Uint8Array;
}

export const Permission: MessageCodec<Permission> = {
  typeName: 'authpb.Permission',
  fields: [
    { protoName: 'permType', name: 'permType', number: 1, kind: 'enum', presence: 'implicit', values: PermissionType },
    { protoName: 'key', name: 'key', number: 2, kind: 'bytes', presence: 'implicit' },
    { protoName: 'range_end', name: 'rangeEnd', number: 3, kind: 'bytes', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newPermission(), partial),
  decode: (bytes) => Permission.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newPermission();
    mergePermission(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writePermission(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writePermission,
};

export function newPermission(): Permission {
  return { permType: 0, key: EMPTY_BYTES, rangeEnd: EMPTY_BYTES };
}

const Permission_NUMBERS: readonly number[] = [1, 2, 3];

export function mergePermission(m: Permission, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.permType = r.enum();
        break;
      }
      case 18: {
        m.key = r.bytes();
        break;
      }
      case 26: {
        m.rangeEnd = r.bytes();
        break;
      }
      default:
        r.skipUnknown(tag, Permission_NUMBERS);
    }
  }
}

export function writePermission(m: Permission, w: Writer): void {
  if (m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd);
    w.tag(26);
  }
  if (m.key.length !== 0) {
    w.bytes(m.key);
    w.tag(18);
  }
  if (m.permType !== 0) {
    w.enum(m.permType);
    w.tag(8);
  }
}

/** authpb.Role. */
export interface Role {
  name: Uint8Array;
  keyPermission: Permission[];
}

export const Role: MessageCodec<Role> = {
  typeName: 'authpb.Role',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'bytes', presence: 'implicit' },
    { protoName: 'keyPermission', name: 'keyPermission', number: 2, kind: 'message', presence: 'repeated', message: () => Permission },
  ],
  create: (partial) => Object.assign(newRole(), partial),
  decode: (bytes) => Role.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newRole();
    mergeRole(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeRole(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeRole,
};

export function newRole(): Role {
  return { name: EMPTY_BYTES, keyPermission: [] };
}

const Role_NUMBERS: readonly number[] = [1, 2];

export function mergeRole(m: Role, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.bytes();
        break;
      }
      case 18: {
        const item = newPermission();
        const outer = r.enter();
        mergePermission(item, r);
        r.leave(outer);
        m.keyPermission.push(item);
        break;
      }
      default:
        r.skipUnknown(tag, Role_NUMBERS);
    }
  }
}

export function writeRole(m: Role, w: Writer): void {
  for (let i = m.keyPermission.length - 1; i >= 0; i--) {
    const mark = w.length;
    writePermission(m.keyPermission[i] as Permission, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.name.length !== 0) {
    w.bytes(m.name);
    w.tag(10);
  }
}
