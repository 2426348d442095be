/** Which keys a user's roles let it read and write. */
import { type Permission, PermissionType, type Role } from '../pb/index.ts';
import type { AuthError } from './errors.ts';
import { type KeyRange, KeyRanges } from './key-ranges.ts';

/** What one request may do with keys. Each answer is the error to refuse it with, or undefined. */
export interface KeyAccess {
  refusalToRead(range: KeyRange): AuthError | undefined;
  refusalToWrite(range: KeyRange): AuthError | undefined;
}

/** Of who may do everything: root, or anyone while auth is off. */
export const FULL_ACCESS: KeyAccess = {
  refusalToRead: () => undefined,
  refusalToWrite: () => undefined,
};

/** Of who may do nothing, because of `refusal`. */
export function noAccess(refusal: AuthError): KeyAccess {
  return { refusalToRead: () => refusal, refusalToWrite: () => refusal };
}

/** Of who holds these roles; `refuse` makes the error for what they do not allow. */
export function accessOfRoles(roles: readonly Role[], refuse: () => AuthError): KeyAccess {
  const permissions = roles.flatMap((role) => role.keyPermission);
  const readable = new KeyRanges(permissions.filter(reads));
  const writable = new KeyRanges(permissions.filter(writes));
  return {
    refusalToRead: (range) => (readable.covers(range) ? undefined : refuse()),
    refusalToWrite: (range) => (writable.covers(range) ? undefined : refuse()),
  };
}

function reads({ permType }: Permission): boolean {
  return permType === PermissionType.READ || permType === PermissionType.READWRITE;
}

function writes({ permType }: Permission): boolean {
  return permType === PermissionType.WRITE || permType === PermissionType.READWRITE;
}
