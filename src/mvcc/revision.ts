/**
 * The key of a stored revision: 8 bytes big-endian main, `_`, 8 bytes big-endian sub, and a `t`
 * behind it for a tombstone. Byte order is revision order.
 */
import { readU64Be, writeU64Be } from '../base/bytes.ts';
import type { Revision } from '../base/ids.ts';
import type { RevisionPair } from './key-index.ts';

const SEPARATOR = 0x5f;
const TOMBSTONE_MARK = 0x74;
const SUB_AT = 9;
/** Length without the tombstone mark. */
export const REVISION_BYTES = 17;

export interface RevisionKey extends RevisionPair {
  readonly tombstone: boolean;
}

/** The 17 bytes of (main, sub). They sort before the tombstone of the same revision. */
export function encodeRevision(main: Revision, sub: number): Uint8Array {
  return encode(main, sub, REVISION_BYTES);
}

/** The key under which bucket `key` holds the revision: 17 bytes, 18 for a tombstone. */
export function encodeRevisionKey(key: RevisionKey): Uint8Array {
  if (!key.tombstone) return encodeRevision(key.main, key.sub);
  const bytes = encode(key.main, key.sub, REVISION_BYTES + 1);
  bytes[REVISION_BYTES] = TOMBSTONE_MARK;
  return bytes;
}

/** The revision that `bytes` encode, undefined when they are no revision key. */
export function decodeRevisionKey(bytes: Uint8Array): RevisionKey | undefined {
  const tombstone = bytes.length === REVISION_BYTES + 1 && bytes[REVISION_BYTES] === TOMBSTONE_MARK;
  if (bytes.length !== REVISION_BYTES && !tombstone) return undefined;
  if (bytes[SUB_AT - 1] !== SEPARATOR) return undefined;
  const main = readU64Be(bytes, 0);
  const sub = readU64Be(bytes, SUB_AT);
  if (!Number.isSafeInteger(main) || !Number.isSafeInteger(sub)) return undefined;
  return { main, sub, tombstone };
}

/** Negative, zero or positive like a sort comparator. */
export function compareRevisions(a: RevisionPair, b: RevisionPair): number {
  return a.main - b.main || a.sub - b.sub;
}

function encode(main: Revision, sub: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  writeU64Be(bytes, 0, main);
  bytes[SUB_AT - 1] = SEPARATOR;
  writeU64Be(bytes, SUB_AT, sub);
  return bytes;
}
