/**
 * Keys of bucket `key`: 8-byte big-endian main revision, `_`, 8-byte big-endian sub revision;
 * a tombstone has a `t` behind it. Byte order is revision order.
 */
import { assert } from '../../base/assert.ts';
import { readU64Be, writeU64Be } from '../../base/bytes.ts';
import type { Revision } from '../../base/ids.ts';
import { BackendError } from '../../base/ports/backend.ts';
import { SUBS_MAX } from '../index/revision-tag.ts';

/** Length of the key of a put; that of a tombstone is one more. */
export const REVISION_KEY_BYTES = 17;

const SEPARATOR = 0x5f;
const TOMBSTONE_MARK = 0x74;

/** A decoded key of bucket `key`. */
export interface RevisionKey {
  readonly main: Revision;
  readonly sub: number;
  readonly tombstone: boolean;
}

/** The encoded key, owned by the caller. */
export function revisionKey(main: Revision, sub: number, tombstone = false): Uint8Array {
  const bytes = new Uint8Array(tombstone ? REVISION_KEY_BYTES + 1 : REVISION_KEY_BYTES);
  writeRevisionKey(bytes, main, sub);
  return bytes;
}

/** Fills `target`, whose length (17 or 18 bytes) says whether the key is that of a tombstone. */
export function writeRevisionKey(target: Uint8Array, main: Revision, sub: number): void {
  assert(
    target.length === REVISION_KEY_BYTES || target.length === REVISION_KEY_BYTES + 1,
    'a revision key has 17 or 18 bytes',
  );
  writeU64Be(target, 0, main);
  target[8] = SEPARATOR;
  writeU64Be(target, 9, sub);
  if (target.length > REVISION_KEY_BYTES) target[REVISION_KEY_BYTES] = TOMBSTONE_MARK;
}

/** Reads a key back from disk; anything else than what is described above is BACKEND_CORRUPT. */
export function readRevisionKey(key: Uint8Array): RevisionKey {
  const tombstone = key.length === REVISION_KEY_BYTES + 1;
  const main = key.length < REVISION_KEY_BYTES ? -1 : readU64Be(key, 0);
  const sub = key.length < REVISION_KEY_BYTES ? -1 : readU64Be(key, 9);
  const isWellFormed =
    (tombstone ? key[REVISION_KEY_BYTES] === TOMBSTONE_MARK : key.length === REVISION_KEY_BYTES) &&
    key[8] === SEPARATOR &&
    Number.isSafeInteger(main) &&
    sub < SUBS_MAX;
  if (!isWellFormed) {
    throw new BackendError('BACKEND_CORRUPT', `not a revision key: ${key.length} bytes`);
  }
  return { main, sub, tombstone };
}
