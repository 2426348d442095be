/** The permissions that a role holds, in the order in which etcd stores them. */
import { compareBytes, copyBytes, equalBytes } from '../base/bytes.ts';
import { Permission } from '../pb/index.ts';
import { isEndless, type KeyRange } from './key-ranges.ts';

/** Whether the range of a permission can hold keys. */
export function isGrantable({ key, rangeEnd }: KeyRange): boolean {
  if (key.length === 0) return false;
  return rangeEnd.length === 0 || isEndless(rangeEnd) || compareBytes(key, rangeEnd) < 0;
}

/**
 * The permissions with one more, behind those of the same key; a copy of it. If the first one of
 * its key has its end too, that one gives way: it alone is looked at, as in etcd, so a role can
 * come to hold the same range twice.
 */
export function withPermission(held: readonly Permission[], granted: Permission): Permission[] {
  const added = Permission.create({
    permType: granted.permType,
    key: copyBytes(granted.key),
    rangeEnd: copyBytes(granted.rangeEnd),
  });
  const at = held.findIndex(({ key }) => compareBytes(key, added.key) >= 0);
  const first = held[at];
  if (first !== undefined && isSameRange(first, added)) return held.with(at, added);
  const behind = held.findIndex(({ key }) => compareBytes(key, added.key) > 0);
  return held.toSpliced(behind < 0 ? held.length : behind, 0, added);
}

export function isSameRange(a: KeyRange, b: KeyRange): boolean {
  return equalBytes(a.key, b.key) && equalBytes(a.rangeEnd, b.rangeEnd);
}

export function isInKeyOrder(permissions: readonly Permission[]): boolean {
  return permissions.every((one, at) => {
    const before = permissions[at - 1];
    return before === undefined || compareBytes(before.key, one.key) <= 0;
  });
}
