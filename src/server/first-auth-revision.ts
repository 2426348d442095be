/**
 * All that is stored of auth before anyone uses it: its revision. etcd writes the row when it makes
 * the store, so Hash needs it there, too.
 */
import { u64BeBytes } from '../base/bytes.ts';
import { type Backend, Bucket } from '../base/ports/backend.ts';
import type { BucketWriter } from '../base/ports/bucket-writer.ts';
import { utf8Bytes } from '../base/utf8.ts';

/** Revision of users and roles while there are none. */
export const FIRST_AUTH_REVISION = 1;

const KEY = utf8Bytes('authRevision');

/** Writes the row unless an earlier start has. */
export function ensureAuthRevision(backend: Backend, rows: BucketWriter): void {
  if (backend.getSync(Bucket.auth, KEY) !== undefined) return;
  rows.put(Bucket.auth, KEY, u64BeBytes(BigInt(FIRST_AUTH_REVISION)));
}
